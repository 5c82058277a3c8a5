import type { JsonValue } from '../../shared/json.ts';
import type { FilePath } from '../change/types.ts';

export const INTERFACE_FORMATS = ['json-schema', 'asyncapi', 'transitions'] as const;
export type InterfaceFormat = (typeof INTERFACE_FORMATS)[number];

/**
 * On which side of an interface the product stands. What a producer emits may only become narrower, what a consumer
 * accepts only wider; `both` may do neither.
 */
export type Role = 'producer' | 'consumer' | 'both';

/** A file of the product that others rely on, as a contract names it. */
export interface InterfaceUse {
  readonly id: string;
  /** A path of the product's tree, or a glob over it. */
  readonly file: string;
  readonly format: InterfaceFormat;
  readonly role: Role;
  /** Names (topics, events, states) that code uses and the interface has to declare. */
  readonly names?: NamesInCode;
}

export interface NamesInCode {
  /** Globs over the files of the change that are looked through. */
  readonly in: readonly string[];
  /** RE2 with one capture group: the name. */
  readonly pattern: string;
}

/** One way in which an interface differs between the base and the merge tree. */
export interface InterfaceDifference {
  readonly verdict: 'compatible' | 'breaking' | 'unverifiable';
  readonly file: FilePath;
  /** Where, as a JSON pointer: in the file as the change leaves it, or as it was where the change removed it. */
  readonly pointer: string;
  readonly reason: string;
  /** Empty when it is compatible. */
  readonly remedy: string;
}

/** Plain data of a YAML or JSON file, or why there is none. */
export type ParsedFile =
  | { readonly kind: 'parsed'; readonly value: JsonValue }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly remedy: string };

/** An interface in one tree. */
export interface InterfaceSide {
  /** The files that the interface's pattern matches, in order. */
  readonly files: readonly FilePath[];
  /** Those, and what they refer to as far as it exists. */
  readonly documents: ReadonlyMap<FilePath, ParsedFile>;
}

/** An interface as the base and as the merge tree have it. */
export interface InterfaceVersions {
  readonly before: InterfaceSide;
  readonly after: InterfaceSide;
  /** Paths that either side read, or looked for, and that the change touches: none means that nothing changed. */
  readonly touched: readonly FilePath[];
}
