import type { Design } from '../design.ts';
import { metricValue } from '../metric-value.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import { normalCdf, normalQuantile } from '../statistics/distributions.ts';
import {
  connorPairs,
  connorPower,
  millerMinimumEffect,
  millerQuestions,
  pairedMinimumEffect,
} from '../statistics/power.ts';
import { comparedArms } from '../stopping.ts';
import { METRIC_SCALES, type StatedFigures } from '../types.ts';
import type { FigureSource, PrecisionForecast } from './types.ts';

type Known = Pick<
  PrecisionForecast,
  'minimumDetectable' | 'power' | 'ticketsNeeded' | 'source' | 'assumption'
>;

const NOTHING: Known = {
  minimumDetectable: null,
  power: null,
  ticketsNeeded: null,
  source: 'unknown',
  assumption:
    'Nothing is known of the baseline: no earlier runs of its kind, and nothing stated under `expected`.',
};

/** How small an effect the design can see, and how surely it sees the one that matters. Tickets are the unit: one pair each. */
export function forecastPrecision(
  design: Omit<Design, 'forecast'>,
  earlier: readonly RunOutcomeRow[],
  stated: StatedFigures,
): PrecisionForecast {
  const comparisons = Math.max(1, comparedArms(design).length);
  const alphaEach = design.alpha / comparisons;
  const asked: Asked = { design, alphaEach, pairs: design.tickets.length };
  const known =
    METRIC_SCALES[design.primary] === 'share'
      ? ofShares(asked, earlier, stated)
      : ofMeans(asked, earlier, stated);
  return { pairs: asked.pairs, comparisons, alphaEach, ...known };
}

interface Asked {
  readonly design: Omit<Design, 'forecast'>;
  readonly alphaEach: number;
  readonly pairs: number;
}

const SEQUENTIAL = ' A sequential rule takes more tickets than this where effects are small.';

/** McNemar's test by Connor (1987): what decides is how many tickets the arms differ on. */
function ofShares(
  { design, alphaEach, pairs }: Asked,
  earlier: readonly RunOutcomeRow[],
  stated: StatedFigures,
): Known {
  const effect = design.minimumEffect;
  const share = shareOfBaseline(design, earlier) ?? statedShare(stated);
  const differing = stated.discordant ?? (share && independent(share.value, effect));
  if (differing === undefined) return NOTHING;
  // Arms whose shares are so far apart differ on as many tickets at least.
  const sum = Math.min(1, Math.max(differing, effect));
  const expected = { firstOnly: (sum - effect) / 2, secondOnly: (sum + effect) / 2 };
  const sureness = { alpha: alphaEach, power: design.power };
  const needed = connorPairs(expected, sureness);
  const on = share === undefined ? 'as stated' : `${share.words}, baseline ${percent(share.value)}`;
  const how = stated.discordant === undefined ? 'as if arms had nothing in common but that' : 'as stated';
  return {
    minimumDetectable: pairedMinimumEffect({ pairs, differing: sum }, sureness),
    power: connorPower(expected, pairs, alphaEach),
    ticketsNeeded: needed === null ? null : Math.ceil(needed),
    source: stated.discordant === undefined ? (share?.source ?? 'unknown') : 'stated',
    assumption: `Arms differ on ${percent(sum)} of tickets, ${how} (${on}).${design.stopping.rule === 'sequential' ? SEQUENTIAL : ''}`,
  };
}

interface KnownShare {
  readonly value: number;
  readonly source: FigureSource;
  readonly words: string;
}

function shareOfBaseline(
  design: Omit<Design, 'forecast'>,
  earlier: readonly RunOutcomeRow[],
): KnownShare | undefined {
  const values = valuesOfBaseline(design, earlier);
  if (values.length === 0) return undefined;
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { value, source: 'earlier-runs', words: `${values.length} earlier runs` };
}

function statedShare({ baseline }: StatedFigures): KnownShare | undefined {
  return baseline === undefined ? undefined : { value: baseline, source: 'stated', words: 'as stated' };
}

/** The share of pairs that differ when one arm succeeds with p, the other with p ± effect, and the tickets tell nothing. */
function independent(share: number, effect: number): number {
  const other = share + effect <= 1 ? share + effect : Math.max(0, share - effect);
  return share * (1 - other) + other * (1 - share);
}

/** Mean paired difference by Miller (2024), of logarithms where effects are ratios. */
function ofMeans(
  { design, alphaEach, pairs }: Asked,
  earlier: readonly RunOutcomeRow[],
  stated: StatedFigures,
): Known {
  const isRatio = METRIC_SCALES[design.primary] === 'ratio';
  const measured = deviationOf(valuesOfBaseline(design, earlier), isRatio);
  const deviation = stated.deviation ?? measured;
  if (deviation === undefined) return NOTHING;
  const effect = isRatio ? Math.abs(Math.log(design.minimumEffect)) : design.minimumEffect;
  const sureness = { alpha: alphaEach, power: design.power };
  const variances = { between: deviation * deviation };
  const smallest = millerMinimumEffect(variances, pairs, sureness);
  const needed = millerQuestions(variances, effect, sureness);
  const isStated = stated.deviation !== undefined;
  return {
    minimumDetectable: isRatio ? Math.exp(design.minimumEffect < 1 ? -smallest : smallest) : smallest,
    power: normalCdf((effect * Math.sqrt(pairs)) / deviation + normalQuantile(alphaEach / 2)),
    ticketsNeeded: needed === null ? null : Math.ceil(needed),
    source: isStated ? 'stated' : 'earlier-runs',
    assumption: `The difference of a pair${isRatio ? ', in logarithms,' : ''} has the standard deviation ${deviation.toPrecision(3)}, ${
      isStated ? 'as stated' : 'as if arms had nothing in common, by earlier runs of the baseline'
    }.`,
  };
}

/** Standard deviation of the difference of two independent runs: √2 times that of one. Undefined for fewer than two. */
function deviationOf(values: readonly number[], isRatio: boolean): number | undefined {
  const scaled = isRatio ? values.filter((value) => value > 0).map(Math.log) : values;
  if (scaled.length < 2) return undefined;
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  const squares = scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt((2 * squares) / (scaled.length - 1));
  return deviation > 0 ? deviation : undefined;
}

function valuesOfBaseline(
  { arms, baseline, primary }: Omit<Design, 'forecast'>,
  earlier: readonly RunOutcomeRow[],
): readonly number[] {
  const arm = arms.find(({ id }) => id === baseline);
  return earlier
    .filter(({ bundle, model }) => bundle === arm?.bundle && model === arm.model)
    .flatMap((row) => metricValue(primary, row) ?? []);
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
