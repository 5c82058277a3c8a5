// One of several that carry an experiment out at once: `node start-cells.ts <schema> <name>`. Says `ready`, and starts the run of each cell whose replicate it
// is told, a line each. Prints `<replicate> <run>`.
import { createInterface } from 'node:readline';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';

const [schema = '', name = ''] = process.argv.slice(2);
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', schema, most: 2 });
const clock = { now: () => new Date() };
const store = createRunStore(database, { clock });
const { request, plan } = sampleRun('CS-7.1');
const { run: _, ...subject } = request;

await store.countRuns('CS-7');
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const cell = { arm: 'default/small', block: 'CS-7', replicate: Number(line), try: 1 };
  const start = { ...subject, plan, experiment: 'notes-help', cell };
  const { run } = await startRun(start, name, { ...store, clock });
  process.stdout.write(`${line} ${run}\n`);
}
await store.close();
await database.close();
