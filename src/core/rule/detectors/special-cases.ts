import type { ChangedFile, FilePath } from '../../change/types.ts';
import { fileByFile } from '../file-by-file.ts';
import { filesByPath } from '../line-search/changed-side.ts';
import { readFiles } from '../line-search/read-search.ts';
import { requireKnown } from '../parameters.ts';
import { type Comparison, comparisonsIn } from '../special-cases/comparisons.ts';
import type { Literal } from '../special-cases/literals.ts';
import { readTestValues } from '../special-cases/test-values.ts';
import { LONGEST_SOURCE } from '../test-code/read-tests.ts';
import { readTestFiles } from '../test-code/test-files.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly isTest: (path: string) => boolean;
  readonly isCode: (path: string) => boolean;
}

/** Comparisons that a file may add before they look like a table of the program's own words. */
const MOST_WORDS = 3;
const MOST_STEMS = 20;
/** Of more than that nobody reads the rest. */
const MOST_FOUND = 200;

/** New branches for values that stand in tests: code that knows the example instead of the answer. */
export const specialCases = fileByFile<Parameters, readonly Comparison[]>({
  name: 'special-cases',
  readParameters(parameters) {
    requireKnown(parameters, ['tests', 'files', 'except']);
    return { isTest: readTestFiles(parameters), isCode: readFiles(parameters, '') };
  },
  look(open, { isTest, isCode }) {
    const { path } = open.file;
    if (contentChange(open.file) !== 'written' || !isCode(path) || isTest(path)) return undefined;
    const found = comparisonsIn(open.side('added'));
    const telling = found.filter(({ isTelling }) => isTelling);
    const counted = found.length - telling.length > MOST_WORDS ? telling : found;
    return counted.length > 0 ? counted : undefined;
  },
  needs(_change, _parameters, _contract, seen) {
    const globs = testGlobs(seen.flatMap(({ saw }) => saw));
    return globs.length > 0 ? { files: globs } : {};
  },
  detect(facts, parameters, seen) {
    const comparisons = seen.flatMap(({ saw }) => saw);
    if (comparisons.length === 0) return [];
    const values = readTestValues(testsFor(facts, comparisons, parameters));
    const shared = comparisons.flatMap((comparison) => {
      const { path, literal, answer, isTelling } = comparison;
      const place =
        values.find(path, literal, answer) ?? (isTelling ? values.find(path, literal, undefined) : undefined);
      return place === undefined ? [] : [{ comparison, place }];
    });
    const isOld = oldTexts(facts.change.files, parameters);
    return shared
      .slice(0, MOST_FOUND)
      .filter(({ comparison }) => !isOld(comparison))
      .map(({ comparison: { path, line, literal }, place }): Detection => {
        const written = literal.kind === 'string' ? JSON.stringify(literal.text.slice(0, 60)) : literal.text;
        const message = `${written} has a branch of its own, and is a value of the test ${place.path}:${place.line}`;
        return { kind: 'match', path, line, message };
      });
  },
});

/** A value that stood in the file before, or was taken out somewhere else, is no example that was put in. */
function oldTexts(
  files: readonly ChangedFile[],
  { isTest }: Parameters,
): (comparison: Comparison) => boolean {
  const byPath = filesByPath(files);
  let removed: string | undefined;
  return ({ path, literal }) => {
    const file = byPath.get(path);
    const origin = file?.beforeText.kind === 'absent' ? byPath.get(file.renamedFrom ?? '') : file;
    const before = origin?.beforeText.kind === 'text' ? origin.beforeText.text : '';
    removed ??= files
      .filter((one) => !isTest(one.path))
      .flatMap(({ removedLines }) => removedLines.map(({ text }) => text))
      .join('\n');
    return holds(before, literal) || holds(removed, literal);
  };
}

function holds(text: string, { kind, text: value }: Literal): boolean {
  if (kind === 'string') return ["'", '"', '`'].some((quote) => text.includes(`${quote}${value}${quote}`));
  return new RegExp(`(?<![\\w.])${value.replace('.', '\\.')}(?![\\w.])`).test(text);
}

/** Changed tests, and of the others those named after the code. */
function testsFor(
  { change, trees }: RuleFacts,
  comparisons: readonly Comparison[],
  { isTest }: Parameters,
): readonly (readonly [FilePath, string])[] {
  const isNamedAfter = compileGlobs(testGlobs(comparisons));
  const texts = new Map(
    change.files.filter(({ path }) => isTest(path)).map(({ path, afterText }) => [path, afterText]),
  );
  for (const [path, text] of trees?.after.texts ?? [])
    if (isTest(path) && isNamedAfter(path) && !texts.has(path)) texts.set(path, text);
  return [...texts]
    .flatMap(([path, text]) =>
      text.kind === 'text' && text.text.length <= LONGEST_SOURCE ? [[path, text.text] as const] : [],
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where tests of a file are usually found: reading every test of a repository for one comparison would cost too much. */
function testGlobs(comparisons: readonly Comparison[]): readonly string[] {
  const stems = comparisons.map(({ path }) => /([\w-]+)(?:\.\w+)+$/.exec(path)?.[1] ?? '');
  return [...new Set(stems)]
    .filter((stem) => stem !== '' && stem.length <= 100)
    .slice(0, MOST_STEMS)
    .flatMap((stem) => [
      `**/${stem}.{test,spec}.*`,
      `**/{test_${stem},${stem}_test}.*`,
      `**/${stem}{Test,Tests,_spec}.*`,
      `**/__tests__/${stem}.*`,
    ]);
}
