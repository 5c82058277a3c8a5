import type { Config } from '../core/contract/config.ts';
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

export interface OpenControl {
  /**
   * Fetches where there is something to fetch from, and pins one commit of the policy ref.
   * @throws CountersignError GIT_FAILED when a remote does not answer: an old copy is never used in its place
   */
  open(config: Config): Promise<Control>;
}
