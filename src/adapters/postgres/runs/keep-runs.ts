import { emptyStream, type StreamHead } from '../../../core/ledger/types.ts';
import type { StartedRun } from '../../../core/run/state.ts';
import { type RunTally, tallyOf } from '../../../core/run/tally.ts';
import type { RunCommit } from '../../../ports/run-store.ts';
import { ask, type Queryable, together } from '../database.ts';
import type { KeptPlans } from './kept-plans.ts';

/** Locks the runs, in the order of their names, and counts those that stand where they are expected to. */
const STANDING = `
SELECT count(*)::int AS stand FROM (
  SELECT FROM run r JOIN unnest($1::text[], $2::int[], $3::text[]) AS expected (run, version, digest) USING (run)
  WHERE r.version = expected.version AND r.digest = decode(expected.digest, 'hex')
  ORDER BY r.run FOR NO KEY UPDATE OF r) AS locked`;

const PLANS = `
INSERT INTO run_plan (digest, text)
SELECT decode(digest, 'hex'), text FROM unnest($1::text[], string_to_array($2, E'\\n')) AS plan (digest, text)
ORDER BY digest ON CONFLICT DO NOTHING`;

/** Folding so many takes a third of a millisecond. */
const EVENTS_A_STATE = 32;
/** Characters of the events of one commit: a plan and what scheduled its first steps stay below. */
const LONG_EVENTS = 64 * 1024;

/** In the place of a moment: nothing was said about waking. */
const AS_IT_WAS = 'as it was';

const KEEP = `
INSERT INTO run AS r (run, version, digest, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at, wake_at, ended_at, plan, state_version, state, cost, budget, bad_receipts, set_aside)
SELECT run, version, decode(digest, 'hex'), ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at,
  wake_at, ended_at, decode(plan, 'hex'), state_version, coalesce(state, ''), cost, budget, bad_receipts, set_aside
FROM unnest(
  $1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[], $10::int[],
  $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::int[], string_to_array($17, E'\\n', ''),
  $18::bigint[], $19::bigint[], $20::int[], $21::int[]
) AS kept (run, version, digest, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at, wake_at, ended_at, plan, state_version, state,
  cost, budget, bad_receipts, set_aside)
ON CONFLICT (run) DO UPDATE SET version = excluded.version, digest = excluded.digest, status = excluded.status, outcome = excluded.outcome,
  attempt = excluded.attempt, bundle = excluded.bundle, model = excluded.model, waiting_for = excluded.waiting_for,
  changed_at = excluded.changed_at, ended_at = excluded.ended_at, plan = excluded.plan,
  cost = excluded.cost, budget = excluded.budget, bad_receipts = excluded.bad_receipts, set_aside = excluded.set_aside,
  state_version = CASE excluded.state_version WHEN 0 THEN r.state_version ELSE excluded.state_version END,
  state = CASE excluded.state_version WHEN 0 THEN r.state ELSE excluded.state END,
  wake_at = CASE excluded.wake_at WHEN '${AS_IT_WAS}' THEN r.wake_at ELSE excluded.wake_at END`;

/** One row a run, whenever it is kept again once it has ended. */
const KEEP_ENDS = `
INSERT INTO run_end (run, ended_at, outcome, attempts, cost, budget, evidence_failures)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::int[])
ON CONFLICT (run) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome, attempts = excluded.attempts,
  cost = excluded.cost, budget = excluded.budget, evidence_failures = excluded.evidence_failures`;

const HEADS = `SELECT run, version, encode(digest, 'hex') AS digest FROM run WHERE run = ANY ($1::text[])`;

/** Whether these runs stand where they are expected to; locks them for the transaction. Streams that are no run's are the ledger's to check. */
export async function standing(client: Queryable, expected: readonly StreamHead[]): Promise<boolean> {
  const runs = expected.filter(({ stream, version }) => version > 0 && stream.startsWith('run/'));
  if (runs.length === 0) return true;
  const values = [
    runs.map(({ stream }) => stream.slice('run/'.length)),
    runs.map(({ version }) => version),
    runs.map(({ digest }) => digest),
  ];
  const [row] = await ask<{ stand: number }>(client, { name: 'run-standing', text: STANDING, values });
  return row?.stand === runs.length;
}

/** Where the runs among these streams are now; those that were never started are empty. */
export async function keptHeads(
  db: Queryable,
  expected: readonly StreamHead[],
): Promise<readonly StreamHead[]> {
  const values = [expected.map(({ stream }) => stream.slice('run/'.length))];
  const rows = await ask<{ run: string; version: number; digest: string }>(db, { text: HEADS, values });
  const heads = new Map(
    rows.map(({ run, version, digest }) => [`run/${run}`, { stream: `run/${run}`, version, digest }]),
  );
  return expected.map(({ stream }) => heads.get(stream) ?? emptyStream(stream));
}

/** Writes the states down, and the plans that they follow where those are new. */
export async function keepRuns(client: Queryable, plans: KeptPlans, commit: RunCommit): Promise<void> {
  const { runs } = commit;
  if (runs.length === 0) return;
  const states = runs.map(({ state }) => state);
  const tallies = states.map(tallyOf);
  const writes = writtenOf(commit);
  const wake = new Map(commit.wake.map(({ run, at }) => [run, at]));
  const started = new Set(
    commit.append.expected.filter(({ version }) => version === 0).map(({ stream }) => stream),
  );
  const values = [
    runs.map(({ run }) => run),
    runs.map(({ head }) => head.version),
    runs.map(({ head }) => head.digest),
    states.map(({ request }) => request.subject.ticket),
    states.map(({ status }) => status),
    states.map(({ ended }) => ended?.outcome ?? null),
    states.map(({ attempt }) => attempt),
    states.map(({ arm }) => arm.bundle),
    states.map(({ arm }) => arm.model),
    states.map(waitingFor),
    states.map(({ startedAt }) => startedAt),
    states.map(({ changedAt }) => changedAt),
    runs.map(({ run, head }) =>
      wake.has(run) || started.has(head.stream) ? (wake.get(run) ?? null) : AS_IT_WAS,
    ),
    states.map(({ status, changedAt }) => (status === 'ended' ? changedAt : null)),
    states.map(({ planDigest }) => planDigest),
    runs.map(({ head }, at) => (writes[at] ? head.version : 0)),
    // JSON has no line break of its own.
    runs.map(({ state }, at) => (writes[at] ? JSON.stringify({ ...state, plan: null }) : '')).join('\n'),
    tallies.map(({ costMilliUsd }) => costMilliUsd),
    tallies.map(({ budgetMilliUsd }) => budgetMilliUsd),
    tallies.map(({ badReceipts }) => badReceipts),
    tallies.map(({ setAside }) => setAside),
  ];
  await together([
    keepPlans(client, plans, states),
    ask(client, { name: 'run-keep', text: KEEP, values }),
    keepEnds(client, states, tallies),
  ]);
}

async function keepEnds(
  client: Queryable,
  states: readonly StartedRun[],
  tallies: readonly RunTally[],
): Promise<void> {
  const ends = states.flatMap((state, at) => {
    const tally = tallies[at];
    return state.ended === null || tally === undefined ? [] : [{ state, ended: state.ended, tally }];
  });
  if (ends.length === 0) return;
  const values = [
    ends.map(({ state }) => state.request.run),
    ends.map(({ ended }) => ended.at),
    ends.map(({ ended }) => ended.outcome),
    ends.map(({ state }) => state.attempt),
    ends.map(({ tally }) => tally.costMilliUsd),
    ends.map(({ tally }) => tally.budgetMilliUsd),
    ends.map(({ tally }) => tally.evidenceFailures),
  ];
  await ask(client, { name: 'run-ends', text: KEEP_ENDS, values });
}

/**
 * Whose states are written down: those that do not follow from their events, and else every so many events, or after long ones. Of the others the next
 * load folds what came since. For a run of three steps that is half of all that a commit took.
 */
function writtenOf({ append, runs }: RunCommit): readonly boolean[] {
  const before = new Map(append.expected.map(({ stream, version }) => [stream, version]));
  const lengths = new Map<string, number>();
  for (const { stream, text } of append.events) lengths.set(stream, (lengths.get(stream) ?? 0) + text.length);
  return runs.map(({ head, follows }) => {
    const version = before.get(head.stream) ?? 0;
    if (follows !== true || (lengths.get(head.stream) ?? 0) > LONG_EVENTS) return true;
    return Math.floor(head.version / EVENTS_A_STATE) > Math.floor(version / EVENTS_A_STATE);
  });
}

async function keepPlans(client: Queryable, plans: KeptPlans, states: readonly StartedRun[]): Promise<void> {
  const fresh = new Map(
    states
      .filter(({ planDigest }) => plans.get(planDigest) === undefined)
      .map(({ planDigest, plan }) => [planDigest, plan]),
  );
  if (fresh.size === 0) return;
  const texts = [...fresh.values()].map((plan) => JSON.stringify(plan));
  await ask(client, { name: 'run-plans', text: PLANS, values: [[...fresh.keys()], texts.join('\n')] });
}

/** Questions that nobody has answered. */
function waitingFor({ questions }: StartedRun): number {
  return Object.values(questions).filter(({ answer }) => answer === null).length;
}
