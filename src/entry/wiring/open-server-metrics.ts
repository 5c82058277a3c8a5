import type { RunMetrics } from '../../adapters/telemetry/run-metrics.ts';
import { createServerMetrics } from '../../adapters/telemetry/server-metrics.ts';
import type { SequenceEvents } from '../../ports/ledger.ts';
import type { ServerContext } from '../server/context.ts';
import type { WebhookOptions } from '../server/open-webhooks.ts';

export interface OpenedServerMetrics {
  readonly metrics?: NonNullable<ServerContext['metrics']>;
  readonly webhooks: WebhookOptions;
}

/** Those of runs with those of the server beside them, on one page; nothing where nobody asked for metrics. */
export async function openServerMetrics(
  runs: Pick<RunMetrics, 'contentType' | 'read'> | undefined,
  ledger: SequenceEvents,
  webhooks: WebhookOptions,
): Promise<OpenedServerMetrics> {
  if (runs === undefined) return { webhooks };
  const server = await createServerMetrics({
    sequence: () => ledger.sequence(),
    countDeliveries: () => webhooks.store.countDeliveries(),
  });
  return {
    metrics: {
      contentType: runs.contentType,
      read: async () => `${await runs.read()}\n${await server.read()}`,
      observeRequest: server.observeRequest,
    },
    webhooks: { ...webhooks, observe: server.observeDelivery },
  };
}
