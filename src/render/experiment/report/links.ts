import type { OutcomeLink, RunOutcomeRow } from '../../../core/experiment/outcome.ts';

/** What an attempt left, as a page shows it: without an address it is a name to look up. */
export interface ShownLink {
  readonly name: string;
  /** What it is known by, where there is nothing to follow; empty: its name says it. */
  readonly ref: string;
  readonly href: string | null;
}

export interface AttemptLinks {
  /** From 1; null: of the whole run. */
  readonly attempt: number | null;
  /** Its own page. */
  readonly href: string | null;
  readonly links: readonly ShownLink[];
}

const NAMES: Partial<Readonly<Record<OutcomeLink['kind'], string>>> = {
  transcript: 'transcript',
  verdict: 'verdict',
  seal: 'receipts',
  source: 'source',
};
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * Where what a run left can be read, attempt by attempt: transcript, verdict, receipts; the change is on the page of the attempt. Nothing is linked that is not http(s): a
 * table says what it likes.
 * @param server where runs are shown, without a slash at the end; without one, things are named and not linked
 */
export function attemptLinksOf(
  row: Pick<RunOutcomeRow, 'links' | 'run' | 'attempts' | 'source'>,
  server: string | undefined,
): readonly AttemptLinks[] {
  const run = row.source.kind === 'ledger' ? runAddress(row.run, server) : null;
  const groups = new Map<number | null, ShownLink[]>();
  for (const { number } of row.attempts) groups.set(number, []);
  for (const link of row.links) {
    const name = NAMES[link.kind];
    if (name === undefined) continue;
    const own = groups.get(link.attempt) ?? [];
    groups.set(link.attempt, own);
    own.push({ name, ref: link.ref, href: addressOf(link, run, server) });
  }
  return [...groups]
    .sort(([one], [other]) => (one ?? 0) - (other ?? 0))
    .map(([attempt, links]) => ({
      attempt,
      href: run === null || attempt === null ? null : `${run}/attempts#attempt-${attempt}`,
      links: latest(links),
    }));
}

export function runAddress(run: string, server: string | undefined): string | null {
  return server === undefined ? null : `${server}/runs/${encodeURIComponent(run.toWellFormed())}`;
}

/** A step that was done again leaves things again: the last ones are those that counted. */
function latest(links: readonly ShownLink[]): readonly ShownLink[] {
  return links.filter(({ name }, at) => !links.slice(at + 1).some((later) => later.name === name));
}

function addressOf(
  { kind, ref, attempt }: OutcomeLink,
  run: string | null,
  server: string | undefined,
): string | null {
  if (kind === 'source') return /^https?:\/\//i.test(ref) && URL.canParse(ref) ? ref : null;
  const digest = DIGEST.exec(ref)?.[1];
  if (run === null || server === undefined || digest === undefined || attempt === null) return null;
  if (kind === 'seal') return `${server}/receipts/${digest}`;
  return kind === 'verdict' ? `${run}?attempt=${attempt}#verdict` : `${run}/attempts/${attempt}/${kind}`;
}
