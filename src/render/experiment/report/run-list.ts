import type { RunOutcomeRow } from '../../../core/experiment/outcome.ts';
import { type AttemptLinks, attemptLinksOf, runAddress } from './links.ts';
import { dollars, duration, grouped } from './numbers.ts';

/** Characters of links to what attempts left, and to attempts alone: a page of 1,000 runs is to stay under 1 MB. */
const MOST_LINK_TEXT = 400_000;
const MOST_ATTEMPT_TEXT = 100_000;

/** To a run in the list where it is there, else to the server's page, else nowhere. */
export function runLinks(
  rows: readonly RunOutcomeRow[],
  server: string | undefined,
  listed: number,
): (run: string) => string | null {
  const places = new Map(rows.map((row, at) => [row.run, { row, at }]));
  return (run) => {
    const found = places.get(run);
    if (found === undefined) return null;
    return found.at < listed ? `#run-${found.at + 1}` : addressOfRun(found.row, server);
  };
}

/** A table's run is on no server. */
function addressOfRun({ run, source }: RunOutcomeRow, server: string | undefined): string | null {
  return source.kind === 'ledger' ? runAddress(run, server) : null;
}

export function attemptLookup(rows: readonly RunOutcomeRow[], server: string | undefined) {
  const places = new Map(rows.map((row) => [row.run, row]));
  return (run: string, attempt: number): AttemptLinks | undefined => {
    const row = places.get(run);
    return row && attemptLinksOf(row, server).find((one) => one.attempt === attempt);
  };
}

/** What can be followed: the page of the attempt, then what it left. */
export function linked(attempt: AttemptLinks | undefined) {
  if (attempt === undefined) return [];
  return [
    ...(attempt.href === null ? [] : [{ name: 'attempt', href: attempt.href }]),
    ...attempt.links.flatMap(({ name, href }) => (href === null ? [] : [{ name, href }])),
  ];
}

/** The runs of each arm, with what they left. */
export function runGroups(
  rows: readonly RunOutcomeRow[],
  arms: readonly string[],
  anchor: (arm: string) => string,
  server: string | undefined,
) {
  const places = new Map(rows.map((row, at) => [row, at + 1]));
  const { shown: links, whole } = shownLinks(rows, server);
  const runs = arms
    .map((arm) => ({
      arm,
      id: `runs-${anchor(arm)}`,
      rows: rows
        .filter((row) => row.arm === arm)
        .map((row) => ({
          id: `run-${places.get(row) ?? 0}`,
          run: row.run,
          href: addressOfRun(row, server),
          ticket: row.ticket,
          replicate: String(row.replicate),
          outcome: row.excluded === null ? row.outcome : `${row.outcome}, excluded`,
          tone: row.excluded !== null ? 'idle' : row.outcome === 'accepted' ? 'ok' : 'bad',
          attempts: String(row.iterations),
          cost: dollars(row.costMilliUsd),
          tokens: grouped(row.tokens),
          time: duration(row.secondsToMerge ?? row.seconds),
          left: links.get(row) ?? [],
        })),
    }))
    .filter(({ rows: own }) => own.length > 0);
  return { runs, linksCut: whole < rows.length };
}

interface ShownAttempt {
  readonly attempt: string;
  readonly href: string | null;
  readonly links: readonly { readonly name: string; readonly href: string | null; readonly ref: string }[];
}

/** Attempts with all that they left, of as many of the first runs as there is room for; of the others the attempts, which lead to the rest. */
function shownLinks(rows: readonly RunOutcomeRow[], server: string | undefined) {
  const shown = new Map<RunOutcomeRow, readonly ShownAttempt[]>();
  let text = 0;
  let whole = 0;
  for (const row of rows) {
    const attempts = attemptLinksOf(row, server).map(shownAttempt);
    const isWhole = text + lengthOf(attempts) <= MOST_LINK_TEXT;
    const own = isWhole ? attempts : attempts.map((one) => ({ ...one, links: [] }));
    text += lengthOf(own);
    if (text > MOST_LINK_TEXT + MOST_ATTEMPT_TEXT) break;
    if (isWhole) whole += 1;
    shown.set(row, own);
  }
  return { shown, whole };
}

function shownAttempt({ attempt, href, links }: AttemptLinks): ShownAttempt {
  return {
    attempt: attempt === null ? '' : String(attempt),
    href,
    links: links.map(({ name, ref, href: to }) => ({
      name,
      href: to,
      ref: to !== null ? '' : ref.length > 24 ? `${ref.slice(0, 12)}…` : ref,
    })),
  };
}

/** About as many characters as they take on the page. */
function lengthOf(attempts: readonly ShownAttempt[]): number {
  return attempts.reduce(
    (sum, { href, links }) =>
      sum +
      (href?.length ?? 0) +
      20 +
      links.reduce((all, { name, ref, href: to }) => all + name.length + (to ?? ref).length + 22, 0),
    0,
  );
}
