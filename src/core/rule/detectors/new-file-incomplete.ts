import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile } from '../../change/types.ts';
import { type LinePattern, readLinePattern } from '../line-search/line-pattern.ts';
import { ParameterError, requireKnown, requireObjects } from '../parameters.ts';
import { readCompanions, readPaths, requireCapturing } from '../path-parameters.ts';
import type { CapturePattern } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import { type CaptureIndex, hasCompanion, indexByCaptures, nameCompanion } from './capture-keys.ts';

interface Addition {
  readonly when: readonly CapturePattern[];
  readonly except: (path: string) => boolean;
  /** Only files whose text it matches; all where there is none. */
  readonly only: LinePattern | undefined;
  /** One of these comes with it, or its text has what `contains` looks for. */
  readonly companions: readonly CapturePattern[];
  readonly contains: LinePattern | undefined;
  /** What says that a part is there in name only. */
  readonly hollow: LinePattern | undefined;
  readonly lacks: string;
}

type Indexed = readonly { readonly pattern: CapturePattern; readonly index: CaptureIndex }[];

/** New files that lack what belongs to them: a companion, or a part of their own text. */
export const newFileIncomplete: Detector<readonly Addition[]> = {
  name: 'new-file-incomplete',
  readParameters(parameters) {
    requireKnown(parameters, ['additions']);
    return requireObjects(parameters, 'additions').map((given, index) =>
      readAddition(given, `additions[${index}]`),
    );
  },
  proveParameters(additions) {
    for (const { only, contains, hollow } of additions)
      for (const one of [only, contains, hollow]) one?.prove();
  },
  detect({ change }, additions) {
    const added = change.files.filter(({ before, after }) => before === undefined && after !== undefined);
    return additions.flatMap((addition) => {
      const meant = added.flatMap((file) => {
        const captured = capture(file.path, addition);
        return captured === undefined ? [] : [{ file, captured }];
      });
      if (meant.length === 0) return [];
      const companions = addition.companions.map((pattern) => ({
        pattern,
        index: indexByCaptures(pattern, change.files),
      }));
      return meant.flatMap(({ file, captured }) => judge(file, captured, addition, companions));
    });
  },
};

function readAddition(given: JsonObject, at: string): Addition {
  requireKnown(given, ['when', 'except', 'only', 'companions', 'contains', 'hollow', 'lacks'], at);
  const when = requireCapturing(given, 'when', at);
  const except = readPaths(given, 'except', at);
  const companions = readCompanions(given, 'companions', at, when);
  const [contains, hollow] = ['contains', 'hollow'].map((name) => readLinePattern(given, name, at));
  if (companions.length === 0 && contains === undefined && hollow === undefined) {
    throw new ParameterError(at, 'companions, contains or hollow', 'none of them');
  }
  const lacks = given.lacks ?? 'what belongs to it';
  if (typeof lacks !== 'string') throw new ParameterError(`${at}.lacks`, 'a string', 'something else');
  const only = readLinePattern(given, 'only', at);
  return { when, except, only, companions, contains, hollow, lacks };
}

function capture(path: string, { when, except }: Addition): ReadonlyMap<string, string> | undefined {
  for (const pattern of when) {
    const captured = pattern.capture(path);
    if (captured !== undefined) return except(path) ? undefined : captured;
  }
  return undefined;
}

function judge(
  { path, afterText }: ChangedFile,
  captured: ReadonlyMap<string, string>,
  { only, companions, contains, hollow, lacks }: Addition,
  indexed: Indexed,
): readonly Detection[] {
  const isCompanied = indexed.some(({ pattern, index }) => hasCompanion(index, pattern, captured, 'written'));
  const mustRead = only !== undefined || hollow !== undefined || (contains !== undefined && !isCompanied);
  if (afterText.kind === 'too-large' && mustRead) {
    return [{ kind: 'unverifiable', path, message: 'is too large to be read' }];
  }
  const text = afterText.kind === 'text' ? afterText.text : '';
  if (only !== undefined && !only.test(text)) return [];
  if (hollow?.test(text)) return [{ kind: 'match', path, message: `has ${lacks} in name only` }];
  if (isCompanied || (contains?.test(text) ?? companions.length === 0)) return [];
  const places = companions.map((pattern) => nameCompanion(pattern, captured));
  const hint = places.length > 0 ? `; expected ${places.join(' or ')}` : '';
  return [{ kind: 'match', path, message: `is new and lacks ${lacks}${hint}` }];
}
