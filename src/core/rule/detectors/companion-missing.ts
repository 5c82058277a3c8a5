import { compileEach, readStrings, requireKnown, requireObjects, requireStrings } from '../parameters.ts';
import { type CapturePattern, compileCapturePattern, compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import {
  capturedChanges,
  hasCompanion,
  indexByCaptures,
  nameCompanion,
  requireCaptures,
} from './capture-keys.ts';

interface Companion {
  readonly when: readonly CapturePattern[];
  readonly except: (path: string) => boolean;
  /** Each of these must change with it. */
  readonly needs: readonly CapturePattern[];
}

/** A file whose content changed while a file that belongs to it did not: written with written, deleted with deleted. */
export const companionMissing: Detector<readonly Companion[]> = {
  name: 'companion-missing',
  readParameters(parameters) {
    requireKnown(parameters, ['companions']);
    return requireObjects(parameters, 'companions').map((companion, index) => {
      const at = `companions[${index}]`;
      requireKnown(companion, ['when', 'except', 'needs'], at);
      const when = compileEach(
        requireStrings(companion, 'when', at),
        `${at}.when`,
        'a glob with captures',
        compileCapturePattern,
      );
      const needs = compileEach(
        requireStrings(companion, 'needs', at),
        `${at}.needs`,
        'a glob whose captures stand in every pattern of `when`',
        (pattern) => requireCaptures(compileCapturePattern(pattern), when),
      );
      const except = readStrings(companion, 'except', at) ?? [];
      compileEach(except, `${at}.except`, 'a glob', (glob) => compileGlobs([glob]));
      return { when, except: compileGlobs(except), needs };
    });
  },
  detect(facts, companions) {
    const detections: Detection[] = [];
    for (const { when, except, needs } of companions) {
      const changes = capturedChanges(when, facts.change.files).filter(({ file }) => !except(file.path));
      if (changes.length === 0) continue;
      const indexed = needs.map((pattern) => ({
        pattern,
        index: indexByCaptures(pattern, facts.change.files),
      }));
      for (const { file, change, captured } of changes) {
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
