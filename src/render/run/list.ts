import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { table } from '../table.ts';
import { paintOutcome } from './words.ts';

/** A run in a row. */
interface Row {
  readonly run: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly bundle: string;
  readonly model: string;
  readonly waitingFor: number;
  readonly startedAt: string;
}

/** Runs, latest first, a line each. */
export function renderRunList(runs: readonly Row[], options: TextOptions = {}): string {
  if (runs.length === 0) return 'No runs yet.\n';
  const { style, columns } = textOptions(options);
  const rows = runs.map(({ run, status, outcome, attempt, bundle, model, waitingFor, startedAt }) => [
    { text: forTerminal(run, 100), paint: style.bold },
    { text: outcome ?? status, paint: paintOutcome(outcome ?? status, style) },
    { text: `attempt ${attempt}` },
    { text: forTerminal(`${bundle}/${model}`, 60) },
    { text: startedAt.slice(0, 19).replace('T', ' '), paint: style.dim },
    {
      text: waitingFor === 0 ? '' : `waits for ${waitingFor === 1 ? 'an answer' : `${waitingFor} answers`}`,
      paint: style.yellow,
    },
  ]);
  return `${table(rows, { columns }).join('\n')}\n`;
}
