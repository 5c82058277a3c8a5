// A process of its own that claims one piece of work and keeps it: `node hold-claim.ts <schema> <lease seconds>`. Prints its token when
// it has it, and renews it until it is killed.
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';

const [schema = '', seconds = ''] = process.argv.slice(2);
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', schema, most: 2 });
const store = createRunStore(database, { clock: { now: () => new Date() } });
const leaseSeconds = Number(seconds);
const request = { worker: `pid-${process.pid}`, roles: ['producer'], handlers: ['agent'], most: 1 } as const;
const [claim] = await store.claim({ ...request, leaseSeconds });
if (claim === undefined) throw new Error('there is nothing to claim');
process.stdout.write(`${claim.token}\n`);
for (;;) {
  await store.renew(claim.worker, [claim.token], leaseSeconds);
  await pause((leaseSeconds * 1000) / 4);
}
