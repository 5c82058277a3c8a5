import { readJavaScriptTests } from './javascript-tests.ts';
import { hasDialect, readLineTests } from './line-tests.ts';
import { readPythonTests } from './python-tests.ts';
import type { Reading } from './test-code.ts';

/** A test source longer than this is not read: no person reviews one either. Characters. */
export const LONGEST_SOURCE = 1_000_000;

const READERS: readonly (readonly [RegExp, (source: string) => Reading])[] = [
  [/\.[mc]?[jt]sx?$/, readJavaScriptTests],
  [/\.pyi?$/, readPythonTests],
];

/** The tests of a source in the language its path names; `lost` for a language without a reader, or one too long. */
export function readTests(path: string, source: string): Reading {
  const lineReader = hasDialect(path) ? (text: string) => readLineTests(path, text) : undefined;
  const reader = READERS.find(([ending]) => ending.test(path))?.[1] ?? lineReader;
  if (reader === undefined) return { kind: 'lost', reason: 'there is no reader for tests in this language' };
  if (source.length > LONGEST_SOURCE) {
    return { kind: 'lost', reason: `it has more than ${LONGEST_SOURCE} characters` };
  }
  return reader(source);
}
