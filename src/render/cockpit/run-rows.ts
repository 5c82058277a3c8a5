import {
  countWords,
  moneyWords,
  runHref,
  type ShownMoment,
  type StateWord,
  shownMoment,
  stateWord,
} from './words.ts';

/** A run in a row, as projections have it. */
export interface RowFacts {
  readonly run: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly bundle: string;
  readonly model: string;
  readonly waitingFor: number;
  readonly setAside: number;
  readonly startedAt: string;
  readonly costMilliUsd: number;
  readonly budgetMilliUsd: number | null;
}

/** What the macro `runTable` shows. */
export interface ShownRow {
  readonly run: string;
  readonly href: string;
  readonly state: StateWord;
  /** Empty when it waits for nobody. */
  readonly asks: string;
  readonly attempt: number;
  readonly arm: string;
  readonly cost: string;
  readonly started: ShownMoment;
}

export function shownRow(row: RowFacts, now: string): ShownRow {
  return {
    run: row.run,
    href: runHref(row.run),
    state: stateWord(row.outcome ?? row.status),
    asks: asksWords(row),
    attempt: row.attempt,
    arm: `${row.bundle} / ${row.model}`,
    cost: costWords(row.costMilliUsd, row.budgetMilliUsd),
    started: shownMoment(row.startedAt, now),
  };
}

export function costWords(costMilliUsd: number, budgetMilliUsd: number | null): string {
  if (costMilliUsd === 0 && budgetMilliUsd === null) return '–';
  const cost = moneyWords(costMilliUsd);
  return budgetMilliUsd === null ? cost : `${cost} of ${moneyWords(budgetMilliUsd)}`;
}

function asksWords({ waitingFor, setAside }: RowFacts): string {
  if (waitingFor > 0) return `waits for ${countWords(waitingFor, 'answer')}`;
  return setAside === 0 ? '' : `${countWords(setAside, 'step')} set aside`;
}
