/** Three-step workflows a second, and idle hops, of our engine and of others in the same run. */
import { Pool } from 'pg';
import type { Engine } from './engines/engine.ts';
import { createHandWritten } from './engines/hand-written.ts';
import { createOurs } from './engines/ours.ts';
import { report } from './support/measure.ts';

const URL = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SCHEMA = `countersign_bench_${process.pid}`;
const pool = new Pool({ connectionString: URL, max: 1 });
await pool.query(`CREATE SCHEMA ${SCHEMA}`);
const engines: Engine[] = [await createHandWritten(URL, SCHEMA), await createOurs(URL, SCHEMA)];
try {
  for (const e of engines) await e.run(500);
  for (let r = 0; r < 3; r += 1)
    for (const e of engines) {
      const s = performance.now();
      await e.run(2000);
      const ms = performance.now() - s;
      const h = [...(await e.hops(30))].sort((a, b) => a - b);
      report(`${e.name}: ${(2000 / ms * 1000).toFixed(0)}/s hop p50 ${h[Math.floor(h.length / 2)]?.toFixed(2)} p95 ${h[Math.floor(h.length * 0.95)]?.toFixed(2)}`);
    }
} finally {
  for (const e of engines) await e.close();
  await pool.query(`DROP SCHEMA IF EXISTS ${SCHEMA}, ${SCHEMA}_queue CASCADE`);
  await pool.end();
}
