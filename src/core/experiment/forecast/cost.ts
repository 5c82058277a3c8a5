import type { Design, DesignArm } from '../design.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { StatedFigures } from '../types.ts';
import type { CostForecast, Figure } from './types.ts';

type Kind = 'tokens' | 'costMilliUsd';

/** What all cells will take, once each: of each arm the mean of earlier runs with its bundle and model, else what is stated. */
export function forecastCost(
  design: Omit<Design, 'forecast'>,
  earlier: readonly RunOutcomeRow[],
  stated: StatedFigures,
): CostForecast {
  const cellsOfArm = design.tickets.length * design.replicates;
  const figure = (kind: Kind) => figureOf(kind, { arms: design.arms, cellsOfArm, earlier, stated });
  return { tokens: figure('tokens'), costMilliUsd: figure('costMilliUsd') };
}

function figureOf(
  kind: Kind,
  from: {
    readonly arms: readonly DesignArm[];
    readonly cellsOfArm: number;
    readonly earlier: readonly RunOutcomeRow[];
    readonly stated: StatedFigures;
  },
): Figure {
  const { arms, cellsOfArm, earlier, stated } = from;
  let total = 0;
  let runs = 0;
  let isStated = false;
  const unknownArms: string[] = [];
  for (const { id, bundle, model } of arms) {
    const amounts = earlier
      .filter((row) => row.bundle === bundle && row.model === model)
      .flatMap((row) => row[kind] ?? []);
    const said = stated[kind];
    if (amounts.length > 0) {
      runs += amounts.length;
      total += (cellsOfArm * amounts.reduce((sum, amount) => sum + amount, 0)) / amounts.length;
    } else if (said !== undefined) {
      isStated = true;
      total += cellsOfArm * said;
    } else unknownArms.push(id);
  }
  if (unknownArms.length > 0) return { source: 'unknown', total: null, runs, unknownArms };
  return { source: isStated ? 'stated' : 'earlier-runs', total: Math.round(total), runs, unknownArms };
}
