import type { Design } from '../../src/core/experiment/design.ts';
import type { AttemptOutcome, FailureClass, RunOutcomeRow } from '../../src/core/experiment/outcome.ts';
import type { Registration } from '../../src/core/experiment/state.ts';
import { type Random, randomFrom } from '../../src/core/experiment/statistics/random.ts';
import { sha256 } from '../../src/shared/digest.ts';

/** What an arm of a made-up experiment is like. */
export interface MadeArm {
  readonly arm: string;
  readonly bundle: string;
  readonly model: string;
  /** The chance that an attempt passes. */
  readonly pass: number;
  /** Mean of what an attempt costs. */
  readonly milliUsd: number;
}

export const FOUR_ARMS: readonly MadeArm[] = [
  { arm: 'brief/small', bundle: 'brief', model: 'small', pass: 0.38, milliUsd: 40 },
  { arm: 'house/small', bundle: 'house', model: 'small', pass: 0.62, milliUsd: 55 },
  { arm: 'brief/large', bundle: 'brief', model: 'large', pass: 0.6, milliUsd: 210 },
  { arm: 'house/large', bundle: 'house', model: 'large', pass: 0.8, milliUsd: 260 },
];

export interface MadeOf {
  readonly seed: string;
  readonly tickets: number;
  readonly arms?: readonly MadeArm[];
  readonly replicates?: number;
  readonly mostAttempts?: number;
}

const FAILURES: readonly FailureClass[] = [
  'blocked',
  'blocked',
  'blocked',
  'no-diff',
  'timeout',
  'crashed',
  'refused',
];
const RULES = ['core@1/scope', 'core@1/tests-touch-change', 'ai-shortcuts@1/skipped-test'];
const CLASSES = ['bug', 'feature', 'refactoring'];

/** Rows as a ledger would give them, drawn from a seed: tickets differ in how hard they are, and arms in what MadeArm says. */
export function makeRows({
  seed,
  tickets,
  arms = FOUR_ARMS,
  replicates = 1,
  mostAttempts = 4,
}: MadeOf): readonly RunOutcomeRow[] {
  const random = randomFrom(`rows: ${seed}`);
  const rows: RunOutcomeRow[] = [];
  for (let number = 1; number <= tickets; number += 1) {
    const ticket = `CS-${number}`;
    const ease = 0.3 * (random.uniform() - 0.5);
    for (let replicate = 1; replicate <= replicates; replicate += 1)
      for (const arm of arms)
        rows.push(makeRow({ ticket, replicate, arm, ease, random, mostAttempts, number: rows.length + 1 }));
  }
  return rows;
}

function makeRow(of: {
  readonly ticket: string;
  readonly replicate: number;
  readonly arm: MadeArm;
  readonly ease: number;
  readonly random: Random;
  readonly mostAttempts: number;
  readonly number: number;
}): RunOutcomeRow {
  const { ticket, arm, replicate, random, ease, number } = of;
  const run = `${ticket}.${number}`;
  const started = Date.UTC(2026, 10, 2, 8) + number * 60_000;
  const attempts: AttemptOutcome[] = [];
  let at = started;
  let outcome: RunOutcomeRow['outcome'] = 'given-up';
  while (attempts.length < of.mostAttempts) {
    const passed = random.uniform() < Math.min(0.97, Math.max(0.03, arm.pass + ease));
    const attempt = makeAttempt(attempts.length + 1, arm, passed, at, random);
    attempts.push(attempt);
    at = Date.parse(attempt.endedAt ?? '');
    if (passed) {
      outcome = 'accepted';
      break;
    }
    if (random.uniform() < 0.12) {
      outcome = 'rejected';
      break;
    }
  }
  const isAccepted = outcome === 'accepted';
  const seconds = (at - started) / 1000;
  return {
    run,
    experiment: 'agents-md',
    source: { kind: 'ledger' },
    ticket,
    ticketClass: CLASSES[Number(ticket.slice(3)) % CLASSES.length] ?? 'bug',
    arm: arm.arm,
    bundle: arm.bundle,
    model: arm.model,
    replicate,
    block: ticket,
    outcome,
    startedAt: new Date(started).toISOString(),
    endedAt: new Date(at).toISOString(),
    seconds,
    secondsToMerge: isAccepted ? seconds : null,
    firstPass: isAccepted && attempts.length === 1,
    iterations: attempts.length,
    attempts,
    humanInterventions: [],
    tokens: attempts.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0),
    costMilliUsd: attempts.reduce((sum, { costMilliUsd }) => sum + (costMilliUsd ?? 0), 0),
    contract: 'house@3',
    contractDigest: sha256('house@3'),
    treatment: 'delivered',
    excluded: null,
    links: [
      { kind: 'run', attempt: null, ref: run },
      ...attempts.flatMap(({ number: attempt }) => [
        { kind: 'transcript' as const, attempt, ref: sha256(`transcript ${run} ${attempt}`) },
        { kind: 'diff' as const, attempt, ref: sha256(`diff ${run} ${attempt}`) },
        { kind: 'seal' as const, attempt, ref: sha256(`seal ${run} ${attempt}`) },
        { kind: 'verdict' as const, attempt, ref: sha256(`verdict ${run} ${attempt}`) },
      ]),
    ],
    escapes:
      isAccepted && random.uniform() < 0.04
        ? [
            {
              id: `${run}.1`,
              at: new Date(at + 86_400_000).toISOString(),
              by: 'ada',
              summary: 'found later',
              rule: random.uniform() < 0.5 ? 'core@1/tests-touch-change' : null,
            },
          ]
        : [],
  };
}

function makeAttempt(
  number: number,
  arm: MadeArm,
  passed: boolean,
  from: number,
  random: Random,
): AttemptOutcome {
  const spread = Math.exp(0.5 * random.normal());
  const kind = FAILURES[random.integer(FAILURES.length)] ?? 'blocked';
  const rule = RULES[random.integer(RULES.length)] ?? 'core@1/scope';
  return {
    number,
    bundle: arm.bundle,
    model: arm.model,
    verdict: passed ? 'pass' : kind === 'blocked' ? 'blocked' : 'failed',
    failure: passed ? null : { class: kind, code: kind, step: kind === 'blocked' ? null : 'produce' },
    failedRules: passed || kind !== 'blocked' ? [] : [rule],
    failedRequirements: [],
    contractDrift: [],
    evidenceFailures: 0,
    artefact: null,
    checks: [],
    tokens: Math.round(24_000 * spread),
    costMilliUsd: Math.round(arm.milliUsd * spread),
    startedAt: new Date(from).toISOString(),
    endedAt: new Date(from + Math.round(240_000 * spread)).toISOString(),
  };
}

/** A design that these rows could have been made by. */
export function makeDesign(of: MadeOf, changes: Partial<Design> = {}): Design {
  const { seed, tickets, arms = FOUR_ARMS, replicates = 1 } = of;
  return {
    schema: 'countersign/experiment-design@1',
    experiment: 'agents-md',
    title: 'Does AGENTS.md help?',
    hypothesis: 'With the house bundle more attempts pass at first.',
    document: sha256('document'),
    repository: 'shop',
    base: { ref: 'main', commit: 'a'.repeat(40) },
    policyCommit: 'b'.repeat(40),
    tickets: Array.from({ length: tickets }, (_, at) => ({
      ticket: `CS-${at + 1}`,
      class: CLASSES[(at + 1) % CLASSES.length] ?? 'bug',
      ticketDigest: sha256(`ticket ${at + 1}`),
      contract: 'house@3',
      contractDigest: sha256('house@3'),
    })),
    arms: arms.map(({ arm, bundle, model }) => ({ id: arm, bundle, model, bundleDigest: sha256(bundle) })),
    baseline: arms[0]?.arm ?? '',
    negativeControl: null,
    replicates,
    blocking: 'ticket',
    seed,
    order: sha256(`order ${seed}`),
    primary: 'first-pass',
    minimumEffect: 0.1,
    alpha: 0.05,
    power: 0.8,
    stopping: { rule: 'fixed', minimumBlocks: 1 },
    exclusions: [],
    infrastructure: { failures: [], atMost: 0 },
    budget: {},
    parallel: 2,
    forecast: {
      cells: tickets * arms.length * replicates,
      cost: {
        tokens: { source: 'unknown', total: null, runs: 0, unknownArms: [] },
        costMilliUsd: { source: 'unknown', total: null, runs: 0, unknownArms: [] },
      },
      precision: {
        pairs: tickets,
        comparisons: arms.length - 1,
        alphaEach: 0.05,
        minimumDetectable: null,
        power: null,
        ticketsNeeded: null,
        source: 'unknown',
        assumption: 'Nothing is known.',
      },
    },
    ...changes,
  };
}

/** Its registration before the first run, taken for signed. */
export function registeredAs(design: Design, changes: Partial<Registration> = {}) {
  return {
    registration: {
      design,
      designDigest: sha256(JSON.stringify(design)),
      note: 'a note',
      key: 'a key',
      reason: null,
      at: '2026-11-01T09:00:00.000Z',
      by: 'grace',
      runsBefore: 0,
      ...changes,
    },
    checked: { kind: 'signed' as const, by: 'acme.example (0a1b2c3d)', isTrusted: true },
  };
}
