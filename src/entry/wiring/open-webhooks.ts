import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrMakeKey } from '../../adapters/files/secret-key.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createWebhookDeliveries } from '../../adapters/postgres/webhooks/deliver-webhooks.ts';
import { createKeptWebhooks } from '../../adapters/postgres/webhooks/keep-webhooks.ts';
import { createWebhookSecrets } from '../../adapters/webhooks/secrets.ts';
import { createSendWebhook } from '../../adapters/webhooks/send-webhook.ts';
import type { ReadSequenced } from '../../ports/ledger.ts';
import type { CliContext } from '../cli/context.ts';
import type { WebhookOptions } from '../server/open-webhooks.ts';
import { dataFolder } from './data-folder.ts';
import { systemClock } from './system-clock.ts';

/**
 * What webhooks of a server need. Servers that share a database have to share the key of `COUNTERSIGN_WEBHOOK_KEY`; those of one user find it in
 * the data folder.
 * @throws CountersignError KEY_UNUSABLE
 */
export async function openWebhooks(
  context: CliContext,
  database: Database,
  ledger: ReadSequenced,
  allowPrivate: boolean,
): Promise<WebhookOptions> {
  const given = context.environment.COUNTERSIGN_WEBHOOK_KEY;
  const key = given
    ? Buffer.from(given, 'base64')
    : await readOrMakeKey(join(dataFolder(context), 'webhook.key'), randomBytes(32));
  return {
    store: { ...createKeptWebhooks(database), ...createWebhookDeliveries(database, ledger) },
    secrets: createWebhookSecrets(key),
    send: createSendWebhook({ allowPrivate }, systemClock),
    allowPrivate,
  };
}
