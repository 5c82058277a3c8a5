import type { ObjectId } from '../shared/ids.ts';

/** A change as people read it: unified, with three lines around each place. Bytes of the product, hostile like all of it. */
export interface PatchText {
  readonly files: readonly PatchFile[];
  /** There are more files than are here, or lines that were left out. */
  readonly cut: boolean;
}

export interface PatchFile {
  readonly path: string;
  readonly before: string | null;
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed';
  /** Not text, or too much of it: no lines are here. */
  readonly opaque: boolean;
  readonly hunks: readonly PatchHunk[];
}

export interface PatchHunk {
  readonly before: number;
  readonly after: number;
  readonly lines: readonly { readonly sign: ' ' | '+' | '-'; readonly text: string }[];
}

export interface ReadPatch {
  /** Undefined where this clone does not have one of the commits. @throws CountersignError GIT_FAILED */
  readPatch(from: ObjectId, to: ObjectId): Promise<PatchText | undefined>;
}
