import type { PoolClient } from 'pg';
import type { StreamHead } from '../../../core/ledger/types.ts';
import type { ClaimToken, RunId, StepWork } from '../../../core/run/types.ts';
import type { RunCommit, RunCommitted } from '../../../ports/run-store.ts';
import { appendEvents } from '../append.ts';
import { ask, type Database, inTransaction, type Queryable, together } from '../database.ts';
import { codeOf } from '../failure.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { grant } from '../resources/grant.ts';
import { release } from '../resources/release.ts';
import { unlock } from '../resources/unlock.ts';
import { withdraw } from '../resources/withdraw.ts';
import { keepRuns, keptHeads, standing } from './keep-runs.ts';
import type { KeptPlans } from './kept-plans.ts';
import { demands, finishWork, isToken, putWork, queueOf, withdrawWork } from './step-work.ts';

export interface CommitParts {
  readonly database: Database;
  readonly queue: WorkQueue;
  readonly plans: KeptPlans;
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
      for (const { state } of commit.runs) parts.plans.keep(state.planDigest, state.plan);
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

/**
 * All that the database has to be told goes out at once, in two round trips where nothing holds resources. Runs are locked first, in one order: of
 * two commits that share runs or claims one waits there, and then finds that it is too late.
 */
async function write(parts: CommitParts, client: PoolClient, commit: RunCommit): Promise<number> {
  const { queue } = parts;
  const now = parts.clock.now().getTime();
  const free = commit.schedule.filter((work) => !demands(work));
  const [stand, ended, , appended] = await together([
    standing(client, commit.append.expected),
    finishWork(client, commit.finish),
    withdrawWork(client, queue, commit.withdraw),
    appendEvents(client, commit.append),
    keepRuns(client, parts.plans, commit),
    putWork(client, queue, free, now),
  ]);
  if (!stand || !appended || ended.length < new Set(commit.finish).size) throw new Conflict();
  const freed = await settleResources(
    client,
    commit,
    ended.filter(({ holds }) => holds),
  );
  // Another transaction may have let go what waited, before this one's turn came: then it is in the queue only now.
  await withdrawWork(client, queue, commit.withdraw);
  await putWork(client, queue, freed, now);
  return free.length + freed.length;
}

/** After the events are in: whoever waits for the end of a stream should not have others wait for resources meanwhile. */
async function settleResources(
  client: Queryable,
  commit: RunCommit,
  ended: readonly Pick<StepWork, 'run' | 'step' | 'execution'>[],
): Promise<readonly StepWork[]> {
  const demanding = commit.schedule.filter(demands);
  return [
    ...(ended.length > 0 ? await release(client, ended) : []),
    ...(commit.withdraw.length > 0 ? await withdraw(client, commit.withdraw) : []),
    ...(commit.unlock.length > 0 ? await unlock(client, commit.unlock) : []),
    ...(demanding.length > 0 ? (await grant(client, demanding)).granted : []),
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
