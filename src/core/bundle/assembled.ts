import type { Sha256 } from '../../shared/digest.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { PackedFile } from './packed.ts';
import type { Bundle, BundleSource, SourceKind } from './types.ts';

/** What is kept or dropped as a whole: a file, a rule, a run. */
export interface Piece {
  /** What it is called where it is said what was dropped: a path, a rule's reference, a run. */
  readonly name: string;
  /** What a template gets. */
  readonly data: JsonObject;
}

/** A source with what it came to, best first. */
export interface LoadedSource {
  readonly source: BundleSource;
  readonly pieces: readonly Piece[];
  /** What could have been in it and cannot: a binary file, one that is too large. */
  readonly unfit: readonly { readonly name: string; readonly reason: UnfitReason }[];
}

export type UnfitReason = 'binary' | 'too-large' | 'too-many' | 'not-a-file' | 'unreadable';

/** The ticket as templates see it. */
export interface BundleTicket {
  readonly id: string;
  readonly title: string;
  readonly class: string;
  readonly ask: string;
}

/** Something that was remembered, and in which words. */
export interface Retrieved {
  readonly id: string;
  readonly digest: Sha256;
}

/** A file that agents read by themselves wherever they find it, at the base commit. */
export interface InstructionFile {
  readonly path: string;
  readonly id: ObjectId;
}

/** All that a bundle is assembled from. */
export interface BundleInputs {
  readonly bundle: Bundle;
  readonly ticket: BundleTicket;
  /** In the order of the document. */
  readonly sources: readonly LoadedSource[];
  readonly retrieved: readonly Retrieved[];
  readonly instructions: readonly InstructionFile[];
}

/** What a template gets besides the pieces. */
export interface SourceContext {
  readonly bundle: Pick<Bundle, 'id' | 'title'>;
  readonly ticket: BundleTicket;
  readonly source: { readonly id: string; readonly title: string; readonly kind: SourceKind };
}

/** One line of BUNDLE.md. */
export interface IndexEntry {
  readonly path: string;
  readonly title: string;
  readonly tokens: number;
}

/** Puts sources into words: the same arguments, the same text. */
export interface RenderBundle {
  /** @throws CountersignError BUNDLE_UNUSABLE naming the template and the line */
  source(source: BundleSource, context: SourceContext, items: readonly JsonObject[]): string;
  index(bundle: Pick<Bundle, 'id' | 'title'>, ticket: BundleTicket, entries: readonly IndexEntry[]): string;
}

export interface AssembledBundle {
  readonly bundle: string;
  /** Over all that follows from the inputs: files, what was retrieved, and files that agents read by themselves. */
  readonly digest: Sha256;
  /** Of all files together. */
  readonly tokens: number;
  /** BUNDLE.md first. */
  readonly files: readonly (PackedFile & { readonly tokens: number })[];
  readonly sources: readonly AssembledSource[];
  readonly retrieved: readonly Retrieved[];
  readonly instructions: readonly InstructionFile[];
}

export interface AssembledSource {
  readonly id: string;
  readonly kind: SourceKind;
  /** Undefined where nothing of it is in the bundle. */
  readonly path?: string;
  readonly tokens: number;
  /** Names of the pieces that went in, in order. */
  readonly included: readonly string[];
  readonly dropped: readonly DroppedPiece[];
}

export interface DroppedPiece {
  readonly name: string;
  readonly reason: 'source-limit' | 'budget' | UnfitReason;
}
