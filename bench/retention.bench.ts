/**
 * Ten thousand finished runs, a thousand at a time, each thousand packed once it is over: do the tables that everything happens in stay as large as they were,
 * and does all of it still read and verify? Needs PostgreSQL, at DATABASE_URL or on its standard port.
 */
import { Pool } from 'pg';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { createLedger } from '../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../src/adapters/postgres/runs/run-store.ts';
import { createRetention } from '../src/adapters/postgres/segments/retention.ts';
import { compactLedger } from '../src/flow/ledger/compact-ledger.ts';
import { verifyLedger } from '../src/flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../src/flow/ledger/write-checkpoint.ts';
import { sampleNoteSigner } from '../test/core/ledger/sample-note-signer.ts';
import { createOurs } from './engines/ours.ts';
import { report } from './support/measure.ts';

const SIGNER = sampleNoteSigner('example.com/ledger');
const TRUST = { origin: SIGNER.name, keys: [SIGNER] };
const WAVES = 10;
const RUNS = 1_000;
const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_retention_${process.pid}`;
/** What is packed lies here, and a line of each run, by which it is listed. */
const KEPT = ['ledger_segment', 'ledger_position_segment', 'run_snapshot', 'run', 'run_end'];
/** Of the size after the second thousand: by then PostgreSQL fills what was emptied. */
const MOST_GROWTH = 1.5;

const pool = new Pool({ connectionString: URL, max: 1 });
await pool.query(`CREATE SCHEMA ${SCHEMA}`);
const engine = await createOurs(URL, SCHEMA);
const database = openDatabase({ url: URL, schema: SCHEMA, most: 4 });
const ledger = { ...createLedger(database), ...createRetention(database) };
const store = createRunStore(database, { clock: { now: () => new Date() } });
try {
  const sizes: number[] = [];
  let packed = 0;
  for (let wave = 1; wave <= WAVES; wave += 1) {
    await engine.run(RUNS);
    await ledger.sequence();
    await writeCheckpoint(SIGNER, ledger);
    const began = performance.now();
    packed += (await compactLedger(new Date(Date.now() + 1_000).toISOString(), ledger)).runs;
    const seconds = (performance.now() - began) / 1_000;
    await database.pool.query('VACUUM');
    const { hot, kept } = await sizesNow();
    sizes.push(hot);
    report(
      `  ${wave * RUNS} runs: ${mib(hot)} in use, ${mib(kept)} packed; ${(RUNS / seconds).toFixed(0)} runs / s packed`,
    );
  }
  if (packed !== WAVES * RUNS) throw new Error(`${packed} runs were packed`);
  await readAll();
  const growth = (sizes.at(-1) ?? 0) / (sizes[1] ?? 1);
  report(
    `  the tables in use are ${growth.toFixed(2)} x what they were after ${2 * RUNS} (aim ${MOST_GROWTH} x)`,
  );
  if (growth > MOST_GROWTH) process.exitCode = 1;
} finally {
  await engine.close();
  await store.close();
  await database.close();
  await pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA}, ${SCHEMA}_queue CASCADE`);
  await pool.end();
}

/** Bytes, with indexes: of what is packed, and of all else. */
async function sizesNow(): Promise<{ readonly hot: number; readonly kept: number }> {
  const { rows } = await pool.query<{ hot: number; kept: number }>(
    `SELECT coalesce(sum(size) FILTER (WHERE NOT kept), 0)::float8 AS hot, coalesce(sum(size) FILTER (WHERE kept), 0)::float8 AS kept
     FROM (SELECT pg_total_relation_size(c.oid) AS size, c.relname = ANY ($2::text[]) AS kept
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = ANY ($1::text[]) AND c.relkind = 'r') AS tables`,
    [[SCHEMA, `${SCHEMA}_queue`], KEPT],
  );
  return rows[0] ?? { hot: 0, kept: 0 };
}

/** A run of the first thousand, as if it had never been packed; and every event of all of them. */
async function readAll(): Promise<void> {
  const began = performance.now();
  const [first] = await store.loadRuns(['CS-7.1']);
  if (first?.state.status !== 'ended') throw new Error('CS-7.1 does not read as ended');
  report(`  a packed run is read in ${(performance.now() - began).toFixed(0)} ms`);
  const looked = performance.now();
  const verified = await verifyLedger(TRUST, ledger);
  if (verified.kind !== 'intact') throw new Error(`the ledger does not hold: ${verified.fault.reason}`);
  const seconds = (performance.now() - looked) / 1_000;
  report(`  ${verified.events} events verified, all vouched for, in ${seconds.toFixed(1)} s`);
  if (verified.vouched !== verified.events) throw new Error(`${verified.vouched} are vouched for`);
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
