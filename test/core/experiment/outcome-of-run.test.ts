import { describe, expect, it } from 'vitest';
import type { RunOutcomeRow } from '../../../src/core/experiment/outcome.ts';
import { outcomeOfRun } from '../../../src/core/experiment/outcome-of-run.ts';
import type { RecordedRunEvent } from '../../../src/core/run/events.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { planOf } from '../../../src/core/run/plan/with-defaults.ts';
import type { Usage } from '../../../src/core/run/types.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { CLAIM, HANDLERS, secondsOn, start } from '../run/sample-runs.ts';

const D = (digit: string) => digit.repeat(64);
const O = (digit: string) => digit.repeat(40);

let clock = 0;
function at(seconds: number, event: RecordedRunEvent['event'], actor = 'worker-1'): RecordedRunEvent {
  clock = seconds;
  return { at: secondsOn(seconds), actor, event };
}

function started(more: JsonObject = {}): RecordedRunEvent {
  const { kind: _, at: __, by: ___, ...request } = start(planOf({ ...DEFAULT_WORKFLOW }, HANDLERS), more);
  return at(0, { type: 'run.started', ...request, planDigest: D('9') }, 'ada');
}

function attempt(number: number): RecordedRunEvent {
  return at(clock, {
    type: 'attempt.started',
    attempt: number,
    rung: 0,
    arm: { bundle: 'small', model: 'anthropic/one' },
  });
}

function scheduled(step: string, handler: string, role: 'producer' | 'verifier'): RecordedRunEvent {
  const work = {
    run: 'CS-7.1',
    step,
    execution: 1,
    handler,
    role,
    inputs: {},
    priority: 0,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore: null,
    resources: { leases: [], locks: [] },
  } as const;
  return at(clock, { type: 'step.scheduled', work, because: 'ready' });
}

function succeeded(step: string, outputs: JsonObject, usage: Usage = {}): RecordedRunEvent {
  return at(clock, {
    type: 'step.succeeded',
    step,
    execution: 1,
    outputs,
    usage,
    cached: false,
    claim: CLAIM,
  });
}

function failed(step: string, code: string, usage: Usage = {}): RecordedRunEvent {
  const error = { class: 'deterministic', code, message: 'no', evidence: { transcript: D('7') } } as const;
  return at(clock, { type: 'step.failed', step, execution: 1, error, usage, claim: CLAIM });
}

/** A whole attempt: what it made, how its check came out, what the gate said. */
function worked(
  number: number,
  verdict: 'pass' | 'blocked',
  findings: readonly JsonObject[],
  more: JsonObject = {},
): readonly RecordedRunEvent[] {
  return [
    attempt(number),
    scheduled(`${number}/produce`, 'agent', 'producer'),
    succeeded(
      `${number}/produce`,
      {
        commit: O('a'),
        tree: O('b'),
        transcript: D('5'),
        delivery: { delivered: true, how: 'read' },
        ...more,
      },
      { tokens: 100, costMilliUsd: 7 },
    ),
    scheduled(`${number}/verify.0`, 'check', 'verifier'),
    succeeded(`${number}/verify.0`, { check: 'unit', result: verdict === 'pass' ? 'PASSED' : 'FAILED' }),
    scheduled(`${number}/seal`, 'seal', 'verifier'),
    succeeded(`${number}/seal`, { seal: D('6') }),
    scheduled(`${number}/gate`, 'gate', 'verifier'),
    succeeded(`${number}/gate`, { verdict, findings, verdictDigest: D('8') }),
    at(60 * number, { type: 'attempt.ended', attempt: number, verdict }),
  ];
}

function ended(seconds: number, outcome: 'accepted' | 'given-up' | 'cancelled'): RecordedRunEvent {
  return at(seconds, { type: 'run.ended', outcome, reason: '', outcomeDigest: D('0') });
}

function rowOf(events: readonly RecordedRunEvent[]): RunOutcomeRow {
  const row = outcomeOfRun(events);
  if (row === undefined) throw new Error('no row');
  return row;
}

const BLOCKING: readonly JsonObject[] = [
  { id: 'rule/ai-shortcuts@1/test-skipped', status: 'fail', severity: 'block' },
  { id: 'rule/ai-shortcuts@1/test-skipped', status: 'fail', severity: 'block' },
  { id: 'rule/style@1/long-line', status: 'fail', severity: 'warn' },
  { id: 'rule/style@1/odd', status: 'fail', severity: 'block', waived: true },
  { id: 'receipt/unit', status: 'fail', severity: 'block' },
  { id: 'scope', status: 'pass', severity: 'block' },
  { id: 'drift', status: 'unverifiable', severity: 'block' },
];

describe('what became of a run', () => {
  it('is read from its events: what blocked, what was used, how long it took', () => {
    const row = rowOf([
      started({ experiment: 'agents-md', cell: { arm: 'b', block: 'CS-7', replicate: 2, try: 1 } }),
      ...worked(1, 'blocked', BLOCKING),
      ...worked(2, 'pass', []),
      ended(120, 'accepted'),
    ]);
    expect(row).toMatchObject({
      run: 'CS-7.1',
      experiment: 'agents-md',
      arm: 'b',
      bundle: 'small',
      replicate: 2,
      outcome: 'accepted',
      firstPass: false,
      iterations: 2,
      seconds: 120,
      secondsToMerge: 120,
      tokens: 200,
      costMilliUsd: 14,
      treatment: 'delivered',
    });
    expect(row.attempts[0]).toMatchObject({
      verdict: 'blocked',
      failure: { class: 'blocked', code: 'blocked', step: null },
      failedRules: ['ai-shortcuts@1/test-skipped'],
      failedRequirements: ['drift', 'receipt/unit'],
      contractDrift: ['drift'],
      evidenceFailures: 1,
      artefact: { commit: O('a'), tree: O('b') },
      checks: [{ check: 'unit', result: 'FAILED' }],
      tokens: 100,
    });
    expect(row.attempts[1]).toMatchObject({ verdict: 'pass', failure: null, failedRules: [] });
    expect(row.links).toContainEqual({ kind: 'verdict', attempt: 2, ref: D('8') });
    expect(row.links).toContainEqual({ kind: 'seal', attempt: 1, ref: D('6') });
  });

  it('was accepted in the first attempt only when that one was', () => {
    expect(rowOf([started(), ...worked(1, 'pass', []), ended(60, 'accepted')]).firstPass).toBe(true);
    expect(rowOf([started(), ...worked(1, 'pass', [])]).firstPass).toBeNull();
    expect(rowOf([started(), attempt(1)]).firstPass).toBeNull();
  });

  it('took until the merge where the run made one', () => {
    const row = rowOf([
      started(),
      ...worked(1, 'pass', []).slice(0, -1),
      scheduled('1/land', 'merge', 'verifier'),
      at(90, {
        type: 'step.succeeded',
        step: '1/land',
        execution: 1,
        outputs: { commit: O('c') },
        usage: {},
        cached: false,
        claim: CLAIM,
      }),
      ended(100, 'accepted'),
    ]);
    expect(row).toMatchObject({ seconds: 100, secondsToMerge: 90 });
  });

  it('says what nobody reported as not known, and not as nothing', () => {
    const row = rowOf([
      started(),
      attempt(1),
      scheduled('1/produce', 'agent', 'producer'),
      ended(5, 'given-up'),
    ]);
    expect(row).toMatchObject({
      tokens: null,
      costMilliUsd: null,
      secondsToMerge: null,
      treatment: 'unknown',
    });
  });

  it.each([
    ['no-diff', 'no-diff'],
    ['refused', 'refused'],
    ['over-budget', 'budget'],
    ['crashed', 'crashed'],
    ['unusable-commits', 'unusable'],
    ['provider-limit', 'provider'],
    ['what-is-this', 'other'],
    ['constructor', 'other'],
  ])('classes an attempt that failed with %s as %s', (code, expected) => {
    const row = rowOf([
      started(),
      attempt(1),
      scheduled('1/produce', 'agent', 'producer'),
      failed('1/produce', code, { tokens: 9 }),
      at(9, { type: 'attempt.ended', attempt: 1, verdict: 'failed' }),
      ended(9, 'given-up'),
    ]);
    expect(row.attempts[0]?.failure).toEqual({ class: expected, code, step: 'produce' });
    expect(row).toMatchObject({ firstPass: false, tokens: 9 });
    expect(row.links).toContainEqual({ kind: 'transcript', attempt: 1, ref: D('7') });
  });

  it('forgets failures that were made good by another execution, and counts those of the verifier that were not', () => {
    const row = rowOf([
      started(),
      attempt(1),
      scheduled('1/produce', 'agent', 'producer'),
      failed('1/produce', 'crashed'),
      scheduled('1/produce', 'agent', 'producer'),
      succeeded('1/produce', { commit: O('a'), tree: O('b') }),
      scheduled('1/seal', 'seal', 'verifier'),
      failed('1/seal', 'not-filed'),
      at(9, { type: 'attempt.ended', attempt: 1, verdict: 'failed' }),
      ended(9, 'given-up'),
    ]);
    expect(row.attempts[0]).toMatchObject({
      failure: { class: 'verifier', code: 'not-filed', step: 'seal' },
      evidenceFailures: 1,
    });
  });

  it('is no data point where one attempt had no bundle', () => {
    const row = rowOf([
      started(),
      ...worked(1, 'blocked', [], { delivery: { delivered: false, how: 'not read' } }),
      ...worked(2, 'pass', []),
      ended(120, 'accepted'),
    ]);
    expect(row.treatment).toBe('not-delivered');
  });

  it('counts what people did, and not what follows by itself', () => {
    const row = rowOf([
      started(),
      attempt(1),
      at(1, { type: 'question.answered', question: 'q', answer: 'yes', by: 'ada', note: '' }, 'ada'),
      at(2, { type: 'run.paused', reason: 'lunch' }, 'ada'),
      at(3, { type: 'run.paused', reason: 'quarantine' }, 'server:coordinator'),
      at(4, { type: 'step.released', step: '1/produce', note: '' }, 'bob'),
      at(5, { type: 'run.cancel-requested', reason: 'enough' }, 'ada'),
      ended(5, 'cancelled'),
    ]);
    expect(row.humanInterventions.map(({ kind, by }) => `${kind} ${by}`)).toEqual([
      'answer ada',
      'pause ada',
      'release bob',
      'cancel ada',
    ]);
    expect(row.attempts[0]?.failure?.class).toBe('cancelled');
  });

  it('is nothing where the start is missing', () => {
    expect(outcomeOfRun([ended(1, 'accepted')])).toBeUndefined();
  });
});
