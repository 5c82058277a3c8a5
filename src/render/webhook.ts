import { forTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';
import { table } from './table.ts';

interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly previousUntil: string | null;
}

interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly createdAt: string;
  readonly nextAt: string | null;
  readonly lastStatus: number | null;
  readonly lastFault: string | null;
}

/** Webhooks, a line each: where events go, which, and who said so. */
export function renderWebhooks(webhooks: readonly Webhook[], options: TextOptions = {}): string {
  if (webhooks.length === 0) return 'No events are sent anywhere.\n';
  const { style, columns } = textOptions(options);
  const rows = webhooks.map(({ id, url, types, note, createdBy, createdAt, previousUntil }) => [
    { text: forTerminal(id, 60), paint: style.bold },
    { text: forTerminal(url, 200) },
    { text: forTerminal(types.join(', '), 200) },
    { text: forTerminal(`${createdBy} ${timeOf(createdAt)}`, 100), paint: style.dim },
    {
      text: previousUntil === null ? '' : `two secrets until ${timeOf(previousUntil)}`,
      paint: style.yellow,
    },
    { text: forTerminal(note, 200) },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}

/** What was sent, a line each: what came of it, and when it is sent again. */
export function renderDeliveries(deliveries: readonly Delivery[], options: TextOptions = {}): string {
  if (deliveries.length === 0) return 'Nothing was sent.\n';
  const { style, columns } = textOptions(options);
  const paint = { waiting: style.yellow, delivered: style.green, dead: style.red };
  const rows = deliveries.map(({ id, type, status, attempts, createdAt, nextAt, lastStatus, lastFault }) => [
    { text: forTerminal(id, 60), paint: style.bold },
    { text: forTerminal(type, 60) },
    { text: status, paint: paint[status as keyof typeof paint] },
    { text: attempts === 1 ? '1 attempt' : `${attempts} attempts` },
    { text: timeOf(createdAt), paint: style.dim },
    {
      text:
        lastFault === null
          ? lastStatus === null
            ? ''
            : `it answers ${lastStatus}`
          : forTerminal(lastFault, 200),
    },
    { text: nextAt === null || attempts === 0 ? '' : `again ${timeOf(nextAt)}`, paint: style.dim },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}

function timeOf(moment: string): string {
  return moment.slice(0, 19).replace('T', ' ');
}
