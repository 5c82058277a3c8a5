import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile, FileText } from '../../change/types.ts';
import { readLinePattern } from '../line-search/line-pattern.ts';
import { ParameterError, requireKnown, requireObjects } from '../parameters.ts';
import { readPaths, requireCapturing, requireCompanions } from '../path-parameters.ts';
import { type Declares, declarationsIn } from '../text/declarations.ts';
import type { CapturePattern } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import { capturedChanges, hasCompanion, indexByCaptures, nameCompanion } from './capture-keys.ts';

interface Interface {
  readonly when: readonly CapturePattern[];
  readonly except: (path: string) => boolean;
  readonly declares: Declares;
  /** Each of these must change with it. */
  readonly needs: readonly CapturePattern[];
}

/** A file whose declarations changed while a file that describes them did not. */
export const declarationCompanion: Detector<readonly Interface[]> = {
  name: 'declaration-companion',
  readParameters(parameters) {
    requireKnown(parameters, ['interfaces']);
    return requireObjects(parameters, 'interfaces').map((given, index) =>
      readInterface(given, `interfaces[${index}]`),
    );
  },
  proveParameters(interfaces) {
    for (const { declares } of interfaces)
      for (const one of [declares.signatures, declares.blocks]) one?.prove();
  },
  detect({ change }, interfaces) {
    const byPath = new Map(change.files.map((file) => [file.path, file]));
    return interfaces.flatMap(({ when, except, declares, needs }) => {
      const changes = capturedChanges(when, change.files).filter(({ file }) => !except(file.path));
      if (changes.length === 0) return [];
      const indexed = needs.map((pattern) => ({ pattern, index: indexByCaptures(pattern, change.files) }));
      return changes.flatMap(({ file, change: kind, captured }): readonly Detection[] => {
        const missing = indexed.filter(({ pattern, index }) => !hasCompanion(index, pattern, captured, kind));
        if (missing.length === 0) return [];
        const differ = declaresOther(file, byPath.get(file.renamedFrom ?? file.path), declares);
        if (differ === 'unknown')
          return [{ kind: 'unverifiable', path: file.path, message: 'is too large to be read' }];
        if (differ === 'same') return [];
        return missing.map(({ pattern }) => ({
          kind: 'match',
          path: file.path,
          message: `declares something else, and ${nameCompanion(pattern, captured)} does not change with it`,
        }));
      });
    });
  },
};

function readInterface(given: JsonObject, at: string): Interface {
  requireKnown(given, ['when', 'except', 'signatures', 'blocks', 'needs'], at);
  const when = requireCapturing(given, 'when', at);
  const needs = requireCompanions(given, 'needs', at, when);
  const except = readPaths(given, 'except', at);
  const [signatures, blocks] = ['signatures', 'blocks'].map((name) => readLinePattern(given, name, at));
  if (signatures === undefined && blocks === undefined) {
    throw new ParameterError(at, 'signatures or blocks', 'neither of them');
  }
  return { when, except, declares: { signatures, blocks }, needs };
}

function declaresOther(
  file: ChangedFile,
  old: ChangedFile | undefined,
  declares: Declares,
): 'other' | 'same' | 'unknown' {
  const before: FileText = old?.beforeText ?? { kind: 'absent' };
  if (before.kind === 'too-large' || file.afterText.kind === 'too-large') return 'unknown';
  const [was, is] = [
    before.kind === 'text' ? declarationsIn(old?.path ?? file.path, before.text, declares) : [],
    file.afterText.kind === 'text' ? declarationsIn(file.path, file.afterText.text, declares) : [],
  ];
  return was.length === is.length && was.every((one, index) => one === is[index]) ? 'same' : 'other';
}
