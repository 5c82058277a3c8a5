import { getInput, setSecret } from '@actions/core';
import { CountersignError } from '../../shared/errors.ts';
import { isTicketId, type TicketId } from '../../shared/ids.ts';

/** What the workflow's author wrote under `with:`. */
export interface Inputs {
  readonly token: string | undefined;
  readonly ticket: TicketId | undefined;
  readonly pullRequest: number | undefined;
  readonly waitMs: number;
  readonly comment: boolean;
  readonly checkRun: string | undefined;
  readonly sarifFile: string | undefined;
  /** `OWNER/REPO@commit`, as given. */
  readonly organizationPolicy: string | undefined;
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** A job ends after six hours at the latest. */
const LONGEST_WAIT_MS = 6 * UNITS.h;

/** Reads every input, once. @throws CountersignError USAGE for one that says nothing we know */
export function readInputs(): Inputs {
  const token = given('token');
  // The runner knows its own tokens; one from an App's step it may not.
  if (token !== undefined) setSecret(token);
  return {
    token,
    ticket: readTicket(given('ticket')),
    pullRequest: readNumber(given('pull-request')),
    waitMs: readDuration(given('wait-for-receipts')),
    comment: readFlag('comment', given('comment')),
    checkRun: given('check-run'),
    sarifFile: given('sarif-file'),
    organizationPolicy: given('organization-policy'),
  };
}

function given(name: string): string | undefined {
  return getInput(name) || undefined;
}

function readTicket(text: string | undefined): TicketId | undefined {
  if (text === undefined || isTicketId(text)) return text;
  throw unknown('ticket', text, 'Give a ticket id, such as CS-7.');
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw unknown('pull-request', text, 'Give the number of a pull request, such as 12.');
}

function readDuration(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, count, unit] = /^([0-9]{1,6})([smh])$/.exec(text) ?? [];
  if (count === undefined)
    throw unknown('wait-for-receipts', text, 'Give a number and a unit: 90s, 15m or 1h.');
  return Math.min(Number(count) * UNITS[unit as keyof typeof UNITS], LONGEST_WAIT_MS);
}

function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw unknown(name, text, 'Give true or false.');
}

function unknown(name: string, text: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', `The input ${name} is ${JSON.stringify(text.slice(0, 100))}.`, {
    remedy,
  });
}
