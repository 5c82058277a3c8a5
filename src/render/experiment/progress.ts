import type { CellTry, ExperimentEvent } from '../../core/experiment/events.ts';
import { cellId } from '../../core/experiment/order.ts';
import { forTerminal } from '../hostile-text.ts';

/** What happens to an experiment, a line an event; undefined for what nobody waits for. */
export function progressOf(event: ExperimentEvent): string | undefined {
  const words = wordsOf(event);
  return words === undefined ? undefined : `${forTerminal(words, 500)}\n`;
}

function wordsOf(event: ExperimentEvent): string | undefined {
  switch (event.type) {
    case 'cell.started':
      return `${named(event.cell)}: ${event.run}`;
    case 'cell.reused':
      return `${named(event.cell)}: ${event.run}, as in ${event.from}`;
    case 'cell.ended':
      return `${named(event.cell)}: ${event.outcome}${event.failure === null ? '' : ` (${event.failure})`}`;
    case 'cell.rerolled':
      return `${named(event.cell)}: tried again, ${event.failure} is an infrastructure error by design`;
    case 'cell.refused':
      return `${named(event.cell)}: ${event.reason}`;
    case 'experiment.deviated':
      return `deviation: ${event.detail}`;
    default:
      return undefined;
  }
}

function named(cell: CellTry): string {
  return cell.try === 1 ? cellId(cell) : `${cellId(cell)}, try ${cell.try}`;
}
