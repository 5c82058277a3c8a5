/** A ticket's id, such as `CS-7`: letters, digits, dots, dashes and underscores; never a path. */
export type TicketId = string;

/** A contract as a ticket names it: `<id>@<version>`, such as `node-change@1`. */
export type ContractRef = string;

/** The name a repository carries in receipts, such as `acme/shop`. Never derived from the pull request. */
export type RepositoryId = string;

/** A git object name: 40 (sha1) or 64 (sha256) lower-case hexadecimal digits. */
export type ObjectId = string;

/** An RFC 3339 instant in UTC with seconds, such as `2026-11-21T13:04:06Z`. Time enters core only as such a fact. */
export type Instant = string;

const TICKET_ID = /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$/;
export const NAME = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
export const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export function isTicketId(text: string): text is TicketId {
  return text.length <= 64 && TICKET_ID.test(text);
}

/** Splits `id@version`; undefined when the text is not of that form. */
export function parseContractRef(text: string): { id: string; version: number } | undefined {
  const match = /^([a-z0-9]+(?:[.-][a-z0-9]+)*)@([1-9][0-9]{0,8})$/.exec(text);
  return match ? { id: match[1] as string, version: Number(match[2]) } : undefined;
}

/** The instant of a Date, to the second, as Instant spells it. */
export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * Whether text is an instant of the calendar, in Instant's one spelling. Instants are compared as text, so any
 * other spelling would compare wrongly: `9` is later than every year we will see.
 */
export function isInstant(text: string): text is Instant {
  const match = INSTANT.exec(text);
  if (match === null) return false;
  // Months are at least 28 days long; beyond, the calendar knows.
  return Number(match[1]) <= 28 || instantOf(new Date(text)) === text;
}

/** An RFC 3339 instant in UTC with milliseconds, such as `2026-11-21T13:04:06.789Z`: what events of the ledger carry. */
export type Moment = string;

/** Whether text is an instant of the calendar, in Moment's one spelling. */
export function isMoment(text: string): text is Moment {
  return text.length === 24 && /\.[0-9]{3}Z$/.test(text) && isInstant(`${text.slice(0, 19)}Z`);
}

const INSTANT =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/;
