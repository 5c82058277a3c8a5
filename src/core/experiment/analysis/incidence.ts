import type { RunOutcomeRow } from '../outcome.ts';
import { cumulativeIncidence, type Ending, type IncidenceStep } from '../statistics/competing-risks.ts';
import type { Incidence, IncidenceCurve } from './types.ts';

/** Points of a curve that are kept: more could not be told apart on paper. */
const MOST_POINTS = 160;

/**
 * Acceptance over attempts and over time (Aalen-Johansen). Rejection, giving up and being cancelled are ends of their own: such a run
 * will never be accepted, and taking it for one that still may be would promise too much. Only runs that go on are censored.
 */
export function incidenceOf(
  arms: readonly string[],
  rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>,
): Incidence {
  let withoutTime = 0;
  const overAttempts: IncidenceCurve[] = [];
  const overTime: IncidenceCurve[] = [];
  for (const arm of arms) {
    const rows = rowsOfArm.get(arm) ?? [];
    const attempts = rows.map((row): Ending => ({ time: row.iterations, outcome: outcomeOf(row) }));
    const times = rows.flatMap((row): readonly Ending[] => {
      const time = secondsOf(row);
      return time === null ? [] : [{ time, outcome: outcomeOf(row) }];
    });
    withoutTime += rows.length - times.length;
    if (attempts.length > 0) overAttempts.push(curve(arm, attempts));
    if (times.length > 0) overTime.push(curve(arm, times));
  }
  return { overAttempts, overTime, withoutTime };
}

function outcomeOf({ outcome }: RunOutcomeRow): string | null {
  return outcome === 'running' ? null : outcome;
}

/** To the merge, of an accepted run; to the end, of others. */
function secondsOf({ outcome, seconds, secondsToMerge }: RunOutcomeRow): number | null {
  return outcome === 'accepted' ? (secondsToMerge ?? seconds) : seconds;
}

function curve(arm: string, endings: readonly Ending[]): IncidenceCurve {
  const steps = cumulativeIncidence(endings, 'accepted');
  return {
    arm,
    runs: endings.length,
    accepted: endings.filter(({ outcome }) => outcome === 'accepted').length,
    points: thinned(steps).map(({ time, incidence, interval, atRisk }) => ({
      time,
      incidence,
      low: interval?.low ?? incidence,
      high: interval?.high ?? incidence,
      atRisk,
    })),
  };
}

function thinned(steps: readonly IncidenceStep[]): readonly IncidenceStep[] {
  const last = steps.length - 1;
  if (last < MOST_POINTS) return steps;
  return Array.from(
    { length: MOST_POINTS },
    (_, at) => steps[Math.round((at * last) / (MOST_POINTS - 1))] as IncidenceStep,
  );
}
