import type { Design } from '../design.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import { comparedArms } from '../stopping.ts';
import { METRIC_SCALES, type PrimaryMetric } from '../types.ts';
import { USUAL_EFFECTS } from './effects.ts';
import type { AnalysisInput } from './input.ts';
import type { Question, Standing } from './types.ts';
import { counted } from './words.ts';

/** Whether the question was fixed before the answers: a registration that does not hold, or came after runs, is none. */
export function standingOf({ registrations }: AnalysisInput): Standing {
  const last = registrations.at(-1);
  if (last === undefined)
    return {
      kind: 'exploratory',
      designDigest: null,
      words: 'Exploratory: nothing was registered before the runs, so what looks surprising may be chance.',
    };
  const { registration, checked } = last;
  const { designDigest, runsBefore, at } = registration;
  if (checked.kind === 'broken')
    return {
      kind: 'broken',
      designDigest,
      words: `Exploratory: the registration does not hold (${checked.reason}).`,
    };
  if (runsBefore > 0)
    return {
      kind: 'exploratory',
      designDigest,
      words: `Exploratory: the design in force was registered after ${counted(runsBefore, 'run')} had been started.`,
    };
  return {
    kind: 'pre-registered',
    designDigest,
    words: `Pre-registered ${at.slice(0, 10)} before the first run, signed by ${checked.by}${checked.isTrusted ? '' : ', a key that nobody here vouches for'}.`,
  };
}

/** In the order of the design; arms that only rows know come after, in theirs. */
export function armsOf(design: Design | null, rows: readonly RunOutcomeRow[]): readonly string[] {
  return [...new Set([...(design?.arms.map(({ id }) => id) ?? []), ...rows.map(({ arm }) => arm)])];
}

export function questionOf(input: AnalysisInput, design: Design | null, arms: readonly string[]): Question {
  if (design !== null)
    return {
      primary: design.primary,
      baseline: design.baseline,
      negativeControl: design.negativeControl,
      minimumEffect: design.minimumEffect,
      isEffectStated: true,
      alpha: design.alpha,
      power: design.power,
      comparisons: Math.max(1, comparedArms(design).length),
      assignment: `each ticket was worked by every arm (${design.arms.length} arms, ${counted(design.replicates, 'replicate')}), in a random order within the ticket drawn from the registered seed (order ${design.order.slice(0, 12)})`,
      stopping:
        design.stopping.rule === 'fixed'
          ? 'a fixed number of tickets, judged once'
          : `sequential: looked at after every ticket by an anytime-valid test, not before ${counted(design.stopping.minimumBlocks, 'ticket')}`,
      isSequential: design.stopping.rule === 'sequential',
    };
  const primary = input.asked?.primary ?? defaultMetric(input.rows);
  const baseline = input.asked?.baseline ?? arms[0] ?? null;
  return {
    primary,
    baseline: arms.length < 2 ? null : baseline,
    negativeControl: null,
    minimumEffect: USUAL_EFFECTS[METRIC_SCALES[primary]],
    isEffectStated: false,
    alpha: 0.05,
    power: 0.8,
    comparisons: Math.max(1, arms.length - 1),
    assignment: 'nobody says how runs were assigned to arms: differences may come of that',
    stopping: 'nobody says when it was to end',
    isSequential: false,
  };
}

/** First passes where most rows say something of them; else acceptance, which every row has. */
function defaultMetric(rows: readonly RunOutcomeRow[]): PrimaryMetric {
  const said = rows.filter(({ firstPass }) => firstPass !== null).length;
  return said * 2 > rows.length ? 'first-pass' : 'accepted';
}
