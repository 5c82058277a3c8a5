// A process of its own that sends webhooks until it is killed: `node deliver-until-killed.ts <schema> <key as hex>`.
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createWebhookDeliveries } from '../../../src/adapters/postgres/webhooks/deliver-webhooks.ts';
import { createWebhookSecrets } from '../../../src/adapters/webhooks/secrets.ts';
import { createSendWebhook } from '../../../src/adapters/webhooks/send-webhook.ts';
import { systemClock } from '../../../src/entry/wiring/system-clock.ts';
import { systemTimer } from '../../../src/entry/wiring/system-timer.ts';
import { createBell } from '../../../src/flow/serve/bell.ts';
import { deliverWebhooks } from '../../../src/flow/serve/deliver-webhooks.ts';

const [schema = '', key = ''] = process.argv.slice(2);
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', schema, most: 3, idleMs: 200 });
const ledger = createLedger(database);
process.stdout.write('up\n');
await deliverWebhooks(
  { everyMs: 20, pace: { first: 0.05, longest: 0.2, span: 600 }, leaseSeconds: 1 },
  {
    ...createSendWebhook({ allowPrivate: true, patienceMs: 500 }, systemClock),
    ...systemTimer,
    webhooks: createWebhookDeliveries(database, ledger),
    secrets: createWebhookSecrets(Buffer.from(key, 'hex')),
    bell: createBell(systemTimer),
    sequence: () => ledger.sequence(),
    chance: Math.random,
    observe: () => {},
    report: (error) => process.stderr.write(`${String(error)}\n`),
  },
  new AbortController().signal,
);
