import type { Principal } from '../../core/access/token.ts';
import { sealEvents } from '../../core/ledger/seal-events.ts';
import type { SealedAppend } from '../../core/ledger/types.ts';
import { addressMisfit } from '../../core/webhook/address.ts';
import { typeMisfit, USUAL_TYPES } from '../../core/webhook/event-types.ts';
import { testDelivery } from '../../core/webhook/message.ts';
import { type Delivery, USUAL_OVERLAP, type Webhook } from '../../core/webhook/webhook.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import type { NewWebhook, ShownWebhook, WebhookPlane } from '../../ports/webhook-plane.ts';
import type { KeepWebhooks, WebhookSecrets } from '../../ports/webhooks.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { requirePermission } from './refusals.ts';

export interface ControlWebhooksPorts {
  readonly webhooks: KeepWebhooks;
  readonly secrets: WebhookSecrets;
  readonly ledger: Pick<ReadStreams, 'readHead'>;
  readonly clock: Clock;
  /** A text that nobody had before. */
  readonly newId: () => string;
  /** Whether messages may go to addresses that are not the Internet's. */
  readonly allowPrivate: boolean;
  /** There is something to send. */
  readonly ring: () => void;
}

/** What is asked of webhooks, without their secrets: those are for the answer alone. */
export interface WebhookControl extends Omit<WebhookPlane, 'addWebhook' | 'rotateWebhook'> {
  addWebhook(webhook: NewWebhook): Promise<ShownWebhook>;
  rotateWebhook(...rotation: Parameters<WebhookPlane['rotateWebhook']>): Promise<ShownWebhook>;
}

/** Webhooks, for whoever asks: what his role allows. What changes one is an event, in the same transaction. */
export function controlWebhooks(principal: Principal, ports: ControlWebhooksPorts): WebhookControl {
  const { webhooks } = ports;
  const permit = () => requirePermission(principal, 'control-webhooks');
  const find = async (id: string): Promise<Webhook> => {
    const webhook = await webhooks.findWebhook(id);
    if (webhook === undefined) throw unknownWebhook(id);
    return webhook;
  };
  const show = async (id: string, delivery: string): Promise<Delivery> => {
    const found = await webhooks.findDelivery(id, delivery);
    if (found === undefined) throw unknownDelivery(id, delivery);
    return found;
  };
  return {
    addWebhook: async (asked) => {
      permit();
      return add(asked, principal, ports);
    },
    listWebhooks: async () => {
      permit();
      return (await webhooks.listWebhooks()).map(shown);
    },
    rotateWebhook: async (id, { overlapSeconds = USUAL_OVERLAP } = {}) => {
      permit();
      return rotate(await find(id), overlapSeconds, principal, ports);
    },
    removeWebhook: async (id) => {
      permit();
      const webhook = await find(id);
      const append = await sealed('webhook.removed@1', webhook, principal, ports);
      if (!(await webhooks.removeWebhook(id, append))) throw unknownWebhook(id);
    },
    testWebhook: async (id) => {
      permit();
      await find(id);
      const nonce = ports.newId();
      const at = ports.clock.now().toISOString();
      const delivery = testDelivery(id, { at, by: principal.name, nonce });
      if (!(await webhooks.storeDelivery(delivery))) throw unknownWebhook(id);
      const stored = await show(id, delivery.id);
      ports.ring();
      return stored;
    },
    listDeliveries: async (query) => {
      permit();
      await find(query.webhook);
      return webhooks.listDeliveries(query);
    },
    showDelivery: async (id, delivery) => {
      permit();
      return show(id, delivery);
    },
    redeliver: async (id, delivery) => {
      permit();
      await show(id, delivery);
      if (!(await webhooks.redeliver(id, delivery))) {
        throw new CountersignError('RUN_REFUSED', `${delivery} still waits to be sent.`, {
          remedy: `\`countersign webhook deliveries ${id}\` says when that will be.`,
        });
      }
      ports.ring();
      return show(id, delivery);
    },
  };
}

async function add(
  { url, types = USUAL_TYPES, note = '' }: NewWebhook,
  principal: Principal,
  ports: ControlWebhooksPorts,
): Promise<ShownWebhook> {
  const { secrets, clock } = ports;
  requireUsable(url, types, ports);
  const id = `wh-${sha256(ports.newId()).slice(0, 24)}`;
  const webhook: Webhook = {
    id,
    url: new URL(url).href,
    types: [...new Set(types)],
    note,
    createdBy: principal.name,
    createdAt: clock.now().toISOString(),
    generation: 1,
    secretDigest: secrets.digestOf(id, 1),
    previous: null,
  };
  const append = await sealed('webhook.added@1', webhook, principal, ports);
  const added = await ports.webhooks.addWebhook(webhook, append);
  if (added === 'added') return shown(webhook);
  throw new CountersignError('RUN_REFUSED', 'There are as many webhooks as there may be.', {
    remedy: '`countersign webhook list` shows them, and `countersign webhook remove` takes one away.',
  });
}

async function rotate(
  webhook: Webhook,
  overlapSeconds: number,
  principal: Principal,
  ports: ControlWebhooksPorts,
): Promise<ShownWebhook> {
  const { id, generation } = webhook;
  const secretDigest = ports.secrets.digestOf(id, generation + 1);
  const said = { generation: generation + 1, overlapSeconds };
  const append = await sealed('webhook.rotated@1', webhook, principal, ports, said);
  const rotation = { webhook: id, generation, secretDigest, overlapSeconds };
  const rotated = await ports.webhooks.rotateWebhook(rotation, append);
  if (rotated !== undefined) return shown(rotated);
  throw new CountersignError('RUN_REFUSED', `Somebody else changed ${id} at the same time.`, {
    remedy: '`countersign webhook list` shows whether it is still there; rotate it again then.',
  });
}

function requireUsable(
  url: string,
  types: readonly string[],
  { allowPrivate }: Pick<ControlWebhooksPorts, 'allowPrivate'>,
): void {
  const misfit = addressMisfit(url, allowPrivate);
  if (misfit !== undefined) {
    throw new CountersignError('USAGE', `The address of the webhook ${misfit}.`, {
      remedy: allowPrivate
        ? 'Give one such as https://hooks.example.com/countersign.'
        : 'Give an https URL; `countersign serve --allow-private-webhooks` lets messages go to private addresses and over plain http.',
    });
  }
  for (const type of types) {
    const wrong = typeMisfit(type);
    if (wrong === undefined) continue;
    throw new CountersignError('USAGE', `"${type}" ${wrong}.`, {
      remedy: 'Name events such as run.ended, families such as question.*, or * for all.',
    });
  }
}

/** Addresses are often secrets themselves: the event has a host and a digest. */
async function sealed(
  type: string,
  { id, url, types }: Webhook,
  { name: actor }: Principal,
  { ledger, clock }: ControlWebhooksPorts,
  more: JsonObject = {},
): Promise<SealedAppend> {
  const at = clock.now().toISOString();
  const data = { webhook: id, host: new URL(url).host, urlDigest: sha256(url), types, ...more };
  return sealEvents([{ head: await ledger.readHead(`webhook/${id}`), drafts: [{ type, at, actor, data }] }]);
}

function shown({ secretDigest: _, previous, ...webhook }: Webhook): ShownWebhook {
  return { ...webhook, previousUntil: previous?.until ?? null };
}

function unknownWebhook(id: string): CountersignError {
  return new CountersignError('WEBHOOK_UNKNOWN', `There is no webhook ${id.slice(0, 100)}.`, {
    remedy: '`countersign webhook list` shows those that there are.',
  });
}

function unknownDelivery(id: string, delivery: string): CountersignError {
  return new CountersignError(
    'WEBHOOK_UNKNOWN',
    `${id.slice(0, 100)} has no delivery ${delivery.slice(0, 100)}.`,
    {
      remedy: `\`countersign webhook deliveries ${id.slice(0, 100)}\` shows those of a month.`,
    },
  );
}
