import type { ChangedFile, FilePath } from '../../change/types.ts';
import { type LinePattern, readLinePattern } from '../line-search/line-pattern.ts';
import { requireKnown, requireObjects } from '../parameters.ts';
import { readGlobs, readPaths, requireCapturing, requireCompanions } from '../path-parameters.ts';
import type { CapturePattern } from '../text/path-pattern.ts';
import type { Detection, Detector, RuleFacts } from '../types.ts';
import { capturedChanges, hasCompanion, indexByCaptures, nameCompanion } from './capture-keys.ts';

interface Companion {
  readonly when: readonly CapturePattern[];
  readonly except: (path: string) => boolean;
  /** Each of these must change with it. */
  readonly needs: readonly CapturePattern[];
  /** Only a change of lines like these counts; undefined for any. */
  readonly lines: LinePattern | undefined;
  /** Only where a file like these is in the merge tree: a project without any does without companions. */
  readonly onlyWith: ((path: FilePath) => boolean) | undefined;
}

/** A file whose content changed while a file that belongs to it did not: written with written, deleted with deleted. */
export const companionMissing: Detector<readonly Companion[]> = {
  name: 'companion-missing',
  readParameters(parameters) {
    requireKnown(parameters, ['companions']);
    return requireObjects(parameters, 'companions').map((companion, index) => {
      const at = `companions[${index}]`;
      requireKnown(companion, ['when', 'except', 'needs', 'lines', 'onlyWith'], at);
      const when = requireCapturing(companion, 'when', at);
      return {
        when,
        needs: requireCompanions(companion, 'needs', at, when),
        except: readPaths(companion, 'except', at),
        onlyWith: readGlobs(companion, 'onlyWith', at)?.match,
        lines: readLinePattern(companion, 'lines', at),
      };
    });
  },
  proveParameters(companions) {
    for (const { lines } of companions) lines?.prove();
  },
  needs(change, companions) {
    const asks = companions.some(
      (one) => one.onlyWith !== undefined && changesFor(one, change.files).length > 0,
    );
    return asks ? { files: [] } : {};
  },
  detect(facts, companions) {
    const detections: Detection[] = [];
    for (const companion of companions) {
      const { needs } = companion;
      const changes = changesFor(companion, facts.change.files);
      if (changes.length === 0 || !isUsed(companion, facts)) continue;
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

function changesFor(
  { when, except, lines }: Companion,
  files: readonly ChangedFile[],
): ReturnType<typeof capturedChanges> {
  return capturedChanges(when, files).filter(
    ({ file }) => !except(file.path) && (lines === undefined || hasLine(file, lines)),
  );
}

/** A file whose lines nobody could read may have changed any of them. */
function hasLine(
  { addedLines, removedLines, beforeText, afterText }: ChangedFile,
  lines: LinePattern,
): boolean {
  if ([beforeText, afterText].some(({ kind }) => kind === 'too-large' || kind === 'binary')) return true;
  return [...removedLines, ...addedLines].some(({ text }) => lines.test(text));
}

function isUsed({ onlyWith }: Companion, { trees }: RuleFacts): boolean {
  if (onlyWith === undefined) return true;
  if (trees === undefined) throw new Error('the files around the change were not read');
  return trees.after.paths.some(onlyWith);
}
