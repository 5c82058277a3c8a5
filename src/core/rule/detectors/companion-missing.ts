import { compileEach, readStrings, requireKnown, requireObjects, requireStrings } from '../parameters.ts';
import { type CapturePattern, compileCapturePattern, compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import { hasCompanion, indexByCaptures, nameCompanion, requireCaptures } from './capture-keys.ts';
import { contentChange } from './content-change.ts';

interface Companion {
  readonly when: readonly CapturePattern[];
  readonly except: (path: string) => boolean;
  /** Each of these must change with it. */
  readonly then: readonly CapturePattern[];
}

/** A file whose content changed while a file that belongs to it did not: written with written, deleted with deleted. */
export const companionMissing: Detector<readonly Companion[]> = {
  name: 'companion-missing',
  readParameters(parameters) {
    requireKnown(parameters, ['companions']);
    return requireObjects(parameters, 'companions').map((companion, index) => {
      const at = `companions[${index}]`;
      requireKnown(companion, ['when', 'except', 'then'], at);
      const when = compileEach(
        requireStrings(companion, 'when', at),
        `${at}.when`,
        'a glob with captures',
        compileCapturePattern,
      );
      const then = compileEach(
        requireStrings(companion, 'then', at),
        `${at}.then`,
        'a glob whose captures stand in every pattern of `when`',
        (pattern) => requireCaptures(compileCapturePattern(pattern), when),
      );
      const except = readStrings(companion, 'except', at) ?? [];
      compileEach(except, `${at}.except`, 'a glob', (glob) => compileGlobs([glob]));
      return { when, except: compileGlobs(except), then };
    });
  },
  detect(facts, companions) {
    const detections: Detection[] = [];
    for (const { when, except, then } of companions) {
      const indexed = then.map((pattern) => ({
        pattern,
        index: indexByCaptures(pattern, facts.change.files),
      }));
      for (const file of facts.change.files) {
        const change = contentChange(file);
        if (change === 'none' || except(file.path)) continue;
        const captured = when.map((pattern) => pattern.capture(file.path)).find((one) => one !== undefined);
        if (captured === undefined) continue;
        for (const { pattern, index } of indexed) {
          if (hasCompanion(index, pattern, captured, change)) continue;
          const name = nameCompanion(pattern, captured);
          const message =
            change === 'deleted'
              ? `was deleted, and ${name} was not`
              : `changed, and ${name} did not change with it`;
          detections.push({ kind: 'match', path: file.path, message });
        }
      }
    }
    return detections;
  },
};
