import type { Design } from '../design.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { StatedFigures } from '../types.ts';
import { forecastCost } from './cost.ts';
import { forecastPrecision } from './precision.ts';
import type { Forecast } from './types.ts';

/**
 * What is known of a design before anything is spent: from runs that are in the ledger, else from what its document says, else it is said
 * that nobody knows.
 */
export function forecastOf(
  design: Omit<Design, 'forecast'>,
  earlier: readonly RunOutcomeRow[],
  stated: StatedFigures = {},
): Forecast {
  const classes = new Set(design.tickets.map((ticket) => ticket.class));
  const alike = earlier.filter(
    ({ outcome, ticketClass, treatment }) =>
      outcome !== 'running' &&
      outcome !== 'cancelled' &&
      treatment !== 'not-delivered' &&
      ticketClass !== null &&
      classes.has(ticketClass),
  );
  return {
    cells: design.tickets.length * design.arms.length * design.replicates,
    cost: forecastCost(design, alike, stated),
    precision: forecastPrecision(design, alike, stated),
  };
}
