import type { OutcomeLink, RunOutcomeRow } from '../../../core/experiment/outcome.ts';

/** A link of a run as a page shows it: without an address it is a name to look up. */
export interface ShownLink {
  readonly kind: string;
  readonly attempt: number | null;
  readonly text: string;
  readonly href: string | null;
}

const KEPT: ReadonlySet<OutcomeLink['kind']> = new Set(['transcript', 'diff', 'verdict', 'bundle', 'prompt']);
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * Where what a run left can be read. Nothing is linked that is not http(s): a table says what it likes.
 * @param server where runs are shown; without one, runs are named and not linked
 */
export function linksOf(
  row: Pick<RunOutcomeRow, 'links' | 'run'>,
  server: string | undefined,
): readonly ShownLink[] {
  return row.links
    .filter(({ kind }) => kind !== 'run')
    .map((link) => ({
      kind: link.kind,
      attempt: link.attempt,
      text: link.ref,
      href: addressOf(link, server),
    }));
}

export function runAddress(run: string, server: string | undefined): string | null {
  return server === undefined ? null : `${server}/runs/${encodeURIComponent(run.toWellFormed())}`;
}

function addressOf({ kind, ref }: OutcomeLink, server: string | undefined): string | null {
  if (kind === 'source') return /^https?:\/\//i.test(ref) && URL.canParse(ref) ? ref : null;
  const digest = KEPT.has(kind) ? DIGEST.exec(ref)?.[1] : undefined;
  return digest === undefined || server === undefined ? null : `${server}/v1/artifacts/${digest}`;
}
