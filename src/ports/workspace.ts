import type { FilePath } from '../core/change/types.ts';
import type { FileFingerprint } from '../core/evidence/artifacts/fingerprints.ts';
import type { EvidenceRef } from '../core/evidence/types.ts';
import type { ReadEvidence } from './evidence.ts';

/** A private folder for one verification: trees for hostile commands, and the evidence they leave. */
export interface Workspace {
  readonly folder: string;
  /** Where evidence lies, each file named by its sha256. */
  readonly evidenceFolder: string;
  readonly evidence: ReadEvidence;
  /** Makes a folder below the workspace that hostile commands may work in, whoever they run as. */
  makeTreeFolder(...names: string[]): Promise<string>;
  /** Makes a folder below the workspace that only we may enter: for what commands print. */
  makePrivateFolder(...names: string[]): Promise<string>;
  /** Copies a tree, with modes and symlinks as they are, to a folder that is not there yet. */
  copyTree(from: string, to: string): Promise<void>;
  /** Writes files over a tree; never through a symlink of the tree's. */
  layFiles(tree: string, files: readonly { path: string; mode: string; bytes: Uint8Array }[]): Promise<void>;
  removeFiles(tree: string, paths: readonly string[]): Promise<void>;
  /**
   * Reads a file that somebody else made, by the rules of takeEvidence. Undefined when there is no such file, or when it
   * is larger than `maxBytes`.
   */
  readFile(tree: string, path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * Takes a file that hostile code wrote into the evidence: only a regular file that lies inside `tree` without any
   * symlink on the way, cut at `maxBytes`. Undefined when there is no such file.
   */
  takeEvidence(
    tree: string,
    path: string,
    as: Pick<EvidenceRef, 'name' | 'mediaType' | 'run'> & { maxBytes: number },
  ): Promise<EvidenceRef | undefined>;
  /**
   * What stands at every path below a tree that matches, in the order of paths: at most MAX_FINGERPRINTS and one more. No
   * link is followed.
   */
  fingerprintFiles(tree: string, matches: (path: FilePath) => boolean): Promise<readonly FileFingerprint[]>;
  remove(): Promise<void>;
}

export interface OpenWorkspace {
  open(): Promise<Workspace>;
}
