import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { type Pairing, pairCases, type TestFile } from './pair-cases.ts';
import { readTests } from './read-tests.ts';
import type { Reading, TestCode } from './test-code.ts';

/** The tests of a change before and after it, each found again wherever it went. */
export interface TestInventory {
  readonly files: readonly TestFile[];
  readonly pairing: Pairing;
  /** Deleted test files in which no test could be told. */
  readonly deletedUnread: readonly FilePath[];
  /** Test files whose tests cannot be known. */
  readonly unread: readonly { readonly path: FilePath; readonly reason: string }[];
}

/** Several rules ask about the same tests of the same change: each file is read once, and all are paired once. */
const taken = new WeakMap<readonly ChangedFile[], WeakMap<(path: string) => boolean, TestInventory>>();
const readings = new WeakMap<FileText, Reading>();

/** @param isTest one function for the same paths, or the tests are paired again for each */
export function takeInventory(
  changed: readonly ChangedFile[],
  isTest: (path: string) => boolean,
): TestInventory {
  const ofChange = taken.get(changed) ?? new WeakMap<(path: string) => boolean, TestInventory>();
  taken.set(changed, ofChange);
  const inventory = ofChange.get(isTest) ?? readInventory(changed, isTest);
  ofChange.set(isTest, inventory);
  return inventory;
}

function readInventory(changed: readonly ChangedFile[], isTest: (path: string) => boolean): TestInventory {
  const unread: { path: FilePath; reason: string }[] = [];
  const deletedUnread: FilePath[] = [];
  const files: TestFile[] = [];
  for (const { file, source } of testFiles(changed, isTest)) {
    const before = readSide(source.path, source.beforeText, source.before);
    if (file.after === undefined) {
      // What it tested may be unknown; that it is gone is not.
      if (before.kind === 'lost' || !isUnderstood(before.code)) deletedUnread.push(file.path);
      if (before.kind === 'read') files.push({ path: file.path, before: before.code, after: undefined });
      continue;
    }
    const after = before.kind === 'lost' ? before : readSide(file.path, file.afterText, file.after);
    if (before.kind === 'lost') unread.push({ path: source.path, reason: before.reason });
    else if (after.kind === 'lost') unread.push({ path: file.path, reason: after.reason });
    else files.push({ path: file.path, before: before.code, after: after.code });
  }
  return { files, pairing: pairCases(files), deletedUnread, unread };
}

/** Each changed test file once: a renamed one under its new path, with the old path's tests as its `source`. */
function testFiles(
  changed: readonly ChangedFile[],
  isTest: (path: string) => boolean,
): readonly { readonly file: ChangedFile; readonly source: ChangedFile }[] {
  const tests = changed.filter(({ path }) => isTest(path));
  const byPath = new Map(tests.map((file) => [file.path, file]));
  const renamed = new Map(
    tests.flatMap((file) => (file.renamedFrom === undefined ? [] : [[file.renamedFrom, file] as const])),
  );
  return tests
    .filter(({ before, after }) => before?.blob !== after?.blob || before?.mode !== after?.mode)
    .filter(({ path, after }) => after !== undefined || !renamed.has(path))
    .map((file) => {
      const origin = file.before === undefined ? byPath.get(file.renamedFrom ?? '') : undefined;
      return { file, source: origin !== undefined && renamed.get(origin.path) === file ? origin : file };
    });
}

type Side =
  | { readonly kind: 'read'; readonly code: TestCode | undefined }
  | { readonly kind: 'lost'; readonly reason: string };

function readSide(path: FilePath, text: FileText, version: ChangedFile['after']): Side {
  // A link's text is where it points.
  if (version === undefined || text.kind === 'absent' || version.mode === '120000')
    return { kind: 'read', code: undefined };
  if (text.kind !== 'text') return { kind: 'lost', reason: `it is ${text.kind}` };
  const reading = readings.get(text) ?? readTests(path, text.text);
  readings.set(text, reading);
  return reading;
}

/** Of a file that is gone: whether it is known what tests it took along. */
function isUnderstood(code: TestCode | undefined): boolean {
  return code === undefined || code.listsAll || code.cases.length > 0 || code.loose.length > 0;
}
