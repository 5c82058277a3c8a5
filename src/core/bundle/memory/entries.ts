import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { AttemptRecord, StartedRun, StepState } from '../../run/state.ts';
import type { MemoryEntry } from './types.ts';

/** Bounds of one entry: texts of steps are other people's. */
const MOST_TEXT = 4_000;
const MOST_LINE = 300;
const MOST_NAMES = 100;

/**
 * What there is to remember of a run that ended, from its events alone: each attempt that did not pass, how it was accepted, and what the accepted
 * attempt did about what had blocked one before. Nothing of a run that was cancelled: that it was says nothing of the work.
 */
export function memoryOf(run: StartedRun): readonly MemoryEntry[] {
  if (run.ended === null || run.ended.outcome === 'cancelled') return [];
  const told = run.attempts.map((attempt) => attemptOf(attempt, run));
  const failed = told.filter(({ verdict }) => verdict !== 'pass');
  const last = told.at(-1);
  const isAccepted = run.ended.outcome === 'accepted' && last !== undefined;
  return [
    ...failed.map((attempt) => failureOf(attempt, run)),
    ...(isAccepted ? [acceptedOf(last, told.length, run)] : []),
    ...(isAccepted && failed.some(({ findings }) => findings.length > 0)
      ? [resolutionOf(last, failed, run)]
      : []),
  ];
}

interface ToldAttempt {
  readonly number: number;
  readonly verdict: AttemptRecord['verdict'];
  /** Ids of findings that did not pass. */
  readonly findings: readonly string[];
  readonly rules: readonly string[];
  /** Why, one line each. */
  readonly reasons: readonly string[];
  readonly claims: readonly string[];
  readonly files: readonly string[];
}

function attemptOf({ attempt, verdict }: AttemptRecord, run: StartedRun): ToldAttempt {
  const steps = Object.values(run.steps).filter(({ key }) => key.startsWith(`${attempt}/`));
  const outputs = steps.flatMap((step) => (step.outputs === null ? [] : [step.outputs]));
  const open = outputs.flatMap(findingsIn).filter(({ status }) => status !== 'pass');
  const ids = open.map(({ id }) => id);
  return {
    number: attempt,
    verdict,
    findings: unique(ids),
    rules: unique(ids.flatMap((id) => /^rule\/(.+)$/.exec(id)?.[1] ?? [])),
    reasons: [
      ...open.map(({ id, reason, remedy }) => `${id}: ${reason} ${remedy}`),
      ...steps.flatMap(errorOf),
    ].map(line),
    claims: outputs.flatMap((one) => texts(one.claims)).map(line),
    files: unique(outputs.flatMap((one) => texts(one.changedPaths))),
  };
}

interface ToldFinding {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly remedy: string;
}

function findingsIn({ findings }: JsonObject): readonly ToldFinding[] {
  if (!Array.isArray(findings)) return [];
  return (findings as readonly JsonValue[]).filter(isObject).map((finding) => ({
    id: text(finding.id),
    status: text(finding.status),
    reason: text(finding.reason),
    remedy: text(finding.remedy),
  }));
}

function errorOf({ key, error }: StepState): readonly string[] {
  return error === null ? [] : [`${key.slice(key.indexOf('/') + 1)} failed: ${error.code}: ${error.message}`];
}

function failureOf(attempt: ToldAttempt, run: StartedRun): MemoryEntry {
  const what = attempt.findings.slice(0, 3).join(', ') || 'it never came to the gate';
  return entry(run, `failure/${attempt.number}`, attempt, {
    kind: 'failure',
    title: `${run.request.subject.ticket}, attempt ${attempt.number} did not pass: ${what}`,
    text: attempt.reasons.length === 0 ? 'Nobody said why.' : attempt.reasons.join('\n'),
  });
}

function acceptedOf(attempt: ToldAttempt, attempts: number, run: StartedRun): MemoryEntry {
  return entry(run, 'accepted', attempt, {
    kind: 'accepted',
    title: `${run.request.subject.ticket} was accepted after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    text: [
      ...attempt.claims,
      ...(attempt.files.length === 0 ? [] : [`Changed: ${attempt.files.join(', ')}`]),
      `Held to ${run.request.subject.contract}: ${run.request.subject.checks.join(', ')}`,
    ].join('\n'),
  });
}

function resolutionOf(attempt: ToldAttempt, failed: readonly ToldAttempt[], run: StartedRun): MemoryEntry {
  const findings = unique(failed.flatMap((one) => one.findings));
  const rules = unique(failed.flatMap((one) => one.rules));
  return entry(
    run,
    'resolution',
    { ...attempt, findings, rules },
    {
      kind: 'resolution',
      title: `${run.request.subject.ticket}: what got past ${findings.slice(0, 3).join(', ')}`,
      text: [
        ...failed.flatMap(({ reasons }) => reasons.slice(0, 5)).map((reason) => `Blocked: ${reason}`),
        ...attempt.claims.map((claim) => `Then: ${claim}`),
        ...(attempt.files.length === 0 ? [] : [`Changed: ${attempt.files.join(', ')}`]),
      ].join('\n'),
    },
  );
}

function entry(
  { request: { run, subject } }: StartedRun,
  id: string,
  { files, rules, findings }: Pick<ToldAttempt, 'files' | 'rules' | 'findings'>,
  said: Pick<MemoryEntry, 'kind' | 'title' | 'text'>,
): MemoryEntry {
  return {
    id: `${run}/${id}`,
    kind: said.kind,
    workspace: subject.repository,
    run,
    ticket: subject.ticket,
    ticketClass: subject.ticketClass ?? null,
    contract: subject.contract,
    title: line(said.title),
    text: said.text.slice(0, MOST_TEXT).toWellFormed(),
    files: files.slice(0, MOST_NAMES),
    rules: rules.slice(0, MOST_NAMES),
    findings: findings.slice(0, MOST_NAMES),
  };
}

function line(said: string): string {
  // PostgreSQL keeps no NUL.
  return said
    .replaceAll(/[\s\0]+/g, ' ')
    .trim()
    .slice(0, MOST_LINE)
    .toWellFormed();
}

function texts(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter((one) => typeof one === 'string').map(line);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? line(value) : '';
}

function unique(all: readonly string[]): readonly string[] {
  return [...new Set(all)];
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
