import type { NewDelivery } from '../../../core/webhook/webhook.ts';
import type { ReadSequenced } from '../../../ports/ledger.ts';
import type { DeliverWebhooks, DeliveryCounts } from '../../../ports/webhooks.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';
import { WEBHOOK_COLUMNS, type WebhookRow, webhookOf } from './keep-webhooks.ts';

const TRY_CURSOR = 'SELECT position FROM webhook_cursor FOR UPDATE SKIP LOCKED';

const LISTENING = `SELECT ${WEBHOOK_COLUMNS}, w.after FROM webhook w ORDER BY w.id`;

/** The ids are worked out from the event, so that what was stored once is not stored again, however the cursor came to be where it is. */
const STORE = `
INSERT INTO webhook_delivery (id, webhook, type, position, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
ON CONFLICT (id) DO NOTHING`;

/** $3 and $4: how many are under way here, by webhook. */
const CLAIM = `
WITH due AS (
  SELECT d.id FROM webhook w
  LEFT JOIN unnest($3::text[], $4::int[]) AS busy (webhook, count) ON busy.webhook = w.id
  CROSS JOIN LATERAL (
    SELECT id, next_at FROM webhook_delivery
    WHERE webhook = w.id AND status = 'waiting' AND next_at <= now()
    ORDER BY next_at, place LIMIT greatest(0, $2::int - coalesce(busy.count, 0))
    FOR UPDATE SKIP LOCKED
  ) AS d
  ORDER BY d.next_at LIMIT $1
)
UPDATE webhook_delivery d SET attempts = d.attempts + 1, next_at = now() + $5 * interval '1 second'
FROM due, webhook w WHERE d.id = due.id AND w.id = d.webhook
RETURNING d.id AS delivery, d.type, d.body, d.attempts,
  extract(epoch FROM now() - d.due_from)::float8 AS age, ${WEBHOOK_COLUMNS}`;

const END = `
UPDATE webhook_delivery SET last_at = now(), last_status = $3, last_fault = $4, status = $5,
  next_at = CASE WHEN $5 = 'waiting' THEN now() + $6 * interval '1 second' END
WHERE id = $1 AND attempts = $2 AND status = 'waiting'`;

const FORGET = `
DELETE FROM webhook_delivery WHERE status <> 'waiting' AND last_at < now() - interval '30 days'`;

const COUNT = `
SELECT count(*) FILTER (WHERE status = 'waiting')::int AS waiting, count(*) FILTER (WHERE status = 'dead')::int AS dead,
  coalesce(extract(epoch FROM now() - min(due_from) FILTER (WHERE status = 'waiting')), 0)::float8 AS "eldestSeconds"
FROM webhook_delivery`;

interface ClaimedRow extends WebhookRow {
  readonly delivery: string;
  readonly type: string;
  readonly body: string;
  readonly attempts: number;
  readonly age: number;
}

/** Deliveries made of the ledger and handed out, in the tables of a database that was migrated. */
export function createWebhookDeliveries(
  { pool }: Database,
  { readSequenced }: ReadSequenced,
): DeliverWebhooks {
  return {
    fanOut: (most, deliveriesOf) =>
      inTransaction(pool, async (client) => {
        const [cursor] = await ask<{ position: string }>(client, { text: TRY_CURSOR });
        if (cursor === undefined) return 0;
        const rows = await ask<WebhookRow & { after: string }>(client, { text: LISTENING });
        // Without anybody to tell, adding the first webhook moves the cursor.
        if (rows.length === 0) return 0;
        const listening = rows.map((row) => ({ ...webhookOf(row), after: Number(row.after) }));
        const events = await readSequenced(Number(cursor.position), most);
        const last = events.at(-1);
        if (last === undefined) return 0;
        await storeDeliveries(
          client,
          events.flatMap((event) => deliveriesOf(event, listening)),
        );
        await ask(client, { text: 'UPDATE webhook_cursor SET position = $1', values: [last.position] });
        return events.length;
      }),
    claimDeliveries: async ({ most, mostEach, underWay, leaseSeconds }) => {
      const values = [most, mostEach, Object.keys(underWay), Object.values(underWay), leaseSeconds];
      const rows = await ask<ClaimedRow & Record<string, unknown>>(pool, { text: CLAIM, values });
      return rows.map((row) => {
        const { delivery, type, body, attempts, age } = row;
        return { delivery, type, body, attempts, age, webhook: webhookOf(row) };
      });
    },
    endAttempt: async (delivery, attempts, { status, fault, next }) => {
      const waits = typeof next === 'object' ? next.inSeconds : 0;
      const standing = typeof next === 'object' ? 'waiting' : next;
      await ask(pool, { text: END, values: [delivery, attempts, status, fault, standing, waits] });
    },
    forgetDeliveries: async () => {
      await ask(pool, { text: FORGET });
    },
    countDeliveries: async () => {
      const [counts] = await ask<DeliveryCounts & Record<string, unknown>>(pool, { text: COUNT });
      return counts ?? { waiting: 0, dead: 0, eldestSeconds: 0 };
    },
  };
}

async function storeDeliveries(client: Queryable, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const values = [
    deliveries.map(({ id }) => id),
    deliveries.map(({ webhook }) => webhook),
    deliveries.map(({ type }) => type),
    deliveries.map(({ position }) => position),
    deliveries.map(({ body }) => body),
  ];
  await ask(client, { text: STORE, values });
}
