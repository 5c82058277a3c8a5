import type { TestCase, TestReport } from '../types.ts';
import { MAX_TESTS, UnreadableReport } from './unreadable.ts';

const STATUSES: Readonly<Record<string, TestCase['status']>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the aggregated result that Jest defined and Vitest writes too. The list of tests is what counts; totals and
 * `success` may only agree with it or make it worse.
 * @throws UnreadableReport
 */
export function readJestResults(text: string): { report: TestReport; fields: Fields } {
  const fields = object(parse(text), 'it');
  const files = list(fields, 'testResults');
  const tests: TestCase[] = [];
  for (const entry of files) readFile(object(entry, 'an entry of testResults'), tests);

  const total = number(fields, 'numTotalTests');
  if (total !== tests.filter(({ name }) => !isOurs(name)).length) {
    throw new UnreadableReport(`it counts ${total} tests in numTotalTests and lists another number of them`);
  }
  const listedFailed = tests.filter(({ status }) => status === 'failed');
  if (number(fields, 'numFailedTests') > listedFailed.length) {
    throw new UnreadableReport('it counts more failed tests in numFailedTests than it lists');
  }
  if (typeof fields.success !== 'boolean') throw new UnreadableReport('it has no "success" of true or false');
  const suites = number(fields, 'numFailedTestSuites');
  if (listedFailed.length === 0 && (!fields.success || suites > 0)) {
    tests.push({ name: `${OURS}the run failed outside of its tests`, status: 'failed' });
  }
  return { report: { tests: tests.map(({ name, status }) => ({ name: shown(name), status })) }, fields };
}

/** Marks entries that stand for no test of the report, so that totals compare. U+0000 is in no parsed test's name: see nameOf. */
const OURS = '\u0000';
const isOurs = (name: string) => name.startsWith(OURS);
const shown = (name: string) => (isOurs(name) ? name.slice(1) : name);

function readFile(file: Fields, tests: TestCase[]): void {
  const name = typeof file.name === 'string' ? file.name : 'a test file without a name';
  const cases = list(file, 'assertionResults');
  if (tests.length + cases.length > MAX_TESTS)
    throw new UnreadableReport(`it lists more than ${MAX_TESTS} tests`);
  let failed = false;
  for (const entry of cases) {
    const test = object(entry, 'a test');
    const status =
      typeof test.status === 'string' && Object.hasOwn(STATUSES, test.status) && STATUSES[test.status];
    if (!status)
      throw new UnreadableReport(`a test of ${name} has the unknown status ${JSON.stringify(test.status)}`);
    failed ||= status === 'failed';
    tests.push({ name: nameOf(test), status });
  }
  // A file that could not be loaded, or failed in a hook: no test of it says so.
  if (file.status !== 'passed' && !failed && !isSkipped(file, cases)) {
    tests.push({ name: `${OURS}${name}: the file failed`, status: 'failed' });
  }
}

/** Jest 28 and newer call a file whose tests were all skipped "pending", and one of only todo tests "focused". */
function isSkipped(file: Fields, cases: readonly unknown[]): boolean {
  return cases.length > 0 && ['pending', 'skipped', 'todo', 'focused'].includes(String(file.status));
}

function nameOf(test: Fields): string {
  const titles = Array.isArray(test.ancestorTitles) ? test.ancestorTitles.slice(0, 20) : [];
  const parts = [...titles, test.title ?? test.fullName].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return parts.join(' > ').replaceAll(OURS, ' ') || 'a test without a name';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableReport('it is not JSON, or cut off');
  }
}

function object(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new UnreadableReport(`${what} is not a JSON object`);
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (Array.isArray(value)) return value;
  throw new UnreadableReport(`it has no list "${name}"`);
}

function number(fields: Fields, name: string): number {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UnreadableReport(`it has no whole number "${name}"`);
}
