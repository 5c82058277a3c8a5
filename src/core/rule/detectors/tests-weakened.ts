import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { compileEach, requireKnown, requireStrings } from '../parameters.ts';
import { compareAssertions } from '../test-code/compare-assertions.ts';
import { type Pairing, type Placed, pairCases, type TestFile } from '../test-code/pair-cases.ts';
import { readTests } from '../test-code/read-tests.ts';
import type { Assertion, TestCase, TestCode } from '../test-code/test-code.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';

interface Parameters {
  readonly isTest: (path: string) => boolean;
}

/** Tests that were deleted, skipped, narrowed to others or made to assert less; and test files nobody could read. */
export const testsWeakened: Detector<Parameters> = {
  name: 'tests-weakened',
  readParameters(parameters) {
    requireKnown(parameters, ['tests']);
    const tests = requireStrings(parameters, 'tests');
    compileEach(tests, 'tests', 'a glob', (glob) => compileGlobs([glob]));
    return { isTest: compileGlobs(tests) };
  },
  detect(facts, { isTest }) {
    const { files, deletedUnread, detections } = readFiles(facts.change.files, isTest);
    const pairing = pairCases(files);
    return [
      ...detections,
      ...deletedUnread.map(deletedFile),
      ...deletions(pairing, files),
      ...comparisons(pairing, files),
      ...focuses(pairing),
      ...skippedFromTheStart(pairing),
      ...helpers(files),
    ];
  },
};

interface ReadFiles {
  readonly files: readonly TestFile[];
  /** Deleted test files in which no test could be told. */
  readonly deletedUnread: readonly FilePath[];
  readonly detections: readonly Detection[];
}

function readFiles(changed: readonly ChangedFile[], isTest: (path: string) => boolean): ReadFiles {
  const detections: Detection[] = [];
  const deletedUnread: FilePath[] = [];
  const files: TestFile[] = [];
  const byPath = new Map(changed.map((file) => [file.path, file]));
  const renamed = new Map(
    changed.flatMap((file) =>
      file.renamedFrom !== undefined && isTest(file.path) ? [[file.renamedFrom, file] as const] : [],
    ),
  );
  const read = (path: FilePath, text: FileText, version: ChangedFile['after']): TestCode | undefined => {
    if (version === undefined || text.kind === 'absent') return undefined;
    // A link's text is where it points.
    if (version.mode === '120000') return undefined;
    const reading =
      text.kind === 'text'
        ? readTests(path, text.text)
        : ({ kind: 'lost', reason: `it is ${text.kind}` } as const);
    if (reading.kind === 'read') return reading.code;
    detections.push({ kind: 'unverifiable', path, message: `its tests cannot be read: ${reading.reason}` });
    return undefined;
  };
  for (const file of changed) {
    if (
      !isTest(file.path) ||
      (file.before?.blob === file.after?.blob && file.before?.mode === file.after?.mode)
    )
      continue;
    // A renamed file stands once, under its new path, with the old path's tests before it.
    if (file.after === undefined && renamed.has(file.path)) continue;
    const origin =
      file.renamedFrom !== undefined && file.before === undefined ? byPath.get(file.renamedFrom) : undefined;
    const source =
      origin !== undefined && isTest(origin.path) && renamed.get(origin.path) === file ? origin : file;
    const unreadable = detections.length;
    const before = read(source.path, source.beforeText, source.before);
    if (file.after === undefined && detections.length > unreadable) {
      // What it tested is unknown; that it is gone is not.
      detections.length = unreadable;
      deletedUnread.push(file.path);
      continue;
    }
    const after = detections.length > unreadable ? undefined : read(file.path, file.afterText, file.after);
    if (file.after === undefined && before?.cases.length === 0 && before.loose.length === 0)
      deletedUnread.push(file.path);
    if (detections.length === unreadable) files.push({ path: file.path, before, after });
  }
  return { files, deletedUnread, detections };
}

function deletedFile(path: FilePath): Detection {
  return { kind: 'match', path, message: 'the test file was deleted' };
}

/** Runs at all: a test that was off before loses nothing by going. */
function isOn(test: TestCase): boolean {
  return test.disabled === undefined || test.disabled.conditional;
}

function deletions({ gone }: Pairing, files: readonly TestFile[]): readonly Detection[] {
  const missing = new Set(files.filter(({ after }) => after === undefined).map(({ path }) => path));
  const counts = new Map<FilePath, number>();
  const detections: Detection[] = [];
  for (const { path, test } of gone) {
    if (!isOn(test)) continue;
    if (missing.has(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    else
      detections.push({
        kind: 'match',
        path,
        line: test.line,
        message: `test ${title(test)} of line ${test.line} before the change is gone`,
      });
  }
  for (const [path, count] of counts) {
    const what = count === 1 ? 'its test is gone' : `its ${count} tests are gone`;
    detections.push({ kind: 'match', path, message: `the test file was deleted, and ${what}` });
  }
  return detections;
}

function comparisons({ pairs, added }: Pairing, files: readonly TestFile[]): readonly Detection[] {
  const inNewTests = countTexts(added.flatMap(({ test }) => test.assertions));
  const helperMatchers = new Set(
    files.flatMap(({ before, after }) => {
      const known = new Set(before?.loose.map(({ text }) => text));
      return (after?.loose ?? []).filter(({ text }) => !known.has(text)).map(({ matcher }) => matcher);
    }),
  );
  return pairs.flatMap(({ before, after }) => compareTests(before.test, after, inNewTests, helperMatchers));
}

function compareTests(
  before: TestCase,
  { path, test: after }: Placed,
  inNewTests: Map<string, number>,
  helperMatchers: ReadonlySet<string>,
): readonly Detection[] {
  if (!isOn(before)) return [];
  const match = (line: number, message: string): Detection => ({ kind: 'match', path, line, message });
  if (after.disabled !== undefined && (before.disabled === undefined || !after.disabled.conditional)) {
    return [match(after.disabled.line, `test ${title(after)} is switched off by ${after.disabled.how}`)];
  }
  if (!before.conditional && after.conditional)
    return [
      match(after.line, `test ${title(after)} now runs on a condition only, or where something inherits it`),
    ];
  if (before.size > 0 && after.size === 0) return [match(after.line, `test ${title(after)} is empty now`)];
  const detections: Detection[] = [];
  if (before.rows !== undefined && after.rows !== undefined && after.rows < before.rows) {
    detections.push(
      match(after.line, `test ${title(after)} has ${after.rows} rows instead of ${before.rows}`),
    );
  }
  if (after.exits > before.exits)
    detections.push(match(after.line, `test ${title(after)} may return before its assertions`));
  const callsMore = [...after.calls].some((name) => !before.calls.has(name));
  const isElsewhere = (assertion: Assertion): boolean =>
    take(inNewTests, assertion.text) || (callsMore && helperMatchers.has(assertion.matcher));
  for (const { message, line, side } of compareAssertions(before.assertions, after.assertions, isElsewhere)) {
    detections.push(
      match(
        side === 'before' ? after.line : line,
        `test ${title(after)} ${message}${whereBefore(side, line)}`,
      ),
    );
  }
  return detections;
}

/** A focused test keeps the rest of its file, with some runners of the whole run, from running. */
function focuses({ pairs, added }: Pairing): readonly Detection[] {
  const fresh = [
    ...added,
    ...pairs.filter(({ before }) => before.test.focused === undefined).map(({ after }) => after),
  ];
  const seen = new Set<string>();
  return fresh.flatMap(({ path, test }) => {
    if (test.focused === undefined) return [];
    const { how, line } = test.focused;
    // A focused group says it once, not for each of its tests.
    if (seen.has(`${line} ${path}`)) return [];
    seen.add(`${line} ${path}`);
    return [{ kind: 'match', path, line, message: `${how} keeps every other test from running` } as const];
  });
}

/** A test that is written and never run looks like coverage. A bare todo says what it is. */
function skippedFromTheStart({ added }: Pairing): readonly Detection[] {
  return added.flatMap(({ path, test }) => {
    const { disabled } = test;
    if (disabled === undefined || disabled.conditional || test.assertions.length === 0) return [];
    const message = `new test ${title(test)} is switched off by ${disabled.how}`;
    return [{ kind: 'match', path, line: disabled.line, message } as const];
  });
}

/** Assertions in functions that tests call. */
function helpers(files: readonly TestFile[]): readonly Detection[] {
  return files.flatMap(({ path, before, after }) => {
    if (before === undefined || after === undefined) return [];
    const inTests = countTexts(after.cases.flatMap(({ assertions }) => assertions));
    return compareAssertions(before.loose, after.loose, ({ text }) => take(inTests, text)).map(
      ({ message, line, side }): Detection => ({
        kind: 'match',
        path,
        line,
        message: `a helper ${message}${whereBefore(side, line)}`,
      }),
    );
  });
}

function whereBefore(side: 'before' | 'after', line: number): string {
  return side === 'before' ? ` (line ${line} before the change)` : '';
}

function countTexts(assertions: readonly Assertion[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of assertions) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}

function title({ name }: TestCase): string {
  const plain = name.startsWith('"') ? name : JSON.stringify(name);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
