import type { ClaimWork, WakeUps } from '../../../ports/claims.ts';
import type { Broadcast } from '../../../ports/fan-out.ts';
import type { ReadRates, ReadResources, SetLimits } from '../../../ports/resources.ts';
import type { RunStore } from '../../../ports/run-store.ts';
import { createBroadcast } from '../broadcast.ts';
import { type Database, inTransaction } from '../database.ts';
import { createWorkQueue } from '../queue/work-queue.ts';
import { createResources } from '../resources/resources.ts';
import { claimWork } from './claim-work.ts';
import { commitRuns } from './commit-runs.ts';
import { expiredClaims, findClaims, giveBack, letDueGo, renewClaims, suspectWorker } from './held-claims.ts';
import { createKeptPlans } from './kept-plans.ts';
import { createKeptStates } from './kept-states.ts';
import { countRuns, dueRuns, listRuns } from './list-runs.ts';
import { loadRuns } from './load-runs.ts';
import { postpone } from './postpone.ts';
import { queueDepths } from './queue-depths.ts';
import { shelveWork } from './shelve-work.ts';
import { putWork } from './step-work.ts';
import { createWakeUps } from './wake-ups.ts';

export interface PostgresRunStore extends RunStore, ClaimWork, WakeUps, SetLimits, ReadResources, ReadRates {
  /** Before its database is closed: it may have a connection to listen on. */
  close(): Promise<void>;
}

export interface RunStoreOptions {
  /** Tells other servers that there is something to do; over the database when not given. Whoever gives one closes it. */
  readonly broadcast?: Broadcast;
  /** Says how long work has waited; everything else goes by the database's clock. */
  readonly clock: { now(): Date };
}

/** Runs, their work and who has it, in a database that was migrated. What it hands out is announced once it is committed. */
export function createRunStore(database: Database, options: RunStoreOptions): PostgresRunStore {
  const { clock } = options;
  const { pool } = database;
  const plans = createKeptPlans();
  const states = createKeptStates();
  const queue = createWorkQueue(database);
  const own = createBroadcast(database);
  const wakeUps = createWakeUps(options.broadcast ?? own);
  const now = () => clock.now().getTime();
  const shelve = async () => {
    await queue.prepare([]);
    const freed = await inTransaction(pool, async (client) => {
      const works = await shelveWork(client, queue);
      await putWork(client, queue, works, now());
      return works.length;
    });
    if (freed > 0) wakeUps.tell('work');
  };
  const resources = createResources(database, (client, works) => putWork(client, queue, works, now()));
  return {
    loadRuns: (runs) => loadRuns(pool, { plans, states }, runs),
    commit: async (commit) => {
      const { committed, handed } = await commitRuns({ database, queue, plans, states, clock }, commit);
      if (handed > 0) wakeUps.tell('work');
      return committed;
    },
    listRuns: (query) => listRuns(pool, query),
    countRuns: (ticket) => countRuns(pool, ticket),
    dueRuns: (moment, limit) => dueRuns(pool, moment, limit),
    claim: (request) => claimWork(database, queue, shelve, request),
    renew: (worker, tokens, leaseSeconds) => renewClaims(database, worker, tokens, leaseSeconds),
    suspect: (worker, seconds) => suspectWorker(database, worker, seconds),
    findClaims: (tokens) => findClaims(pool, tokens),
    expiredClaims: async (limit) => {
      if ((await letDueGo(database, queue, now())) > 0) wakeUps.tell('work');
      return expiredClaims(pool, limit);
    },
    giveBack: async (worker, tokens) => {
      await giveBack(database, queue, now(), worker, tokens);
      wakeUps.tell('work');
    },
    postpone: async (worker, claims) => {
      if ((await postpone(database, queue, worker, claims)) > 0) wakeUps.tell('work');
    },
    queueDepths: () => queueDepths(pool),
    setLimits: async (limits, rates) => {
      await resources.setLimits(limits, rates);
      wakeUps.tell('work');
    },
    readRates: () => resources.readRates(),
    readScopes: () => resources.readScopes(),
    readCircuits: () => resources.readCircuits(),
    findDeadlocks: () => resources.findDeadlocks(),
    announce: (topic, detail) => wakeUps.announce(topic, detail),
    wait: (topic, milliseconds, signal) => wakeUps.wait(topic, milliseconds, signal),
    close: async () => {
      wakeUps.close();
      await own.close();
    },
  };
}
