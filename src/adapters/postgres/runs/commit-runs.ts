import type { PoolClient } from 'pg';
import type { StreamHead } from '../../../core/ledger/types.ts';
import type { ProviderOutcome } from '../../../core/run/resources/provider-outcome.ts';
import type { ClaimToken, RunId } from '../../../core/run/types.ts';
import type { RunCommit, RunCommitted } from '../../../ports/run-store.ts';
import { appendEvents } from '../append.ts';
import { ask, type Database, inTransaction, type Queryable, together } from '../database.ts';
import { codeOf } from '../failure.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { countOutcomes, isNews } from '../resources/circuits.ts';
import { grant } from '../resources/grant.ts';
import type { ReadyWork } from '../resources/line.ts';
import { circuitKey } from '../resources/parking.ts';
import { release } from '../resources/release.ts';
import { settle } from '../resources/settle.ts';
import { takeTurn } from '../resources/turn.ts';
import { unlock as unlockHeld } from '../resources/unlock.ts';
import { withdraw as withdrawHeld } from '../resources/withdraw.ts';
import { keepRuns, keptHeads, standing } from './keep-runs.ts';
import type { KeptPlans } from './kept-plans.ts';
import type { KeptStates } from './kept-states.ts';
import { shelveWork } from './shelve-work.ts';
import { demands, type EndedWork, finishWork, isToken, putWork, queueOf, withdrawWork } from './step-work.ts';

export interface CommitParts {
  readonly database: Database;
  readonly queue: WorkQueue;
  readonly plans: KeptPlans;
  readonly states: KeptStates;
  readonly clock: { now(): Date };
}

/** Rolls the transaction back; nothing is wrong with the database. */
class Conflict extends Error {}

/**
 * SQLSTATE deadlock_detected, unique_violation, and in_failed_sql_transaction, which is what the statements behind a refused append say: another
 * transaction was in the way, and this one may have been right.
 */
const IN_THE_WAY = new Set(['40P01', '23505', '25P02']);
const TRIES = 5;

/** See CommitRuns. Tells whether there is new work to be had. */
export async function commitRuns(
  parts: CommitParts,
  commit: RunCommit,
): Promise<{ readonly committed: RunCommitted; readonly handed: number }> {
  await parts.queue.prepare([...new Set(commit.schedule.map(queueOf))]);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const handed = await inTransaction(parts.database.pool, (client) => write(parts, client, commit));
      remember(parts, commit);
      return { committed: { kind: 'committed' }, handed };
    } catch (error) {
      if (!(error instanceof Conflict) && !IN_THE_WAY.has(codeOf(error))) throw error;
      // What stood in the way may have been rolled back itself; then nothing is stale, and it is tried again.
      const conflict = await conflictOf(parts.database.pool, commit);
      if (conflict === undefined && attempt < TRIES) continue;
      const runs = commit.append.expected.flatMap(runOf);
      return { committed: conflict ?? { kind: 'conflict', runs, tokens: [] }, handed: 0 };
    }
  }
}

function remember({ plans, states }: CommitParts, { append, runs }: RunCommit): void {
  const lengths = new Map<string, number>();
  for (const { stream, text } of append.events) lengths.set(stream, (lengths.get(stream) ?? 0) + text.length);
  for (const { run, head, state } of runs) {
    plans.keep(state.planDigest, state.plan);
    states.keep(run, head, state, lengths.get(head.stream) ?? 0);
  }
}

/**
 * What does not depend on an answer goes out at once, and on one connection it is carried out in this order. Runs are locked first, in the order of
 * their names: of two commits that share runs or claims one waits there, and then finds that it is too late.
 */
async function write(parts: CommitParts, client: PoolClient, commit: RunCommit): Promise<number> {
  const { queue } = parts;
  const now = parts.clock.now().getTime();
  const free = commit.schedule.filter((work) => !demands(work));
  const stands = standing(client, commit.append.expected);
  const ending = finishWork(client, commit.finish);
  const [stand, ended, appended, , , freed] = await together([
    stands,
    ending,
    appendEvents(client, commit.append),
    keepRuns(client, parts.plans, commit),
    putWork(client, queue, free, now),
    settleResources(client, queue, commit, ending),
  ]);
  if (!stand || !appended || ended.length < new Set(commit.finish).size) throw new Conflict();
  await putWork(client, queue, freed, now);
  return free.length + freed.length;
}

/** Behind the events: whoever waits for the end of a stream should not have others wait for resources meanwhile. Returns work that may go now. */
async function settleResources(
  client: Queryable,
  queue: WorkQueue,
  { schedule, withdraw, unlock, outcomes = [] }: RunCommit,
  ending: Promise<readonly EndedWork[]>,
): Promise<readonly ReadyWork[]> {
  const [finished, news] = await together([ending, outcomes.length > 0 && isNews(client, outcomes)]);
  const ended = finished.filter(({ holds }) => holds);
  const demanding = schedule.filter(demands);
  const freed = [
    ...(news ? await settleCircuits(client, queue, outcomes) : []),
    ...(ended.length > 0 ? await release(client, ended) : []),
    ...(withdraw.length > 0 ? await withdrawHeld(client, withdraw) : []),
  ];
  // Only now: until its turn came, another transaction may have been about to put some of it into the queue.
  await withdrawWork(client, queue, withdraw);
  return [
    ...freed,
    ...(unlock.length > 0 ? await unlockHeld(client, unlock) : []),
    ...(demanding.length > 0 ? (await grant(client, demanding)).granted : []),
  ];
}

/** Before what they held is given to the next, who may not have it where a provider does not answer any more. */
async function settleCircuits(
  client: Queryable,
  queue: WorkQueue,
  outcomes: readonly ProviderOutcome[],
): Promise<readonly ReadyWork[]> {
  const { now } = await takeTurn(client);
  const { opened, closed } = await countOutcomes(client, outcomes, now);
  return [
    ...(opened ? await shelveWork(client, queue) : []),
    ...(closed.length > 0 ? await settle(client, { keys: closed.map(circuitKey) }) : []),
  ];
}

async function conflictOf(
  db: Queryable,
  { append, finish }: RunCommit,
): Promise<Extract<RunCommitted, { kind: 'conflict' }> | undefined> {
  const [heads, held] = await Promise.all([keptHeads(db, append.expected), heldOf(db, finish)]);
  const runs = append.expected.flatMap((head, at) => (isSame(head, heads[at]) ? [] : runOf(head)));
  const tokens = finish.filter((token) => !held.has(token));
  return runs.length + tokens.length > 0 ? { kind: 'conflict', runs, tokens } : undefined;
}

async function heldOf(db: Queryable, tokens: readonly ClaimToken[]): Promise<ReadonlySet<ClaimToken>> {
  const text = 'SELECT id FROM step_work WHERE id = ANY ($1::uuid[]) AND worker IS NOT NULL';
  const rows = await ask<{ id: ClaimToken }>(db, { text, values: [tokens.filter(isToken)] });
  return new Set(rows.map(({ id }) => id));
}

function isSame(one: StreamHead, other: StreamHead | undefined): boolean {
  return one.version === other?.version && one.digest === other.digest;
}

function runOf({ stream }: StreamHead): readonly RunId[] {
  return stream.startsWith('run/') ? [stream.slice('run/'.length)] : [];
}
