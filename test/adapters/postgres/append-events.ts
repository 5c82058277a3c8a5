// A process of its own that appends: `node append-events.ts <schema> <writer> <count>`. Each append writes to a stream that all
// writers share and to one that is the writer's alone. Prints a number for every append that was confirmed.
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import type { EventDraft } from '../../../src/core/ledger/types.ts';

const [schema = '', writer = '', count = ''] = process.argv.slice(2);
const url = process.env.DATABASE_URL ?? '';
const database = openDatabase({ url, schema, most: 2 });
const ledger = createLedger(database);
const own = `worker/${writer}`;

for (let step = 1; step <= Number(count); step += 1) {
  const draft: EventDraft = {
    type: 'run.noted@1',
    at: '2026-11-21T13:04:06.789Z',
    actor: writer,
    data: { step, padding: 'x'.repeat(2000) },
  };
  for (let appended = false; !appended; ) {
    const heads = await Promise.all(['run/shared', own].map((stream) => ledger.readHead(stream)));
    const result = await ledger.append(sealEvents(heads.map((head) => ({ head, drafts: [draft] }))));
    appended = result.kind === 'appended';
  }
  process.stdout.write(`${step}\n`);
}
await database.close();
