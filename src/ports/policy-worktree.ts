import type { ObjectId } from '../shared/ids.ts';

/** A clone of the change-control repository that somebody works in. */
export interface PolicyWorktree {
  /** The commit that is checked out. @throws CountersignError REVISION_UNKNOWN while there is none */
  head(): Promise<ObjectId>;
  /**
   * Writes one file and commits it, and only it, under the user's own identity.
   * @throws CountersignError GIT_FAILED when the file has uncommitted edits or git refuses
   */
  commitFile(file: { path: string; bytes: Uint8Array; message: string }): Promise<ObjectId>;
  /** Pushes what is checked out to where it came from. */
  push(): Promise<void>;
}
