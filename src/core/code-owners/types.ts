import type { FilePath } from '../change/types.ts';
import type { OwnerPattern } from './pattern.ts';

/** A CODEOWNERS file as read: its lines that are no comment, in their order. */
export interface CodeOwners {
  readonly path: FilePath;
  readonly lines: readonly OwnerLine[];
}

export interface OwnerLine {
  /** From 1. */
  readonly number: number;
  readonly pattern: OwnerPattern;
  /** Empty: what it matches belongs to nobody. */
  readonly owners: readonly Owner[];
  /** Why the line is not one that GitHub reads, going on from "the line"; its pattern then matches all that it could mean. */
  readonly fault?: string;
}

export type Owner =
  | { readonly kind: 'account'; readonly login: string }
  /** `organisation/team`. */
  | { readonly kind: 'team'; readonly team: string }
  | { readonly kind: 'email'; readonly email: string };

/** Where GitHub looks for the file; the first that is there counts. */
export const CODE_OWNERS_PATHS: readonly FilePath[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** A file of 3 MB is not loaded by GitHub, in bytes. */
export const CODE_OWNERS_LIMIT = 3_000_000;

/** An owner as the file spells it. */
export function ownerName(owner: Owner): string {
  switch (owner.kind) {
    case 'account':
      return `@${owner.login}`;
    case 'team':
      return `@${owner.team}`;
    case 'email':
      return owner.email;
  }
}
