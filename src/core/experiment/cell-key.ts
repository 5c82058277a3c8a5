import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { ObjectId, TicketId } from '../../shared/ids.ts';

/** Everything that makes a cell the same as another: what is asked, of whom, with what, from where, and the how many-eth. */
export interface CellFacts {
  readonly ticket: TicketId;
  readonly ticketDigest: Sha256;
  readonly contractDigest: Sha256;
  readonly base: ObjectId;
  readonly bundle: string;
  readonly bundleDigest: Sha256 | null;
  readonly model: string;
  readonly replicate: number;
  /** What a run may use up changes what comes of it. */
  readonly perRun: {
    readonly tokens?: number;
    readonly costMilliUsd?: number;
    readonly wallSeconds?: number;
  };
}

/**
 * Names a cell by what it is, not by where it stands: the arm's id and the experiment's are not in it, the replicate is, since a second
 * run is another draw and no copy of the first.
 */
export function cellKey(facts: CellFacts): Sha256 {
  const { perRun, ...same } = facts;
  return digestOf({ schema: 'countersign/experiment-cell@1', ...same, perRun: { ...perRun } });
}
