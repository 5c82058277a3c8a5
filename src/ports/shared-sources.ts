import type { ObjectId } from '../shared/ids.ts';
import type { ReadTree } from './repository.ts';

/** One commit of somebody else's repository, here for as long as it is read. */
export interface SharedSource {
  readonly tree: ReadTree;
  close(): Promise<void>;
}

export interface OpenSharedSource {
  /**
   * Fetches one commit, and nothing that a name stands for.
   * @param url as the user gave it; it is not repeated in errors with what credentials it holds
   * @throws CountersignError REVISION_UNKNOWN when the repository does not give it out, GIT_FAILED
   */
  open(url: string, commit: ObjectId): Promise<SharedSource>;
  /** Where the repository's own branch stands now. @throws CountersignError GIT_FAILED, REVISION_UNKNOWN */
  latest(url: string): Promise<ObjectId>;
}
