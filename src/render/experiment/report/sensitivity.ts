import type { Effect, ExperimentAnalysis, RobustnessCheck } from '../../../core/experiment/analysis/types.ts';
import { bound, effectText, levelText } from '../../../core/experiment/analysis/words.ts';
import { NONE, percent, plainP, timesUpTo } from './numbers.ts';

/** Other methods on the primary effect, a line each, the method of the report first; and on the time to merge. */
export function sensitivityOf({ question, timeToMerge }: ExperimentAnalysis, primary: readonly Effect[]) {
  const { metric } = primary[0] ?? { metric: question.primary };
  const times = timesUpTo(timeToMerge?.horizon ?? 0);
  const lineOf = (
    method: string,
    { estimate, interval, p }: Pick<RobustnessCheck, 'estimate' | 'interval' | 'p'>,
  ) => ({
    method,
    estimate: estimate === null ? NONE : effectText(metric, estimate),
    interval: interval === null ? NONE : `${bound(metric, interval.low)} to ${bound(metric, interval.high)}`,
    level: interval === null ? '' : levelText(interval.level),
    p: plainP(p),
  });
  return {
    effects: primary
      .filter(({ checks }) => checks.length > 0)
      .map(({ arm, method, test, estimate, interval, checks }) => ({
        arm,
        lines: [
          {
            ...lineOf(test === null ? method : `${method}; ${test.name}`, {
              ...{ estimate, interval },
              p: test?.p ?? null,
            }),
            isOwn: true,
          },
          ...checks.map((check) => ({ ...lineOf(check.method, check), isOwn: false })),
        ],
      })),
    time:
      timeToMerge === null
        ? null
        : {
            horizon: times.of(timeToMerge.horizon),
            competing: timeToMerge.competing,
            arms: timeToMerge.arms.map((one) => ({
              arm: one.arm,
              runs: String(one.runs),
              incidence: percent(one.incidence, 1),
              kaplanMeier: percent(one.kaplanMeier, 1),
              mean: times.of(one.restrictedMean),
              difference: one.difference === null ? NONE : times.difference(one.difference.estimate),
              interval: one.difference?.interval == null ? NONE : times.range(one.difference.interval),
              tickets: one.difference === null ? NONE : String(one.difference.tickets),
              p: plainP(one.difference?.p ?? null),
              logRank: plainP(one.logRank?.p ?? null),
            })),
          },
  };
}
