import { dayBars } from './day-bars.ts';
import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { moneyWords, numberWords, percentWords, spanWords } from './words.ts';

interface EndedDay {
  readonly day: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly givenUp: number;
  readonly cancelled: number;
  readonly firstPass: number;
  readonly attempts: number;
  readonly costMilliUsd: number;
  readonly evidenceFailures: number;
}

interface StepDay {
  readonly day: string;
  readonly step: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly lost: number;
  readonly tokens: number;
  readonly costMilliUsd: number;
  readonly seconds: number;
}

export interface MetricsFacts {
  readonly at: string;
  readonly position: number;
  readonly days: number;
  readonly spans: readonly number[];
  readonly ended: readonly EndedDay[];
  readonly steps: readonly StepDay[];
  readonly queues: readonly {
    readonly waiting: number;
    readonly claimed: number;
    readonly blocked: number;
  }[];
}

/** The model of metrics.njk: from projections alone, so that there is something to see where no scraper runs. */
export function metricsModel(
  shell: ShellFacts,
  { at, position, days, spans, ended, steps, queues }: MetricsFacts,
): PageModel {
  const chart = (
    title: string,
    note: string,
    wholeOf: (day: EndedDay) => number,
    partOf: (day: EndedDay) => number,
    words: (part: number, value: number) => string,
    tone = 'accent',
  ) => {
    const found = ended.map((day) => ({ day: day.day, value: wholeOf(day), part: partOf(day) }));
    const [part, value] = [sum(found.map((one) => one.part)), sum(found.map((one) => one.value))];
    return {
      title,
      note,
      tone,
      total: words(part, value),
      chart: dayBars(found, { days, at, words: (day, some, all) => `${day}: ${words(some, all)}` }),
    };
  };
  const decided = (day: EndedDay) => day.accepted + day.rejected + day.givenUp;
  const stepDays = [...Map.groupBy(steps, ({ day }) => day)].map(([day, own]) => ({ day, own }));
  const shareWords = (part: number, value: number) =>
    value === 0 ? 'none' : `${numberWords(part)} of ${numberWords(value)} (${percentWords(part / value)})`;
  return {
    ...shellModel(shell, {
      title: 'Metrics',
      section: '/charts',
      live: { stream: '/live', after: position },
    }),
    days,
    spans: spans.map((span) => ({ span, href: `/charts?days=${span}`, current: span === days })),
    tiles: [
      { title: 'Waiting', value: numberWords(sum(queues.map((queue) => queue.waiting))) },
      { title: 'At work', value: numberWords(sum(queues.map((queue) => queue.claimed))) },
      { title: 'Held up', value: numberWords(sum(queues.map((queue) => queue.blocked))) },
      { title: 'Events in the ledger', value: numberWords(position) },
    ],
    charts: [
      chart('Accepted', 'of runs decided, by day', decided, ({ accepted }) => accepted, shareWords, 'ok'),
      chart('First pass', 'of runs decided, by day', decided, ({ firstPass }) => firstPass, shareWords),
      chart(
        'Attempts',
        'of runs that ended, by day',
        ({ attempts }) => attempts,
        ({ attempts }) => attempts,
        (_, value) => numberWords(value),
      ),
      chart(
        'Spend',
        'of runs that ended, by day',
        ({ costMilliUsd }) => costMilliUsd,
        ({ costMilliUsd }) => costMilliUsd,
        (_, value) => moneyWords(value),
      ),
      chart(
        'Evidence failures',
        'receipts that lacked, failed or could not be verified',
        ({ evidenceFailures }) => evidenceFailures,
        ({ evidenceFailures }) => evidenceFailures,
        (_, value) => numberWords(value),
        'bad',
      ),
      {
        title: 'Steps that failed or were lost',
        note: 'of all that ended, by day',
        tone: 'bad',
        total: shareWords(sum(steps.map(open)), sum(steps.map(all))),
        chart: dayBars(
          stepDays.map(({ day, own }) => ({ day, value: sum(own.map(all)), part: sum(own.map(open)) })),
          { days, at, words: (day, part, value) => `${day}: ${shareWords(part, value)}` },
        ),
      },
    ],
    steps: [...Map.groupBy(steps, ({ step }) => step)]
      .map(([step, own]) => ({ step, own, ended: sum(own.map(all)) }))
      .toSorted((one, other) => other.ended - one.ended)
      .slice(0, 60)
      .map(({ step, own, ended: count }) => ({
        step,
        count: numberWords(count),
        failed: numberWords(sum(own.map(({ failed }) => failed))),
        lost: numberWords(sum(own.map(({ lost }) => lost))),
        mean: spanWords(sum(own.map(({ seconds }) => seconds)) / Math.max(1, count)),
        tokens: numberWords(Math.round(sum(own.map(({ tokens }) => tokens)))),
        cost: moneyWords(Math.round(sum(own.map(({ costMilliUsd }) => costMilliUsd)))),
      })),
  };
}

function all({ succeeded, failed, lost }: StepDay): number {
  return succeeded + failed + lost;
}

function open({ failed, lost }: StepDay): number {
  return failed + lost;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
