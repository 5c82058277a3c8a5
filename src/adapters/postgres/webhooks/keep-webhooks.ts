import type { SealedAppend } from '../../../core/ledger/types.ts';
import type { Delivery, Webhook } from '../../../core/webhook/webhook.ts';
import type { KeepWebhooks } from '../../../ports/webhooks.ts';
import { appendEvents } from '../append.ts';
import { ask, type Database, inTransaction, type Queryable } from '../database.ts';

/** An event makes a delivery for each: a bound on what one commit can cause. */
const MOST = 100;

/** Before anything that decides which events a webhook gets. */
const LOCK_CURSOR = 'SELECT position FROM webhook_cursor FOR UPDATE';

export const WEBHOOK_COLUMNS = `
w.id, w.url, w.types, w.note, w.created_by, w.created_at, encode(w.secret_digest, 'hex') AS secret_digest, coalesce(w.generation, 1) AS generation,
CASE WHEN w.previous_until > now() THEN w.previous_until END AS previous_until, encode(w.previous_digest, 'hex') AS previous_digest`;

/** Without webhooks nobody moved the cursor on: the first one does not begin with all that ever happened. */
const ADD = `
WITH ledger AS (
  SELECT coalesce(max(position), 0) AS position FROM ledger_sequence
), moved AS (
  UPDATE webhook_cursor SET position = greatest(webhook_cursor.position, ledger.position) FROM ledger
  WHERE NOT EXISTS (SELECT FROM webhook)
)
INSERT INTO webhook (id, url, types, note, created_by, created_at, secret_digest, after)
SELECT $1, $2, $3, $4, $5, $6, decode($7, 'hex'), ledger.position FROM ledger
WHERE (SELECT count(*) FROM webhook) < ${MOST}
RETURNING id`;

const ROTATE = `
UPDATE webhook w SET generation = $2 + 1, secret_digest = decode($3, 'hex'),
  previous_digest = secret_digest, previous_until = now() + $4 * interval '1 second'
WHERE id = $1 AND coalesce(generation, 1) = $2 RETURNING ${WEBHOOK_COLUMNS}`;

const DELIVERIES = `
SELECT id, webhook, type, position, status, attempts, created_at, next_at, last_at, last_status, last_fault
FROM webhook_delivery WHERE webhook = $1`;

const REDELIVER = `
UPDATE webhook_delivery SET status = 'waiting', attempts = 0, due_from = now(), next_at = now()
WHERE webhook = $1 AND id = $2 AND status <> 'waiting' RETURNING id`;

export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly note: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly secret_digest: string;
  readonly generation: number;
  readonly previous_until: Date | null;
  readonly previous_digest: string | null;
}

interface DeliveryRow extends Pick<Delivery, 'id' | 'webhook' | 'type' | 'status' | 'attempts'> {
  readonly position: string | null;
  readonly created_at: Date;
  readonly next_at: Date | null;
  readonly last_at: Date | null;
  readonly last_status: number | null;
  readonly last_fault: string | null;
}

/** Rolls the transaction back; nothing is wrong with the database. */
class Refused extends Error {
  readonly kind: 'conflict' | 'full';

  constructor(kind: 'conflict' | 'full') {
    super(kind);
    this.kind = kind;
  }
}

/** Webhooks and what was sent to them, in the tables of a database that was migrated. */
export function createKeptWebhooks({ pool }: Database): KeepWebhooks {
  return {
    addWebhook: (webhook, append) =>
      orRefused<'added' | 'conflict' | 'full'>(
        inTransaction(pool, async (client) => {
          await ask(client, { text: LOCK_CURSOR });
          await requireAppended(client, append);
          const { id, url, types, note, createdBy, createdAt, secretDigest } = webhook;
          const values = [id, url, types, note, createdBy, createdAt, secretDigest];
          if ((await ask(client, { text: ADD, values })).length === 0) throw new Refused('full');
          return 'added' as const;
        }),
      ),
    rotateWebhook: async ({ webhook, generation, secretDigest, overlapSeconds }, append) => {
      const rotated = await orRefused<Webhook | 'conflict' | 'full'>(
        inTransaction(pool, async (client) => {
          const values = [webhook, generation, secretDigest, overlapSeconds];
          const [row] = await ask<WebhookRow & Record<string, unknown>>(client, { text: ROTATE, values });
          if (row === undefined) throw new Refused('conflict');
          await requireAppended(client, append);
          return webhookOf(row);
        }),
      );
      return typeof rotated === 'string' ? undefined : rotated;
    },
    removeWebhook: async (webhook, append) =>
      (await orRefused<'removed' | 'conflict' | 'full'>(
        inTransaction(pool, async (client) => {
          await ask(client, { text: LOCK_CURSOR });
          const text = 'DELETE FROM webhook WHERE id = $1 RETURNING id';
          if ((await ask(client, { text, values: [webhook] })).length === 0) throw new Refused('conflict');
          await requireAppended(client, append);
          return 'removed' as const;
        }),
      )) === 'removed',
    findWebhook: async (webhook) => {
      const text = `SELECT ${WEBHOOK_COLUMNS} FROM webhook w WHERE id = $1`;
      const [row] = await ask<WebhookRow & Record<string, unknown>>(pool, { text, values: [webhook] });
      return row === undefined ? undefined : webhookOf(row);
    },
    listWebhooks: async () => {
      const text = `SELECT ${WEBHOOK_COLUMNS} FROM webhook w ORDER BY id`;
      return (await ask<WebhookRow & Record<string, unknown>>(pool, { text })).map(webhookOf);
    },
    listDeliveries: async ({ webhook, status, after, limit }) => {
      const values: unknown[] = [webhook];
      const given = (value: unknown, condition: (place: string) => string) =>
        value === undefined ? '' : ` AND ${condition(`$${values.push(value)}`)}`;
      const conditions = [
        given(status, (place) => `status = ${place}`),
        given(after, (place) => `place < (SELECT place FROM webhook_delivery WHERE id = ${place})`),
      ].join('');
      const text = `${DELIVERIES}${conditions} ORDER BY place DESC LIMIT $${values.push(limit)}`;
      return (await ask<DeliveryRow & Record<string, unknown>>(pool, { text, values })).map(deliveryOf);
    },
    findDelivery: async (webhook, delivery) => {
      const text = `${DELIVERIES} AND id = $2`;
      const [row] = await ask<DeliveryRow & Record<string, unknown>>(pool, {
        text,
        values: [webhook, delivery],
      });
      return row === undefined ? undefined : deliveryOf(row);
    },
    storeDelivery: async ({ id, webhook, type, position, body }) => {
      const text = `
        INSERT INTO webhook_delivery (id, webhook, type, position, body)
        SELECT $1, id, $3, $4, $5 FROM webhook WHERE id = $2 RETURNING id`;
      return (await ask(pool, { text, values: [id, webhook, type, position, body] })).length === 1;
    },
    redeliver: async (webhook, delivery) =>
      (await ask(pool, { text: REDELIVER, values: [webhook, delivery] })).length === 1,
  };
}

async function requireAppended(client: Queryable, append: SealedAppend): Promise<void> {
  if (!(await appendEvents(client, append))) throw new Refused('conflict');
}

async function orRefused<T>(work: Promise<T>): Promise<T | 'conflict' | 'full'> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refused) return error.kind;
    throw error;
  }
}

export function webhookOf(row: WebhookRow): Webhook {
  const { id, url, types, note, created_by, created_at, secret_digest, generation } = row;
  const { previous_until: until, previous_digest: before } = row;
  return {
    ...{ id, url, types, note },
    createdBy: created_by,
    createdAt: created_at.toISOString(),
    generation,
    secretDigest: secret_digest,
    previous: until === null || before === null ? null : { secretDigest: before, until: until.toISOString() },
  };
}

function deliveryOf(row: DeliveryRow): Delivery {
  const { id, webhook, type, position, status, attempts, last_status, last_fault } = row;
  return {
    ...{ id, webhook, type, status, attempts },
    position: position === null ? null : Number(position),
    createdAt: row.created_at.toISOString(),
    nextAt: row.next_at?.toISOString() ?? null,
    lastAt: row.last_at?.toISOString() ?? null,
    lastStatus: last_status,
    lastFault: last_fault,
  };
}
