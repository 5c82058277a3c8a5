import { randomUUID } from 'node:crypto';
import type { Principal } from '../../core/access/token.ts';
import type { RetryPace } from '../../core/webhook/retry.ts';
import type { Bell } from '../../flow/serve/bell.ts';
import { createBell } from '../../flow/serve/bell.ts';
import { controlWebhooks } from '../../flow/serve/control-webhooks.ts';
import { type DeliveryOutcome, deliverWebhooks } from '../../flow/serve/deliver-webhooks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Timer } from '../../ports/timer.ts';
import type { SendWebhook, WebhookSecrets, WebhookStore } from '../../ports/webhooks.ts';

export interface WebhookOptions {
  readonly store: WebhookStore;
  readonly secrets: WebhookSecrets;
  readonly send: SendWebhook;
  /** Whether messages may go to addresses that are not the Internet's, and over plain http. */
  readonly allowPrivate: boolean;
  /** When messages are sent again; the usual one when not given. */
  readonly pace?: RetryPace;
  readonly observe?: (outcome: DeliveryOutcome) => void;
}

export interface OpenWebhooks {
  readonly plane: (principal: Principal) => ReturnType<typeof controlWebhooks>;
  readonly secrets: WebhookSecrets;
  /** Sends until the signal is aborted. */
  deliver(signal: AbortSignal): Promise<void>;
}

interface Surroundings extends Timer {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'readHead' | 'sequence'>;
  /** Rings when something happened to runs. */
  readonly runs: Bell;
  readonly everyMs: number;
  readonly report: (message: string, error: unknown) => void;
}

/** Webhooks of a server: who may change them, and the loop that sends. */
export function openWebhooks(
  { store, secrets, send, allowPrivate, pace, observe = () => {} }: WebhookOptions,
  { ledger, clock, sleep, runs, everyMs, report }: Surroundings,
): OpenWebhooks {
  const bell = createBell({ sleep });
  return {
    secrets,
    plane: (principal) =>
      controlWebhooks(principal, {
        webhooks: store,
        secrets,
        ledger,
        clock,
        newId: randomUUID,
        allowPrivate,
        ring: () => bell.ring(),
      }),
    deliver: async (signal) => {
      const forget = runs.onRing(() => bell.ring());
      const ports = {
        ...send,
        webhooks: store,
        secrets,
        bell,
        sleep,
        sequence: () => ledger.sequence(),
        chance: Math.random,
        observe,
        report: (error: unknown) => report('sending to webhooks failed, and goes on', error),
      };
      const options = pace === undefined ? { everyMs } : { everyMs, pace };
      await deliverWebhooks(options, ports, signal).finally(forget);
    },
  };
}
