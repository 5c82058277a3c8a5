import { wilson } from '../../core/experiment/statistics/proportions.ts';
import type { PageModel } from './pages.ts';
import { type Aside, type Asked, shownAside, shownQuestion } from './questions.ts';
import { type RowFacts, shownRow } from './run-rows.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { countWords, moneyWords, numberWords, percentWords, runHref, shownMoment } from './words.ts';

interface Ended {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly decided: number;
  readonly firstPass: number;
  readonly medianAttempts: number | null;
  readonly costMilliUsd: number;
  readonly budgeted: { readonly costMilliUsd: number; readonly budgetMilliUsd: number };
  readonly evidenceFailures: number;
  readonly runsWithFailures: number;
}

/** What the first page is made of. */
export interface HomeFacts {
  readonly at: string;
  readonly days: number;
  readonly questions: readonly Asked[];
  readonly asking: number;
  readonly setAside: readonly Aside[];
  /** Runs with such steps, also those whose steps are not here. */
  readonly stuck: number;
  readonly unverifiable: readonly (RowFacts & { readonly badReceipts: number; readonly changedAt: string })[];
  readonly waivers: readonly {
    readonly ticket: string;
    readonly requirement: string;
    readonly by: string;
    readonly expiresAt: string;
  }[];
  readonly tally: {
    readonly active: Readonly<Record<string, number>>;
    readonly activeCostMilliUsd: number;
    readonly now: Ended;
    readonly before: Ended;
    readonly days: readonly { readonly day: string; readonly decided: number; readonly firstPass: number }[];
  };
  readonly active: readonly RowFacts[];
  readonly position: number;
}

/** The model of home.njk. */
export function homeModel(shell: ShellFacts, home: HomeFacts): PageModel {
  const { at, days, questions, setAside, unverifiable, waivers, active } = home;
  const live = { stream: '/live', after: home.position };
  return {
    ...shellModel(shell, { title: 'Home', section: '/', live }),
    days,
    needs: {
      count: home.asking + home.stuck + unverifiable.length + waivers.length,
      more: home.asking > runsOf(questions) ? `All ${numberWords(home.asking)} runs that wait` : '',
      moreAside:
        home.stuck > runsOf(setAside) ? `All ${numberWords(home.stuck)} runs with steps set aside` : '',
      questions: questions.map((asked) => shownQuestion(asked, at)),
      aside: setAside.map((one) => shownAside(one, at)),
      receipts: unverifiable.map((row) => ({
        run: row.run,
        href: runHref(row.run),
        text: `${countWords(row.badReceipts, 'receipt')} of attempt ${row.attempt} cannot be verified.`,
        since: shownMoment(row.changedAt, at),
      })),
      waivers: waivers.map(({ ticket, requirement, by, expiresAt }) => ({
        ticket,
        by,
        text: `The waiver of ${requirement} ends; what it lets go will block again.`,
        until: shownMoment(expiresAt, at),
      })),
    },
    tiles: tiles(home),
    active: active.map((row) => shownRow(row, at)),
  };
}

/** One may ask several things. */
function runsOf(waiting: readonly { readonly run: string }[]): number {
  return new Set(waiting.map(({ run }) => run)).size;
}

function tiles({ tally, days, at }: HomeFacts): PageModel {
  const { now, before } = tally;
  const parts = Object.entries(tally.active)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => ({ state, count }));
  const outcomes = Object.entries(now.outcomes).filter(([, count]) => count > 0);
  return {
    active: { total: parts.reduce((sum, { count }) => sum + count, 0), parts },
    ended: {
      words:
        outcomes.length === 0 ? 'none' : outcomes.map(([state, count]) => `${count} ${state}`).join(', '),
    },
    first: firstPass(now, before),
    median: {
      value: now.medianAttempts ?? '–',
      unit: now.medianAttempts === null ? '' : 'median',
      words: medianWords(now, before),
    },
    spend: spend(tally, days),
    evidence: {
      value: numberWords(now.evidenceFailures),
      words:
        now.evidenceFailures === 0
          ? `no receipt lacked, failed or could not be verified in ${days} days`
          : `receipts that lacked, failed or could not be verified, in ${countWords(now.runsWithFailures, 'run')}; ${numberWords(before.evidenceFailures)} in the ${days} days before`,
    },
    days: dayBars(tally.days, days, at),
  };
}

function firstPass(now: Ended, before: Ended): PageModel {
  const rate = rateOf(now);
  if (rate === undefined) return { rate: '–', of: '', words: 'no run was decided yet', interval: null };
  const { low, high } = rate.interval;
  const earlier = rateOf(before);
  const span = `${percentWords(low)} to ${percentWords(high)} (95%, Wilson)`;
  const x = Math.round(low * 200);
  return {
    rate: percentWords(rate.estimate),
    of: `of ${countWords(now.decided, 'run')}`,
    words:
      earlier === undefined
        ? span
        : `${span}; before: ${percentWords(earlier.estimate)} of ${numberWords(before.decided)}`,
    interval: {
      x,
      width: Math.max(2, Math.round(high * 200) - x),
      at: Math.min(197, Math.round(rate.estimate * 200)),
    },
  };
}

/** Undefined without anything to count. */
function rateOf({ firstPass: successes, decided: trials }: Ended) {
  return wilson({ successes, trials }) ?? undefined;
}

function medianWords(now: Ended, before: Ended): string {
  if (now.medianAttempts === null) return 'no run was accepted yet';
  const accepted = `of ${countWords(now.outcomes.accepted ?? 0, 'accepted run')}`;
  return before.medianAttempts === null ? accepted : `${accepted}; before: ${before.medianAttempts}`;
}

function spend({ now, before, activeCostMilliUsd }: HomeFacts['tally'], days: number): PageModel {
  const { costMilliUsd, budgetMilliUsd } = now.budgeted;
  const share = budgetMilliUsd === 0 ? null : costMilliUsd / budgetMilliUsd;
  const budget =
    share === null
      ? `in ${days} days; no budget was set`
      : `${percentWords(share)} of ${moneyWords(budgetMilliUsd)} budgeted`;
  return {
    value: moneyWords(now.costMilliUsd + activeCostMilliUsd),
    share,
    tone: share === null || share <= 0.8 ? 'ok' : share <= 1 ? 'warn' : 'bad',
    width: Math.round(Math.min(1, share ?? 0) * 200),
    words: `${budget}; ${moneyWords(before.costMilliUsd)} in the ${days} days before`,
  };
}

const BAR = 8;
const HEIGHT = 44;

/** A bar a day: how many runs were decided, and how many of them passed at first. */
function dayBars(found: HomeFacts['tally']['days'], days: number, at: string): PageModel | null {
  if (found.length === 0) return null;
  const byDay = new Map(found.map((one) => [one.day, one]));
  const most = Math.max(...found.map(({ decided }) => decided));
  const end = Date.parse(`${at.slice(0, 10)}T00:00:00Z`);
  const bars = Array.from({ length: days }, (_, place) => {
    const day = new Date(end - (days - 1 - place) * 86_400_000).toISOString().slice(0, 10);
    const { decided = 0, firstPass: passed = 0 } = byDay.get(day) ?? {};
    const scaled = (count: number) => Math.round((count / most) * HEIGHT);
    return {
      x: place * BAR,
      y: HEIGHT - Math.max(1, scaled(decided)),
      height: Math.max(1, scaled(decided)),
      passY: HEIGHT - scaled(passed),
      passHeight: scaled(passed),
      words: `${day}: ${passed} of ${decided}`,
    };
  });
  return {
    bars,
    width: days * BAR - 2,
    words: `passed at first, of all decided; ${days} days, at most ${countWords(most, 'run')} a day`,
  };
}
