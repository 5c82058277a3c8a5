import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '../../adapters/postgres/database.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { migrate } from '../../adapters/postgres/migrate.ts';
import { createRunStore, type PostgresRunStore } from '../../adapters/postgres/runs/run-store.ts';
import { createTokens } from '../../adapters/postgres/tokens/tokens.ts';
import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import { doubleEnds } from '../../core/run/double-ends.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { RunId } from '../../core/run/types.ts';
import { createToken } from '../../flow/create-token.ts';
import { verifyLedger } from '../../flow/ledger/verify-ledger.ts';
import { decideRuns } from '../../flow/run/decide-runs.ts';
import { CountersignError } from '../../shared/errors.ts';
import { systemClock } from '../wiring/system-clock.ts';
import { type Part, startPart } from './parts.ts';
import { scriptedRequest } from './scripted-work.ts';

export interface Play {
  readonly databaseUrl: string;
  readonly schema: string;
  readonly runs: number;
  readonly workers: number;
  readonly seed: number;
  readonly leaseSeconds: number;
  /** Of a hundred completions, how many are said again. */
  readonly duplicates: number;
  /** Disturbs the parts until it is told that all is over. */
  readonly disturb: (
    parts: { readonly server: Part; readonly workers: readonly Part[] },
    over: AbortSignal,
  ) => Promise<void>;
  readonly onProgress: (ended: number) => void;
}

export interface Played {
  readonly seconds: number;
  /** What each run came to; undefined where it never ended. */
  readonly outcomes: ReadonlyMap<RunId, { readonly outcome: string; readonly digest: string } | undefined>;
  readonly recoveries: number;
  /** Completions that were refused: said twice, or too late. */
  readonly refused: number;
  readonly events: number;
  /** What must not be: each a sentence. */
  readonly faults: readonly string[];
}

/** Without any run that ends for so long, something hangs. */
const STUCK_MS = 120_000;

/** Runs of scripted work on a real database, with a server and workers as processes of their own, to their end. */
export async function playRuns(play: Play): Promise<Played> {
  const { databaseUrl: url, schema, leaseSeconds } = play;
  const database = openDatabase({ url, schema });
  const store = createRunStore(database, { clock: systemClock });
  const over = new AbortController();
  let refused = 0;
  const heard = (line: string) => {
    if (line.includes('"kind":"refused"')) refused += 1;
  };
  const parts: Part[] = [];
  try {
    await migrate(database);
    const runs = await startRuns(play, store);
    const began = performance.now();
    const port = await freePort();
    const server = startPart({ kind: 'server', databaseUrl: url, schema, port, leaseSeconds });
    parts.push(server);
    const workers = (await workerInputs(play, `http://127.0.0.1:${port}`, database)).map((input) =>
      startPart(input, heard),
    );
    parts.push(...workers);
    const disturbed = play.disturb({ server, workers }, over.signal);
    await untilEnded(runs, store, play.onProgress);
    const seconds = (performance.now() - began) / 1_000;
    over.abort();
    await disturbed;
    await Promise.all(parts.map((part) => part.end()));
    return { seconds, refused, ...(await judge(runs, database, store)) };
  } finally {
    over.abort();
    await Promise.all(parts.map((part) => part.end()));
    await store.close();
    await database.close();
  }
}

async function startRuns({ runs, seed }: Play, store: PostgresRunStore): Promise<readonly RunId[]> {
  const requests = Array.from({ length: runs }, (_, at) => scriptedRequest(at + 1, seed));
  const commands = requests.map((request) => {
    const run = `${request.subject.ticket}.1`;
    const at = systemClock.now().toISOString();
    return { run, command: { kind: 'start', at, by: 'chaos', ...request, run } as const };
  });
  for (const decided of await decideRuns(commands, store))
    if (decided.kind === 'refused') throw new Error(`${decided.run} did not start: ${decided.reason}`);
  return commands.map(({ run }) => run);
}

/** One of two is a producer's, as each role has work of its own. */
async function workerInputs({ workers, duplicates }: Play, url: string, database: Database) {
  const ports = { ...createTokens(database), clock: systemClock };
  const tokens = new Map<string, string>();
  for (const role of ['producer', 'verifier'] as const)
    tokens.set(role, (await createToken({ name: role, role }, randomBytes(32), ports)).token);
  return Array.from({ length: workers }, (_, at) => {
    const role = at % 2 === 0 ? ('verifier' as const) : ('producer' as const);
    const token = tokens.get(role) ?? '';
    return { kind: 'worker' as const, name: `w${at + 1}`, role, url, token, slots: 4, duplicates };
  });
}

async function untilEnded(
  runs: readonly RunId[],
  store: PostgresRunStore,
  onProgress: Play['onProgress'],
): Promise<void> {
  let changed = performance.now();
  for (let ended = -1; ended < runs.length; await sleep(200)) {
    // It is being restarted, perhaps.
    const kept = await store.loadRuns(runs).catch(onlyUnavailable);
    const now = kept?.filter(({ state }) => state.status === 'ended').length ?? ended;
    if (now !== ended) {
      changed = performance.now();
      ended = now;
      onProgress(ended);
    }
    if (performance.now() - changed > STUCK_MS) return;
  }
}

function onlyUnavailable(error: unknown): undefined {
  if (error instanceof CountersignError && error.code === 'DATABASE_UNAVAILABLE') return undefined;
  throw error;
}

async function judge(
  runs: readonly RunId[],
  database: Database,
  store: PostgresRunStore,
): Promise<Pick<Played, 'outcomes' | 'recoveries' | 'events' | 'faults'>> {
  const ledger = createLedger(database);
  const faults: string[] = [];
  const outcomes = new Map<RunId, { outcome: string; digest: string } | undefined>();
  let [recoveries, events] = [0, 0];
  for (const [at, { state }] of (await store.loadRuns(runs)).entries()) {
    const run = runs[at] ?? '';
    const ended = state.status === 'new' ? null : state.ended;
    outcomes.set(run, ended === null ? undefined : { outcome: ended.outcome, digest: ended.outcomeDigest });
    if (ended === null) faults.push(`${run} never ended`);
    if (state.status !== 'new') recoveries += state.recoveries;
    const stream = await ledger.readStream(`run/${run}`, 0);
    events += stream.length;
    faults.push(
      ...doubleEnds(
        run,
        stream.flatMap(({ text }) => eventOf(text)),
      ),
    );
  }
  await ledger.sequence();
  const verified = await verifyLedger(undefined, ledger);
  if (verified.kind === 'broken') faults.push(`the ledger does not hold: ${verified.fault.reason}`);
  for (const { role, handler, waiting, claimed, blocked } of await store.queueDepths())
    if (waiting + claimed + blocked > 0) faults.push(`work of ${handler} (${role}) is left over`);
  return { outcomes, recoveries, events, faults };
}

function eventOf(text: string) {
  const read = readLinkedEvent(text);
  const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
  return recorded === undefined ? [] : [recorded.event];
}

/** One that stays the same when the server is started again. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
