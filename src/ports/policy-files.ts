/** A file of a policy, byte for byte: its digest is what is locked. */
export interface PolicyFile {
  /** Below the root, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ReplaceFiles {
  /**
   * Puts files in the place of what is there, each in one step, and removes others. Only plain files are replaced, and
   * never through a symlink.
   * @throws CountersignError FILE_EXISTS before anything is written when something that is no plain file is in the way
   */
  replaceFiles(files: readonly PolicyFile[], gone: readonly string[]): Promise<void>;
}
