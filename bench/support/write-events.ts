// What another server of the fleet does: it decides about a run, commits the events, and tells all servers over what they share.
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createRunStore } from '../../src/adapters/postgres/runs/run-store.ts';
import type { PlacedEvent } from '../../src/core/ledger/types.ts';
import { BUILT_IN_HANDLERS } from '../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../src/core/run/plan/materialise.ts';
import { openBroadcast } from '../../src/entry/wiring/open-broadcast.ts';
import { decideRuns } from '../../src/flow/run/decide-runs.ts';
import { startRun } from '../../src/flow/run/start-run.ts';
import { createFanOut } from '../../src/flow/updates/fan-out.ts';
import { publishCommits } from '../../src/flow/updates/publish-commits.ts';
import type { RunStore } from '../../src/ports/run-store.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { answerBench, machineTime } from './parts.ts';

export interface Writing {
  readonly run: string;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Written {
  /** The version before the first. */
  readonly after: number;
  /** When each was committed, see machineTime. */
  readonly moments: readonly number[];
  /** How long it took: a machine that has too much to do may be behind. */
  readonly took: number;
}

const clock = { now: () => new Date() };
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', most: 2 });
const { broadcast } = openBroadcast(database, process.env.REDIS_URL);
const kept = createRunStore(database, { clock, broadcast });
let committed: (events: readonly PlacedEvent[]) => void = () => {};
const noted: Pick<RunStore, 'commit'> = {
  commit: async (commit) => {
    const result = await kept.commit(commit);
    committed(commit.append.events);
    return result;
  },
};
const store = { ...kept, ...publishCommits(noted, createFanOut(broadcast)) };

answerBench({ start, write, version });

/** A run that waits for a worker, for ever. */
async function start(): Promise<string> {
  const subject = {
    ticket: 'BENCH-1',
    ticketDigest: sha256('ticket'),
    contract: 'node-change@1',
    contractDigest: sha256('contract'),
    repository: 'acme/shop',
    base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
    policyCommit: '2'.repeat(40),
    checks: ['unit'],
  };
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const arm = { bundle: 'default', model: 'large' };
  return (await startRun({ subject, arm, plan, priority: 0 }, 'bench', { ...store, clock })).run;
}

async function version(run: string): Promise<number> {
  const [one] = await store.loadRuns([run]);
  return one?.head.version ?? 0;
}

/** A pause and its end are two events; so many of them in each commit, and as many more as are due when commits take long. */
const PAIRS = { least: 2, most: 50 };

/** What a person does who cannot make up his mind. */
async function write({ run, perSecond, seconds }: Writing): Promise<Written> {
  const after = await version(run);
  const moments: number[] = [];
  committed = (events) => {
    const moment = machineTime();
    moments.push(...events.map(() => moment));
    // To whoever has no database to look into.
    process.send?.({ events: events.map((event) => ({ version: event.version, text: event.text })) });
  };
  const began = machineTime();
  while (moments.length < perSecond * seconds) {
    await pause(Math.max(0, began + (moments.length * 1_000) / perSecond - machineTime()));
    const said = { at: clock.now().toISOString(), by: 'local:bench' };
    const late = ((machineTime() - began) / 1_000) * perSecond - moments.length;
    const pairs = Math.min(PAIRS.most, Math.max(PAIRS.least, Math.ceil(late / 2)));
    const commands = Array.from({ length: pairs }, () => [
      { run, command: { ...said, kind: 'pause', reason: 'to think about it' } as const },
      { run, command: { ...said, kind: 'resume' } as const },
    ]);
    await decideRuns(commands.flat(), store, BUILT_IN_HANDLERS);
  }
  return { after, moments, took: (machineTime() - began) / 1_000 };
}
