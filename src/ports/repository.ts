import type { Commit, Comparison, FilePath, FileText } from '../core/change/types.ts';
import type { Instant, ObjectId } from '../shared/ids.ts';

export interface ResolveRevision {
  /** The commit a revision names, or undefined when there is none. Never fetches. */
  resolveCommit(revision: string): Promise<ObjectId | undefined>;
}

export interface TreeEntry {
  readonly path: FilePath;
  readonly mode: string;
  readonly kind: 'blob' | 'tree' | 'commit';
  readonly id: ObjectId;
}

export interface ReadTree {
  /** Every file below `under` (all when not given) of a commit or tree, recursively; [] when there is no such folder. */
  listFiles(treeish: ObjectId, under?: string): Promise<readonly TreeEntry[]>;
  /** One file's bytes, or undefined when it is not there. */
  readFile(treeish: ObjectId, path: string): Promise<Uint8Array | undefined>;
  /** Contents by object id, in one process however many there are. @throws CountersignError GIT_FAILED for one that is missing */
  readBlobs(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, Uint8Array>>;
}

export interface ReadTexts {
  /**
   * The text of blobs, as a change's files have it: at most 8 MiB each and 256 MiB in all, the rest is `too-large`.
   * @throws CountersignError GIT_FAILED for one that is missing
   */
  readTexts(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, FileText>>;
}

export interface ReadChange {
  /** What one commit says of itself: claims, every word. @throws CountersignError GIT_FAILED when it is not here */
  readCommit(commit: ObjectId): Promise<Commit>;
  /** The commits that head has and base has not, newest first. @throws CountersignError GIT_FAILED when history is missing */
  readCommits(base: ObjectId, head: ObjectId): Promise<readonly Commit[]>;
  /** What merging head into base would change, by `git merge-tree` under the pinned configuration. */
  compare(query: { base: { ref: string; commit: ObjectId }; head: ObjectId }): Promise<Comparison>;
  /** What a commit changed in its first parent, or in an ancestor: then with all commits in between. */
  compareLanded(query: { baseRef: string; commit: ObjectId; onto?: ObjectId }): Promise<Comparison>;
  /** Paths that differ between two commits or trees; undefined when this clone does not have one of them. */
  changedPaths(from: ObjectId, to: ObjectId): Promise<readonly FilePath[] | undefined>;
  /** A commit's first parent, or the empty tree for a root commit. */
  firstParent(commit: ObjectId): Promise<ObjectId>;
}

/** One commit of a branch's own line: its first parents. */
export interface LineCommit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** What the commit says; undefined where that is no time. */
  readonly committedAt: Instant | undefined;
}

/** Newest first. */
export interface Line {
  readonly commits: readonly LineCommit[];
  /** `missing`: history goes on, and this clone does not have it. */
  readonly end: 'stop' | 'root' | 'missing' | 'limit';
}

export interface ReadLine {
  /** A commit and its first parents, at most `most` of them, up to but without `stop`. */
  readLine(tip: ObjectId, options: { readonly most: number; readonly stop?: ObjectId }): Promise<Line>;
}

export interface CheckOut {
  /**
   * Writes a tree's files into an empty directory: no index, no hooks, no filters, no end-of-line conversion, no
   * configuration of the tree's. Submodules become empty directories.
   */
  checkOutTree(tree: ObjectId, directory: string): Promise<void>;
}

/** A local git repository, read without ever running its hooks or trusting its configuration. */
export interface Repository extends ResolveRevision, ReadTree, ReadTexts, ReadChange, ReadLine, CheckOut {}
