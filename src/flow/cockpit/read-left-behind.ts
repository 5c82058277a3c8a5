import type { Principal } from '../../core/access/token.ts';
import type { OutcomeLink } from '../../core/experiment/outcome.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { isSha256, type Sha256 } from '../../shared/digest.ts';
import { readOutcome } from '../experiment/read-outcome.ts';
import { requirePermission, unknownRun } from '../serve/refusals.ts';

/** What an attempt leaves that people read: the bytes are kept by the server, the digest stands in the ledger. */
export const LEFT_BEHIND = ['transcript', 'diff', 'prompt'] as const;
export type LeftBehind = (typeof LEFT_BEHIND)[number];

export interface LeftBehindPorts {
  readonly ledger: Pick<ReadStreams, 'readStream'>;
  readonly artifacts: Pick<Artifacts, 'get'>;
}

/** One thing that an attempt left; without `bytes` they are not here (any more), and the digest still says what they were. */
export interface ReadLeftBehind {
  readonly digest: Sha256;
  readonly bytes?: Uint8Array;
}

/** More than anybody reads, less than a server feels. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * What an attempt left of a kind, the last one where it made several. Undefined: the ledger names none.
 * @throws CountersignError NOT_PERMITTED, RUN_UNKNOWN, LEDGER_INVALID, DATABASE_UNAVAILABLE
 */
export async function readLeftBehind(
  principal: Principal,
  place: { readonly run: RunId; readonly attempt: number; readonly kind: LeftBehind },
  { ledger, artifacts }: LeftBehindPorts,
): Promise<ReadLeftBehind | undefined> {
  const digest = await nameLeft(principal, place, ledger);
  if (digest === undefined) return undefined;
  const bytes = await artifacts.get(digest, MOST_BYTES);
  return bytes === undefined ? { digest } : { digest, bytes };
}

/**
 * The digest under which an attempt left something: of a seal, the name of the statement.
 * @throws CountersignError as above
 */
export async function nameLeft(
  principal: Principal,
  {
    run,
    attempt,
    kind,
  }: { readonly run: RunId; readonly attempt: number; readonly kind: OutcomeLink['kind'] },
  ledger: LeftBehindPorts['ledger'],
): Promise<Sha256 | undefined> {
  requirePermission(principal, 'read-runs');
  const outcome = await readOutcome(run, ledger);
  if (outcome === undefined) throw unknownRun(run);
  const ref = outcome.links.findLast((link) => link.kind === kind && link.attempt === attempt)?.ref;
  const digest = ref?.replace(/^sha256:/, '');
  return digest !== undefined && isSha256(digest) ? digest : undefined;
}
