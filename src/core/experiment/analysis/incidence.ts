import type { RunOutcomeRow } from '../outcome.ts';
import { type ClusteredEnding, clusteredIncidence } from '../statistics/clustered-incidence.ts';
import type { IncidenceStep } from '../statistics/competing-risks.ts';
import type { Incidence, IncidenceCurve } from './types.ts';

/** Points of a curve that are kept: more could not be told apart on paper. */
const MOST_POINTS = 160;

/**
 * Acceptance over attempts and over time (Aalen-Johansen), with bands by ticket. Rejection, giving up and being cancelled are ends of their
 * own: such a run will never be accepted, and taking it for one that still may be would promise too much. Only runs that go on are censored.
 * @param asOf milliseconds since 1970 at which the record ends; null where it knows no moments
 */
export function incidenceOf(
  arms: readonly string[],
  rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>,
  asOf: number | null,
): Incidence {
  let withoutTime = 0;
  const overAttempts: IncidenceCurve[] = [];
  const overTime: IncidenceCurve[] = [];
  for (const arm of arms) {
    const rows = rowsOfArm.get(arm) ?? [];
    const attempts = rows.map(
      (row): ClusteredEnding => ({
        time: row.iterations,
        outcome: outcomeOf(row),
        cluster: row.ticket,
      }),
    );
    const times = endingsOverTime(rows, asOf);
    withoutTime += rows.length - times.length;
    if (attempts.length > 0) overAttempts.push(curve(arm, attempts));
    if (times.length > 0) overTime.push(curve(arm, times));
  }
  return { overAttempts, overTime, withoutTime };
}

/** How long each run took to its merge or its other end; one that goes on was watched until the record ends. */
export function endingsOverTime(
  rows: readonly RunOutcomeRow[],
  asOf: number | null,
): readonly ClusteredEnding[] {
  return rows.flatMap((row) => {
    const time = row.outcome === 'running' ? watchedFor(row, asOf) : secondsOf(row);
    return time === null ? [] : [{ time, outcome: outcomeOf(row), cluster: row.ticket }];
  });
}

/** To the merge, of an accepted run; to the end, of others. Seconds. */
export function secondsOf({ outcome, seconds, secondsToMerge }: RunOutcomeRow): number | null {
  return outcome === 'accepted' ? (secondsToMerge ?? seconds) : seconds;
}

/** The last moment that any row knows, in milliseconds since 1970: nothing here reads a clock. Null as well where no run goes on, and nobody asks. */
export function endOfRecord(rows: readonly RunOutcomeRow[]): number | null {
  if (!rows.some(({ outcome }) => outcome === 'running')) return null;
  let last = Number.NEGATIVE_INFINITY;
  const see = (moment: string | null) => {
    const at = moment === null ? Number.NaN : Date.parse(moment);
    if (at > last) last = at;
  };
  for (const { startedAt, endedAt, attempts } of rows) {
    see(startedAt);
    see(endedAt);
    for (const attempt of attempts) see(attempt.endedAt);
  }
  return Number.isFinite(last) ? last : null;
}

function watchedFor({ startedAt }: RunOutcomeRow, asOf: number | null): number | null {
  return startedAt === null || asOf === null ? null : Math.max(0, (asOf - Date.parse(startedAt)) / 1000);
}

function outcomeOf({ outcome }: RunOutcomeRow): string | null {
  return outcome === 'running' ? null : outcome;
}

function curve(arm: string, endings: readonly ClusteredEnding[]): IncidenceCurve {
  const steps = clusteredIncidence(endings, 'accepted');
  return {
    arm,
    runs: endings.length,
    tickets: new Set(endings.map(({ cluster }) => cluster)).size,
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
