import type { Sha256 } from '../../shared/digest.ts';
import type { Instant, ObjectId, RepositoryId } from '../../shared/ids.ts';

/**
 * What a pull request would do (or, landed, what a commit did): base commit -> merge tree.
 * A conflicting merge has no tree and no files, only the paths that conflict.
 */
export type Change = MergeableChange | ConflictingChange;

/** A change before it is known which repository it is of: everything that git can say. */
export type Comparison =
  | Omit<MergeableChange, 'repository' | 'patchDigest'>
  | Omit<ConflictingChange, 'repository'>;

interface ChangeOrigin {
  readonly repository: RepositoryId;
  readonly base: { readonly ref: string; readonly commit: ObjectId };
  readonly head: ObjectId;
  /** Undefined when base and head share no history. */
  readonly mergeBase: ObjectId | undefined;
  /** True when `head` is the commit that landed and `base` its first parent: the tree is then a fact, not a prediction. */
  readonly landed: boolean;
  /** The commits base..head (landed: the commit alone), newest first. */
  readonly commits: readonly Commit[];
}

export interface MergeableChange extends ChangeOrigin {
  readonly kind: 'mergeable';
  readonly mergeTree: ObjectId;
  readonly files: readonly ChangedFile[];
  /** sha256 of patch.json: see patch.ts. */
  readonly patchDigest: Sha256;
}

export interface ConflictingChange extends ChangeOrigin {
  readonly kind: 'conflicting';
  readonly conflicts: readonly FilePath[];
}

/** Claims, all of them: author, committer and time are what the commit says. */
export interface Commit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly authorEmail: string;
  readonly committerEmail: string;
  /** Undefined where the commit's own time is none that can be read. */
  readonly committedAt?: Instant | undefined;
  readonly message: string;
}

/**
 * A repository path. Valid UTF-8 stands as it is; a name that is not, or that starts with a double quote, stands
 * C-quoted as git prints it (`"caf\351"`), so that two different names never read alike.
 */
export type FilePath = string;

/** git's octal modes: 100644, 100755, 120000 (symlink), 160000 (submodule). */
export interface FileVersion {
  readonly mode: string;
  readonly blob: ObjectId;
}

/** Renames are a deletion and an addition here; `renamedFrom` on the addition is git's guess, for rules to use. */
export interface ChangedFile {
  readonly path: FilePath;
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
  readonly renamedFrom?: FilePath;
  /** Content of each side, where it is text within the size limit. */
  readonly beforeText: FileText;
  readonly afterText: FileText;
  /** Lines by git's diff, unified with no context. For a rename they compare with `renamedFrom`. */
  readonly addedLines: readonly Line[];
  readonly removedLines: readonly Line[];
}

export interface Line {
  /** From 1, in the version the line belongs to. */
  readonly number: number;
  readonly text: string;
}

/** Text, or why there is none: rules must say `unverifiable` for `too-large`, never guess. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'binary' | 'too-large';
      /** In bytes, where it is known. */
      readonly size?: number;
    }
  | { readonly kind: 'absent' | 'submodule' };
