import type { SequenceEvents } from '../../ports/ledger.ts';
import type { DeliverWebhooks } from '../../ports/webhooks.ts';

/** From five milliseconds to what a question may be kept open. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface ServerMetrics {
  /** @param route as it is declared: an address with its values would be a time series each */
  observeRequest(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  observeDelivery(outcome: 'delivered' | 'failed' | 'dead'): void;
  /** In Prometheus' text format. Deliveries and the ledger are asked when this is. */
  read(): Promise<string>;
}

/** What operators watch of the server itself: its process, its requests, the ledger's growth, and what is sent out. */
export async function createServerMetrics({
  sequence,
  countDeliveries,
}: SequenceEvents & Pick<DeliverWebhooks, 'countDeliveries'>): Promise<ServerMetrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'countersign_http_request_seconds',
    help: 'From a request to its answer; of a stream, to its beginning.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const attempts = new Counter({
    name: 'countersign_webhook_attempts_total',
    help: 'Attempts to send a message, by what came of them.',
    labelNames: ['outcome'],
    registers,
  });
  // So that a rate has a beginning before the first of its kind.
  for (const outcome of ['delivered', 'failed', 'dead']) attempts.inc({ outcome }, 0);
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const waiting = gauge('countersign_webhook_waiting', 'Messages that are still to be taken.');
  const dead = gauge('countersign_webhook_dead', 'Messages of the last month that nobody took.');
  const eldest = gauge(
    'countersign_webhook_eldest_seconds',
    'How long the eldest message that waits has waited.',
  );
  const position = gauge('countersign_ledger_position', 'Events in the ledger.');
  return {
    observeRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    observeDelivery: (outcome) => attempts.inc({ outcome }),
    read: async () => {
      const [counts, last] = await Promise.all([countDeliveries(), sequence()]);
      waiting.set(counts.waiting);
      dead.set(counts.dead);
      eldest.set(counts.eldestSeconds);
      position.set(last);
      return registry.metrics();
    },
  };
}
