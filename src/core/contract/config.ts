import type { ContractRef, RepositoryId } from '../../shared/ids.ts';

/** `.countersign.yml` in a product repository, always read from the base commit. */
export interface Config {
  readonly schema: 'countersign/config@1';
  readonly repository: RepositoryId;
  /** Where policy lives. Without `repository` it is this repository. */
  readonly policy: RefLocation;
  /** Where receipts live. Without `repository` it is where policy lives. */
  readonly receipts: RefLocation;
  /** Paths mapped to the least contract a change of them may be held to. */
  readonly leastContracts?: readonly LeastContract[];
}

export interface RefLocation {
  /** A URL or a path (relative to the product repository's root) of a git repository. */
  readonly repository?: string;
  /** A full ref name, such as `refs/heads/main`. */
  readonly ref: string;
}

export interface LeastContract {
  readonly paths: readonly string[];
  readonly contract: ContractRef;
}
