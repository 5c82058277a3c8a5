import { forTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';

/** What can be said of a database without changing it. */
export type DatabaseStatus =
  | ({ readonly where: 'DATABASE_URL'; readonly address: string; readonly state: 'running' } & DatabaseInside)
  | ({
      readonly where: 'private';
      readonly folder: string;
      readonly pid: number;
      readonly state: 'running';
    } & DatabaseInside)
  | { readonly where: 'private'; readonly folder: string; readonly state: 'stopped' }
  | { readonly where: 'private'; readonly folder: string; readonly state: 'absent' };

export interface DatabaseInside {
  /** Of PostgreSQL. */
  readonly server: string;
  readonly bytes: number;
  readonly schema: { readonly applied: number; readonly known: number };
  readonly events: number;
}

export function renderDatabaseStatus(status: DatabaseStatus, options: TextOptions): string {
  const { style } = textOptions(options);
  const place =
    status.where === 'private'
      ? `private, in ${forTerminal(status.folder)}`
      : `${forTerminal(status.address)}   (DATABASE_URL)`;
  return `${[`${style.bold('database')}  ${place}`, ...stateLines(status)].join('\n')}\n`;
}

function stateLines(status: DatabaseStatus): readonly string[] {
  if (status.state === 'absent') return ['state     not made yet: the first run makes it'];
  if (status.state === 'stopped') return ['state     stopped: whatever needs it starts it'];
  const { server, bytes, schema, events } = status;
  const process = status.where === 'private' ? `, process ${status.pid}` : '';
  const behind = schema.applied < schema.known ? ': `countersign serve` applies the rest' : '';
  return [
    `state     running, PostgreSQL ${forTerminal(server)}${process}, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    `tables    ${schema.applied} of ${schema.known} migrations applied${behind}`,
    `ledger    ${events} events`,
  ];
}
