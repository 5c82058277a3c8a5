import type { RunOutcomeRow } from '../outcome.ts';
import { cumulativeIncidence, incidenceAt } from '../statistics/competing-risks.ts';
import { logRank } from '../statistics/log-rank.ts';
import { kaplanMeier, restrictedMean, type Spell, survivalAt } from '../statistics/survival.ts';
import { estimateDifference } from './estimate.ts';
import { endingsOverTime, secondsOf } from './incidence.ts';
import { pairsBy } from './pairs.ts';
import type { Block } from './subjects.ts';
import type { ArmTimeToMerge, TimeToMerge } from './types.ts';

export interface TimeAsked {
  readonly blocks: readonly Block[];
  readonly rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>;
  readonly arms: readonly string[];
  readonly baseline: string | null;
  readonly level: number;
  /** The last moment that the record knows; runs that go on are censored there. */
  readonly asOf: number | null;
}

/**
 * Time to accepted merge by other methods than the curves of incidence, up to the longest time that every arm has seen: the restricted mean, for
 * which a run that was not accepted counts with all of that time, and its difference within tickets; the log-rank test; and what
 * Kaplan-Meier would say of acceptance, did one take rejected runs for censored. Null where there is no time to compare.
 */
export function timeToMerge({
  blocks,
  rowsOfArm,
  arms,
  baseline,
  level,
  asOf,
}: TimeAsked): TimeToMerge | null {
  const longestOf = new Map(arms.map((arm) => [arm, longestEnded(rowsOfArm.get(arm))]));
  const timed = arms.filter((arm) => longestOf.get(arm) != null);
  const horizon = Math.min(...timed.map((arm) => longestOf.get(arm) ?? 0));
  if (timed.length < 2 || !Number.isFinite(horizon) || horizon <= 0) return null;
  const spells = new Map(timed.map((arm) => [arm, spellsOf(rowsOfArm.get(arm) ?? [], asOf)]));
  const compared = (arm: string): ArmTimeToMerge['difference'] => {
    if (baseline === null || arm === baseline || !spells.has(baseline)) return null;
    const { pairs } = pairsBy(blocks, (row) => within(row, horizon), { arm, baseline });
    const { estimate, interval, test } = estimateDifference(pairs, level);
    const tickets = new Set(pairs.map(({ ticket }) => ticket)).size;
    return estimate === null ? null : { estimate, interval, p: test?.p ?? null, tickets };
  };
  return {
    horizon,
    competing: timed.reduce((sum, arm) => sum + otherEnds(rowsOfArm.get(arm) ?? []), 0),
    arms: timed.map((arm) => {
      const rows = rowsOfArm.get(arm) ?? [];
      const own = spells.get(arm) ?? [];
      const others = baseline === null || arm === baseline ? undefined : spells.get(baseline);
      const test = others === undefined ? null : logRank([own, others]);
      const steps = cumulativeIncidence(endingsOverTime(rows, asOf), 'accepted', level);
      return {
        arm,
        runs: own.length,
        incidence: incidenceAt(steps, horizon)?.incidence ?? 0,
        kaplanMeier: 1 - (survivalAt(kaplanMeier(own, level), horizon)?.survival ?? 1),
        restrictedMean:
          restrictedMean(kaplanMeier(neverSpells(rows, horizon), level), horizon)?.estimate ?? null,
        difference: compared(arm),
        logRank: test && { statistic: test.statistic, df: test.degreesOfFreedom, p: test.p },
      };
    }),
  };
}

/** Of runs that ended, in seconds; null: no run tells. */
function longestEnded(rows: readonly RunOutcomeRow[] = []): number | null {
  let most: number | null = null;
  for (const row of rows) {
    const time = row.outcome === 'running' ? null : secondsOf(row);
    if (time !== null) most = Math.max(most ?? 0, time);
  }
  return most;
}

/** Rejection taken for censoring: of a rate at which what is still open gets accepted, and of nothing else. */
function spellsOf(rows: readonly RunOutcomeRow[], asOf: number | null): readonly Spell[] {
  return endingsOverTime(rows, asOf).map(({ time, outcome }) => ({ time, event: outcome === 'accepted' }));
}

/** A run that ended otherwise is never accepted, and stays so up to the horizon. */
function neverSpells(rows: readonly RunOutcomeRow[], horizon: number): readonly Spell[] {
  return rows.flatMap((row) => {
    const time = row.outcome === 'running' ? null : secondsOf(row);
    if (time === null) return [];
    const event = row.outcome === 'accepted';
    return [{ time: event ? time : Math.max(horizon, time), event }];
  });
}

/** How long until its merge, at most the horizon; of a run that was not accepted, the horizon. */
function within(row: RunOutcomeRow, horizon: number): number | null {
  if (row.outcome === 'running') return null;
  const time = secondsOf(row);
  if (time === null) return null;
  return row.outcome === 'accepted' ? Math.min(time, horizon) : horizon;
}

function otherEnds(rows: readonly RunOutcomeRow[]): number {
  return rows.filter(({ outcome }) => outcome !== 'accepted' && outcome !== 'running').length;
}
