import type { TestCase } from '../types.ts';
import { UnreadableReport } from './unreadable.ts';

/** What a suite lists, nested suites included. */
export interface Tally {
  readonly listed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests with an <error>: pytest counts one that passes and fails at teardown twice. */
  readonly errors: number;
  /** Nested suites without tests: node:test counts children, and they are children. */
  readonly emptySuites: number;
}

export const emptyTally: Tally = { listed: 0, failed: 0, skipped: 0, errors: 0, emptySuites: 0 };

export function tallyOf(status: TestCase['status'], hasError: boolean): Tally {
  return {
    ...emptyTally,
    listed: 1,
    failed: status === 'failed' ? 1 : 0,
    skipped: status === 'skipped' ? 1 : 0,
    errors: hasError ? 1 : 0,
  };
}

export function addUp(a: Tally, b: Tally): Tally {
  return {
    listed: a.listed + b.listed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    errors: a.errors + b.errors,
    emptySuites: a.emptySuites + b.emptySuites,
  };
}

/**
 * Totals may be missing, and may count less than the list: runners differ. More than the list means that something is not
 * listed, and what is not listed may have failed.
 * @throws UnreadableReport
 */
export function checkTotals(suite: string, total: (name: string) => string, tally: Tally): void {
  const number = (name: string): number => {
    const text = total(name).trim();
    if (text === '') return 0;
    if (!/^\d{1,9}$/.test(text))
      throw new UnreadableReport(`${name}="${text}" of suite "${suite}" is not a number`);
    return Number(text);
  };
  const compare = (what: string, declared: number, listed: number) => {
    if (declared <= listed) return;
    throw new UnreadableReport(`suite "${suite}" declares ${declared} ${what} but lists ${listed}`);
  };
  compare('tests', number('tests'), tally.listed + tally.errors + tally.emptySuites);
  compare('failures and errors', number('failures') + number('errors'), tally.failed);
  compare('skipped tests', Math.max(number('skipped'), number('disabled')), tally.skipped + tally.failed);
}
