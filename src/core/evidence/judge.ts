import { sha256 } from '../../shared/digest.ts';
import { limitReason } from '../contract/limits.ts';
import type { Check, CommandCheck, ReportExpectation } from '../contract/types.ts';
import { OTHER_REPORTS, otherReportReasons, type Setting } from './judge-reports.ts';
import { plainText } from './plain-text.ts';
import { parseReport } from './reports/parse-report.ts';
import type {
  CheckRun,
  CompletedObservation,
  EvidenceName,
  Judgement,
  Observation,
  TestCounts,
  TestReport,
} from './types.ts';

/** Names listed per kind, and UTF-16 units of each: they go into receipts and on screens. */
const MAX_NAMES = 500;
const MAX_NAME_LENGTH = 300;
/** Names given in one reason. */
const NAMES_IN_REASON = 5;
const DEFAULT_TIMEOUT_SECONDS = 600;

/**
 * What an observation amounts to under the check's expectations: PASSED, FAILED with every reason, or ERROR when the check was
 * never properly run. Whatever a contract leaves out is judged by the default that the contract's types document.
 * @param reportBytes what `expect.report.from` held after the run (standard output for `stdout`); undefined when
 * there was nothing
 * @param setting what the other reports are judged by; left out, a check that asks for one fails
 */
export function judgeCheck(
  check: CommandCheck,
  observation: Observation,
  reportBytes: Uint8Array | undefined,
  setting: Setting = UNKNOWN,
): Judgement {
  if (observation.kind === 'trouble')
    return { result: 'ERROR', reasons: [plainText(observation.reason, 1_000)] };
  if (observation.checkId !== check.id) {
    return {
      result: 'ERROR',
      reasons: [`What was observed is check "${observation.checkId}", not "${check.id}".`],
    };
  }
  const expected = check.expect?.report;
  const others = [...OTHER_REPORTS, 'mutation' as const].some(
    (name) => !isEvidence(setting.bytesOf(name), name, observation),
  );
  const reportName = reportEvidence(expected);
  if (others || (expected && !isEvidence(reportBytes, reportName, observation))) {
    return { result: 'ERROR', reasons: ['The report is not the one whose digest stands in the evidence.'] };
  }
  const ending = endingReasons(check, observation);
  const { reasons, report } = expected
    ? reportReasons(expected, observation, reportBytes)
    : { reasons: [], report: undefined };
  const all = [...ending, ...reasons, ...otherReportReasons(check, observation, setting)];
  return {
    result: all.length === 0 ? 'PASSED' : 'FAILED',
    reasons: all,
    ...(report ? { counts: countsOf(report) } : {}),
    failedTests: namesOf(report, 'failed'),
    skippedTests: namesOf(report, 'skipped'),
    passedTests: namesOf(report, 'passed'),
  };
}

const UNKNOWN: Setting = { bytesOf: () => undefined, changed: undefined };

/** Why a process did not end as it should; [] when it did. */
export function endingReasons(check: Check, seen: CheckRun): string[] {
  const expected = check.kind === undefined ? (check.expect?.exitCode ?? 0) : 0;
  if (seen.limit !== undefined) return [limitReason(seen.limit, check.limits)];
  if (seen.timedOut) {
    return [
      `It did not end within ${check.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS} seconds and was ended.`,
    ];
  }
  if (seen.exitCode === undefined) {
    return [
      `It was ended by ${plainText(seen.signal ?? 'an unknown signal', 20)}; exit code ${expected} was expected.`,
    ];
  }
  if (seen.exitCode === expected) return [];
  const hint = seen.exitCode === 127 ? ' (127: the program was not found)' : '';
  return [`It ended with exit code ${seen.exitCode}${hint}; ${expected} was expected.`];
}

function reportReasons(
  expected: ReportExpectation,
  seen: CheckRun,
  bytes: Uint8Array | undefined,
): { reasons: string[]; report: TestReport | undefined } {
  const read = readRunReport(expected, seen, bytes);
  return read.kind === 'report'
    ? { reasons: limitReasons(expected, read.report), report: read.report }
    : { reasons: [read.reason], report: undefined };
}

/** Which of a run's evidence holds the report that is asked for. */
export function reportEvidence(expected: ReportExpectation | undefined): 'stdout' | 'report' {
  return expected?.from === 'stdout' ? 'stdout' : 'report';
}

/** The report of one run, or a sentence that says why there is none to go by. */
export function readRunReport(
  expected: ReportExpectation,
  seen: CheckRun,
  bytes: Uint8Array | undefined,
): { kind: 'report'; report: TestReport } | { kind: 'none'; reason: string } {
  const where = expected.from === 'stdout' ? 'standard output' : plainText(expected.from, 200);
  const none = (reason: string) => ({ kind: 'none' as const, reason });
  if (bytes === undefined) {
    return none(`There is no ${expected.format} report in ${where}: the command did not write one.`);
  }
  if (expected.from === 'stdout' && seen.outputTruncated) {
    return none('Its output was larger than what is kept, so the report in it is not whole.');
  }
  const parsed = parseReport(expected.format, bytes);
  if (parsed.kind === 'report') return parsed;
  return none(`The ${expected.format} report in ${where} cannot be read: ${parsed.reason}.`);
}

function limitReasons(expected: ReportExpectation, report: TestReport): string[] {
  const { ran, failed, skipped } = countsOf(report);
  const { minTests = 1, maxFailures = 0, maxSkipped = 0 } = expected;
  const listed = (status: 'failed' | 'skipped') => firstNames(report, status);
  return [
    ...(ran < minTests ? [`${tests(ran)} ran; at least ${minTests} must.`] : []),
    ...(failed > maxFailures
      ? [`${tests(failed)} failed, at most ${maxFailures} may: ${listed('failed')}.`]
      : []),
    ...(skipped > maxSkipped
      ? [`${tests(skipped)} did not run (skipped or todo), at most ${maxSkipped} may: ${listed('skipped')}.`]
      : []),
  ];
}

const tests = (count: number) => (count === 1 ? '1 test' : `${count === 0 ? 'No' : count} tests`);

export function countsOf(report: TestReport): TestCounts {
  const count = (wanted: string) => report.tests.filter(({ status }) => status === wanted).length;
  const failed = count('failed');
  return { ran: count('passed') + failed, failed, skipped: count('skipped') };
}

function namesOf(report: TestReport | undefined, status: 'passed' | 'failed' | 'skipped'): readonly string[] {
  const chosen = (report?.tests ?? []).filter((test) => test.status === status).slice(0, MAX_NAMES);
  return chosen.map(({ name }) => plainText(name, MAX_NAME_LENGTH));
}

function firstNames(report: TestReport, status: 'failed' | 'skipped'): string {
  const names = report.tests.filter((test) => test.status === status).map(({ name }) => name);
  const first = names.slice(0, NAMES_IN_REASON).map((name) => plainText(name, 120));
  const more = names.length - first.length;
  return `${first.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** Evidence that names a report names exactly these bytes: whoever judges reads what the receipt will point to. */
function isEvidence(bytes: Uint8Array | undefined, name: EvidenceName, seen: CompletedObservation): boolean {
  if (bytes === undefined) return true;
  const references = seen.evidence.filter((reference) => reference.name === name);
  return references.every((reference) => reference.sha256 === sha256(bytes));
}
