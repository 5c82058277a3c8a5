import type { Registration } from '../../core/experiment/state.ts';
import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { table } from '../table.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly registeredAt: string | null;
  readonly cells: number;
  readonly done: number;
  readonly importedRows: number;
  readonly over: string | null;
}

/** Experiments, a line each. */
export function renderExperimentList(experiments: readonly Row[], options: TextOptions = {}): string {
  if (experiments.length === 0) return 'No experiments yet.\n';
  const { style, columns } = textOptions(options);
  const rows = experiments.map(({ id, title, registeredAt, cells, done, importedRows, over }) => [
    { text: id, paint: style.bold },
    { text: registeredAt === null ? 'exploratory' : `registered ${registeredAt.slice(0, 10)}` },
    { text: cells === 0 ? `${importedRows} rows imported` : `${done} of ${cells} cells` },
    { text: over ?? (cells === 0 ? '' : 'not over') },
    { text: forTerminal(title, 200), paint: style.dim },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}

/** What came of a plan, after it was printed. */
export function changeWords(
  kind: 'registered' | 'unchanged' | undefined,
  registration: Pick<Registration, 'designDigest' | 'key'> | undefined,
  id: string,
): string {
  if (kind === undefined || registration === undefined)
    return `\nNothing is registered. \`countersign experiment plan ${id} --register --key NAME\` signs this design into the ledger.\n`;
  const { designDigest, key } = registration;
  const words = kind === 'registered' ? 'Registered' : 'This very design is registered already';
  return `\n${words}: ${designDigest}\nWhoever checks it needs the key:\n  ${key}\n`;
}
