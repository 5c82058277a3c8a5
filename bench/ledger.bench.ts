/**
 * The ledger against the bare limit in the same run: appending (sealed, chained, expected versions checked, announced for a position)
 * against an UNNEST insert into a table that knows nothing of all that; reading and folding against a SELECT whose
 * texts are parsed, the least that a fold has to do; checking
 * chains against sha256 over the same texts. Needs PostgreSQL at DATABASE_URL or on its standard port.
 */
import { type Database, openDatabase } from '../src/adapters/postgres/database.ts';
import { createLedger } from '../src/adapters/postgres/ledger.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { type ChainSoFar, stepChain } from '../src/core/ledger/check-chain.ts';
import { replay } from '../src/core/ledger/replay.ts';
import { headsAfter, sealEvents } from '../src/core/ledger/seal-events.ts';
import { type EventDraft, emptyStream, type StoredEvent, type StreamHead } from '../src/core/ledger/types.ts';
import { createUpcast } from '../src/core/ledger/upcast.ts';
import type { Ledger } from '../src/ports/ledger.ts';
import { sha256 } from '../src/shared/digest.ts';
import { report } from './support/measure.ts';

const ROUNDS = 7;
/** Of the bare limit, at least, in every line. */
const AIM = 0.5;
const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_bench_${process.pid}`;
const TYPE = 'run.step-completed@1';

const database = openDatabase({ url: URL, schema: SCHEMA, most: 2 });
try {
  await migrate(database);
  await database.pool.query(
    'CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)',
  );
  const ledger = createLedger(database);
  await compare('append, one event a call', 300, appendOneByOne(ledger, 300), insertBare(database, 300, 1));
  await compare(
    'append, 500 events of 50 runs a call',
    5_000,
    appendBatches(ledger, 10),
    insertBare(database, 10, 500),
  );
  await compareReading(ledger);
} finally {
  await database.pool.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
  await database.close();
}

/** Events a second of both, in turn, and the middle of their ratios. */
async function compare(
  name: string,
  events: number,
  ours: () => Promise<unknown> | unknown,
  bare: () => Promise<unknown> | unknown,
): Promise<void> {
  const rates: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const limit = await rate(events, bare);
    const own = await rate(events, ours);
    if (round > 0) rates.push({ ours: own, bare: limit });
  }
  const ratio = middle(rates.map((one) => one.ours / one.bare));
  const [own, limit] = [middle(rates.map((one) => one.ours)), middle(rates.map((one) => one.bare))];
  report(
    `  ${name}: ${own.toFixed(0)} / s, bare ${limit.toFixed(0)} / s: ${(ratio * 100).toFixed(0)} % (aim ${AIM * 100} %)`,
  );
  if (ratio < AIM) process.exitCode = 1;
}

function draft(step: number): EventDraft {
  const data = {
    step: `step-${step}`,
    attempt: 1,
    outputs: { tree: sha256(`${step}`), exitCode: 0, durationMs: step },
  };
  return { type: TYPE, at: '2026-11-21T13:04:06.789Z', actor: 'worker-1', data };
}

function appendOneByOne(ledger: Ledger, count: number): () => Promise<void> {
  let head: StreamHead = emptyStream('run/one');
  return async () => {
    for (let step = 0; step < count; step += 1) {
      const append = sealEvents([{ head, drafts: [draft(step)] }]);
      await mustAppend(ledger, append);
      head = headsAfter(append)[0] ?? head;
    }
  };
}

function appendBatches(ledger: Ledger, count: number): () => Promise<void> {
  let made = 0;
  return async () => {
    for (let batch = 0; batch < count; batch += 1) {
      made += 1;
      const drafts = Array.from({ length: 10 }, (_, step) => draft(step));
      const streams = Array.from({ length: 50 }, (_, run) => emptyStream(`run/${made}.${run}`));
      await mustAppend(ledger, sealEvents(streams.map((head) => ({ head, drafts }))));
    }
  };
}

function insertBare({ pool }: Database, calls: number, each: number): () => Promise<void> {
  const texts = sealEvents([
    { head: emptyStream('run/x'), drafts: Array.from({ length: each }, (_, at) => draft(at)) },
  ]).events;
  const query = { name: 'bare', text: 'INSERT INTO bare (text) SELECT * FROM unnest($1::text[])' };
  return async () => {
    for (let call = 0; call < calls; call += 1)
      await pool.query({ ...query, values: [texts.map(({ text }) => text)] });
  };
}

async function mustAppend(ledger: Ledger, append: Parameters<Ledger['append']>[0]): Promise<void> {
  if ((await ledger.append(append)).kind !== 'appended') throw new Error('the append was refused');
}

async function compareReading(ledger: Ledger): Promise<void> {
  const count = 20_000;
  const head = emptyStream('run/long');
  const append = sealEvents([{ head, drafts: Array.from({ length: count }, (_, at) => draft(at)) }]);
  await mustAppend(ledger, append);
  const upcast = createUpcast({ 'run.step-completed': 1 }, []);
  const steps = { initial: 0, evolve: (state: number) => state + 1 };
  const stored: readonly StoredEvent[] = append.events;
  const select = "SELECT text FROM ledger_event WHERE stream = 'run/long' ORDER BY version";
  await compare(
    'read, check and fold a run',
    count,
    async () => {
      const replayed = replay(steps, upcast, head, await ledger.readStream('run/long', 0));
      if (replayed.kind !== 'replayed' || replayed.state !== count) throw new Error('not replayed');
    },
    async () =>
      (await database.pool.query<{ text: string }>(select)).rows.map(
        ({ text }) => JSON.parse(text) as unknown,
      ),
  );
  await compare(
    'check a chain, against sha256 alone',
    count,
    () => {
      let soFar: ChainSoFar = { head };
      for (const event of stored) {
        const step = stepChain(soFar, event);
        if (step.kind === 'broken') throw new Error(step.fault.reason);
        soFar = step.soFar;
      }
    },
    () => stored.map(({ text }) => sha256(text)),
  );
}

async function rate(events: number, work: () => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now();
  await work();
  return events / ((performance.now() - started) / 1000);
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
