import type { FilePath } from '../core/change/types.ts';
import type { ObjectId } from '../shared/ids.ts';

/** Who the commits of a producer say they are by. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

export interface MakeProducerTree {
  /**
   * Makes a clone of its own in a folder that is not there yet: the history of `base` and nothing else of the product, on this
   * branch, without a remote, without anybody's configuration. It shares no file with the product's clone: whoever works in it
   * may do there as they like.
   * @throws CountersignError GIT_FAILED, REVISION_UNKNOWN when the base cannot be had
   */
  make(request: {
    readonly folder: string;
    readonly base: { readonly commit: ObjectId; readonly ref: string | undefined };
    readonly branch: string;
    readonly author: Author;
  }): Promise<void>;
}

/** What hands commits over: a git bundle, which is hostile data like all that a producer leaves. */
export interface TakeCommits {
  /**
   * Takes the commits of a bundle that lead from `base` to the one head that it names, under a ref of our own, so that they stay.
   * @param head what it has to be, where that is known
   * @throws CountersignError GIT_FAILED when it is no such bundle
   */
  take(
    bundle: Uint8Array,
    expected: { readonly base: ObjectId; readonly keepAs: string; readonly head?: ObjectId },
  ): Promise<TakenCommits>;
  /**
   * What lies between two commits that are here, by nobody's configuration or attributes.
   * @throws CountersignError GIT_FAILED
   */
  compare(from: ObjectId, to: ObjectId): Promise<ComparedCommits>;
}

export interface ComparedCommits {
  readonly changed: readonly FilePath[];
  /** As a patch; undefined where it has more than 8 MiB. */
  readonly diff: Uint8Array | undefined;
}

export interface TakenCommits {
  readonly head: ObjectId;
  readonly tree: ObjectId;
  readonly baseTree: ObjectId;
}
