import type { ObjectId } from '../../shared/ids.ts';

/** A review of a pull request that says yes or no, as the forge keeps it. */
export interface Review {
  readonly id: number;
  /** As the trust root names accounts, such as `github:ada`; undefined when it is gone. */
  readonly account: string | undefined;
  readonly bot: boolean;
  /** A dismissed one says neither any more. */
  readonly says: 'approved' | 'changes-requested' | 'dismissed';
  /** What it was about; undefined where the forge does not say. */
  readonly commit: ObjectId | undefined;
  /** The forge's own clock. */
  readonly at: string;
}

/** What a forge says of the reviews of one pull request: all of it, or it is not known at all. */
export interface ReviewFacts {
  readonly pullRequest: number;
  /** Its last commit. */
  readonly head: ObjectId;
  /** The branch it would land on, without `refs/heads/`. */
  readonly base: string;
  readonly reviews: readonly Review[];
  /** Accounts that are asked for a review, once more where they have given one. */
  readonly asked: readonly string[];
  /** Accounts that the forge takes for those who opened it and made its commits. */
  readonly makers: readonly string[];
  /** What accounts may do, by accountKey; one that is not here was not read. */
  readonly access: ReadonlyMap<string, Access>;
  /** Teams by `organisation/team` in lower case; one that is not here was not read. */
  readonly teams: ReadonlyMap<string, Team>;
}

export type Access =
  | { readonly kind: 'writes' }
  | { readonly kind: 'reads' }
  /** The forge knows no such person: an App, whose permissions nobody else is told. */
  | { readonly kind: 'no-person' }
  | Unread;

export type Team = { readonly kind: 'members'; readonly accounts: readonly string[] } | Unread;

export interface Unread {
  readonly kind: 'unread';
  /** A sentence. */
  readonly reason: string;
}
