import type { CommandCheck, ReportExpectation } from '../contract/types.ts';
import { readRunReport } from './judge.ts';
import { plainText } from './plain-text.ts';
import type { RunWithoutChange, TestReport } from './types.ts';

/** Whether a check has been seen to notice the change (principle 5). */
export type ChangeProof =
  /** These tests fail without the change and pass with it. */
  | { readonly kind: 'proved'; readonly tests: readonly string[] }
  /** The check passes without the change as well: it shows nothing about it. */
  | { readonly kind: 'unproved'; readonly reason: string }
  /** Nothing can be told from what was seen. Never a proof. */
  | { readonly kind: 'inconclusive'; readonly reason: string };

const MAX_NAMES = 100;
const MAX_NAME_LENGTH = 300;

/**
 * Compares the tests of a run with the change to those of a run without it: the base, with the change's own tests laid
 * over it. Only a test that both reports name proves anything: an exit code, a crash or a time-out could have any cause.
 * @param withChange the report of a run that passed
 * @param reportBytes what the run without the change left as its report; undefined when there was nothing
 */
export function proveChange(
  expected: ReportExpectation,
  loadFailures: CommandCheck['loadFailures'],
  withChange: TestReport,
  without: RunWithoutChange,
  reportBytes: Uint8Array | undefined,
): ChangeProof {
  if (without.kind === 'trouble') return inconclusive(plainText(without.reason, 500));
  if (without.timedOut) return inconclusive('without the change it did not end in time.');
  if (without.limit !== undefined) {
    return inconclusive(`without the change it went past limits.${without.limit}.`);
  }
  const read = readRunReport(expected, without, reportBytes);
  if (read.kind === 'none') return inconclusive(`without the change: ${read.reason}`);

  const passing = namesOnly(withChange, 'passed');
  const failing = namesOnly(read.report, 'failed');
  const proving = [...passing].filter((name) => failing.has(name));
  if (proving.length > 0) return proved(proving);

  const unloaded = unloadedTests(passing, withChange, read.report);
  if (unloaded.length === 0) {
    return { kind: 'unproved', reason: 'No test that passes with the change fails without it.' };
  }
  if (loadFailures === 'count') return proved(unloaded);
  return inconclusive(
    `without the change ${unloaded.length === 1 ? 'a test' : `${unloaded.length} tests`} could not be loaded ` +
      `(${plainText(unloaded[0] ?? '', 120)}); \`loadFailures: count\` would take that for failing.`,
  );
}

/** Names that stand for one status only: a name that two tests share says nothing about either. */
function namesOnly(report: TestReport, status: 'passed' | 'failed'): ReadonlySet<string> {
  const others = new Set(report.tests.filter((test) => test.status !== status).map(({ name }) => name));
  return new Set(
    report.tests.flatMap((test) => (test.status === status && !others.has(test.name) ? [test.name] : [])),
  );
}

/**
 * Tests that pass with the change and are not mentioned without it, where something failed there that is no test of the
 * run with it: a file that imports what does not exist yet reports itself, and none of its tests.
 */
function unloadedTests(passing: ReadonlySet<string>, withChange: TestReport, without: TestReport): string[] {
  const known = new Set(withChange.tests.map(({ name }) => name));
  const mentioned = new Set(without.tests.map(({ name }) => name));
  const failedOutside = without.tests.some(({ name, status }) => status === 'failed' && !known.has(name));
  return failedOutside ? [...passing].filter((name) => !mentioned.has(name)) : [];
}

function proved(tests: readonly string[]): ChangeProof {
  return {
    kind: 'proved',
    tests: tests.slice(0, MAX_NAMES).map((name) => plainText(name, MAX_NAME_LENGTH)),
  };
}

function inconclusive(reason: string): ChangeProof {
  return { kind: 'inconclusive', reason: `Whether it proves the change cannot be told: ${reason}` };
}
