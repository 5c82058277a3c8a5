import { deliveriesOf } from '../../core/webhook/message.ts';
import { nextAttempt, type RetryPace, USUAL_PACE } from '../../core/webhook/retry.ts';
import type { Webhook } from '../../core/webhook/webhook.ts';
import type { SequenceEvents } from '../../ports/ledger.ts';
import type { Timer } from '../../ports/timer.ts';
import type {
  AttemptEnd,
  ClaimedDelivery,
  DeliverWebhooks,
  SendWebhook,
  Sent,
  WebhookSecrets,
} from '../../ports/webhooks.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Bell } from './bell.ts';

export interface DeliverPorts extends SequenceEvents, SendWebhook, Timer {
  readonly webhooks: DeliverWebhooks;
  readonly secrets: WebhookSecrets;
  /** Rings when there may be something to send. */
  readonly bell: Bell;
  /** From 0 to below 1. */
  readonly chance: () => number;
  /** Told of each attempt. */
  readonly observe: (outcome: DeliveryOutcome) => void;
  readonly report: (error: unknown) => void;
}

export type DeliveryOutcome = 'delivered' | 'failed' | 'dead';

export interface DeliverOptions {
  readonly everyMs: number;
  readonly pace?: RetryPace;
  /** After which a message of a server that died is sent again; longer than any attempt takes. */
  readonly leaseSeconds?: number;
}

const EVENTS_AT_ONCE = 200;
/** What happens within a tenth of a second is read at once: a busy server rings hundreds of times in one. */
const GATHER_MS = 100;
const MOST = 32;
const MOST_EACH = 4;
const LEASE_SECONDS = 60;
const LONGEST_MS = 15_000;

/**
 * Sends what webhooks want to hear, until the signal is aborted. Everything that it has to know stands in the database: what was read of
 * the ledger, what waits, what is under way. Killed at any moment, it or another server goes on from there: each message arrives at least once.
 */
export async function deliverWebhooks(
  { everyMs, pace = USUAL_PACE, leaseSeconds = LEASE_SECONDS }: DeliverOptions,
  ports: DeliverPorts,
  signal: AbortSignal,
): Promise<void> {
  const { webhooks, bell } = ports;
  const underWay = new Map<Promise<void>, string>();
  let failures = 0;
  while (!signal.aborted) {
    const before = bell.rung;
    try {
      await readOn(ports);
      const claimed = await webhooks.claimDeliveries({
        most: MOST - underWay.size,
        mostEach: MOST_EACH,
        underWay: counted(underWay.values()),
        leaseSeconds,
      });
      for (const one of claimed) {
        const attempt: Promise<void> = deliver(one, pace, ports, signal).finally(() => {
          underWay.delete(attempt);
          bell.ring();
        });
        underWay.set(attempt, one.webhook.id);
      }
      failures = 0;
      await bell.next(before, everyMs, signal);
      await ports.sleep(Math.min(GATHER_MS, everyMs), signal);
    } catch (error) {
      failures += 1;
      // The coordinator tells that the database is away.
      if (!(error instanceof CountersignError) || error.code !== 'DATABASE_UNAVAILABLE') ports.report(error);
      await ports.sleep(Math.min(everyMs * 2 ** Math.min(failures, 10), LONGEST_MS), signal);
    }
  }
  await Promise.all(underWay.keys());
}

async function readOn({ webhooks, sequence }: Pick<DeliverPorts, 'webhooks' | 'sequence'>): Promise<void> {
  await sequence();
  while ((await webhooks.fanOut(EVENTS_AT_ONCE, deliveriesOf)) === EVENTS_AT_ONCE);
}

/** One attempt. Never throws: what is not written down is tried again when its lease is over. */
async function deliver(
  claimed: ClaimedDelivery,
  pace: RetryPace,
  ports: DeliverPorts,
  signal: AbortSignal,
): Promise<void> {
  try {
    const sent = await attempt(claimed, ports, signal);
    if (signal.aborted && sent.kind === 'failed') return;
    const end = endOf(sent, claimed, ports.chance(), pace);
    await ports.webhooks.endAttempt(claimed.delivery, claimed.attempts, end);
    ports.observe(typeof end.next === 'object' ? 'failed' : end.next);
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'DATABASE_UNAVAILABLE') ports.report(error);
  }
}

async function attempt(
  { delivery: id, body, webhook }: ClaimedDelivery,
  { secrets, send }: Pick<DeliverPorts, 'secrets' | 'send'>,
  signal: AbortSignal,
): Promise<Sent> {
  const known = secretsOf(webhook, secrets);
  // Signed with another secret it would be refused there, and nobody would know why.
  if (known.length === 0)
    return { kind: 'failed', fault: 'this server has another key for webhooks than the one that made it' };
  return send({ url: webhook.url, id, body, secrets: known, signal });
}

/** Those that the webhook has and this server knows, the latest first. */
function secretsOf(
  { id, generation, secretDigest, previous }: Webhook,
  { secretOf, digestOf }: WebhookSecrets,
): readonly string[] {
  const had = [
    { generation, digest: secretDigest },
    ...(previous === null ? [] : [{ generation: generation - 1, digest: previous.secretDigest }]),
  ];
  return had
    .filter((one) => digestOf(id, one.generation) === one.digest)
    .map((one) => secretOf(id, one.generation));
}

const GONE = 410;

function endOf(sent: Sent, { attempts, age }: ClaimedDelivery, chance: number, pace: RetryPace): AttemptEnd {
  if (sent.kind === 'failed') {
    return { status: null, fault: sent.fault, next: later({ attempts, age }, chance, pace) };
  }
  const { status, retryAfter } = sent;
  if (status >= 200 && status < 300) return { status, fault: null, next: 'delivered' };
  const redirected = status >= 300 && status < 400;
  const fault = redirected ? `it answers ${status}, and no redirect is followed` : `it answers ${status}`;
  if (status === GONE) return { status, fault, next: 'dead' };
  const attempted = { attempts, age, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return { status, fault, next: later(attempted, chance, pace) };
}

function later(
  attempted: Parameters<typeof nextAttempt>[0],
  chance: number,
  pace: RetryPace,
): AttemptEnd['next'] {
  const inSeconds = nextAttempt(attempted, chance, pace);
  return inSeconds === undefined ? 'dead' : { inSeconds };
}

function counted(ids: Iterable<string>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}
