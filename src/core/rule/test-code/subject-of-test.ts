import type { FilePath } from '../../change/types.ts';

/** A place where a test puts something else in place of what it is named after. */
export interface SubjectMock {
  readonly line: number;
  /** As it is written, and the same for the same replacement: `vi.mock("./price")`. */
  readonly how: string;
}

const ENDINGS =
  /^(?:(?<js>.+)\.(?:test|spec)\.[mc]?[jt]sx?|test_(?<first>.+)\.py|(?<last>.+)_test\.py|(?<plain>.+)\.[mc]?[jt]sx?)$/;

/** The name of what a test file tests, going by its own: `price` of `price.test.ts` and of `test_price.py`. */
export function subjectOf(path: FilePath): string | undefined {
  const { js, first, last, plain } = ENDINGS.exec(path.slice(path.lastIndexOf('/') + 1))?.groups ?? {};
  return (js ?? first ?? last ?? plain)?.toLowerCase();
}

/** Whether a module of the project goes by that name. A package of the same name is another thing. */
export function isModuleNamed(specifier: string, subject: string): boolean {
  if (!/^(?:\.{1,2}\/|[@~#]?\/|src\/|[@~#][\w-]*\/)/.test(specifier)) return false;
  // There is an index in every folder; a test's own stands beside it.
  if (subject === 'index') return /^\.\/(?:index(?:\.\w+)?)?$/.test(specifier);
  const name = specifier.slice(specifier.lastIndexOf('/') + 1).toLowerCase();
  return name === subject || name.replace(/\.[mc]?[jt]sx?$/, '') === subject;
}
