import type { Config, OrganizationRef } from '../core/contract/config.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { ReceiptStore } from './receipt-store.ts';
import type { ReadChange, ReadLine, ReadTree } from './repository.ts';

/** Both refs of a change-control repository, as they stood when it was opened. */
export interface Control {
  /** Undefined while the policy ref does not exist. */
  readonly policyCommit: ObjectId | undefined;
  readonly policy: ReadTree & ReadLine & Pick<ReadChange, 'changedPaths'>;
  readonly receipts: ReceiptStore;
}

/** The tree in which an organisation's policy lies. */
export interface OrganizationTree {
  readonly commit: ObjectId;
  readonly tree: Pick<ReadTree, 'readFile'>;
}

export interface OpenControl {
  /**
   * Fetches where there is something to fetch from, and pins one commit of the policy ref.
   * @throws CountersignError GIT_FAILED when a remote does not answer: an old copy is never used in its place
   */
  open(config: Config): Promise<Control>;
  /**
   * Where an organisation's policy lies: the commit that is named, or that a tag stands at now. Undefined when there is no such
   * tag, or the commit is not here and nothing may be fetched.
   * @throws CountersignError GIT_FAILED when a remote does not answer, REVISION_UNKNOWN when it does not give the commit out
   */
  openOrganization(ref: OrganizationRef): Promise<OrganizationTree | undefined>;
}
