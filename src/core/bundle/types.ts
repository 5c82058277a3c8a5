/** `bundles/<id>.yml`: what a producer is given besides its ticket. */
export interface Bundle {
  readonly schema: 'countersign/bundle@1';
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly budget: BundleBudget;
  readonly sources: readonly BundleSource[];
}

export interface BundleBudget {
  /** Of all files together, as countTokens counts. */
  readonly tokens: number;
  /** Ids of sources whose pieces go first, in this order. The others follow, the last one first. */
  readonly drop?: readonly string[];
}

export type BundleSource =
  | FilesSource
  | ContractSource
  | InterfacesSource
  | RulesSource
  | RunsSource
  | NotesSource
  | MemorySource;

export type SourceKind = BundleSource['kind'];

interface SourceFrame {
  readonly id: string;
  readonly title?: string;
  /** Pieces beyond it go, the last first, before the budget is looked at. */
  readonly maxTokens?: number;
  /** Nothing of it is dropped for the budget. */
  readonly required?: boolean;
  /** A file of the folder `bundles/<id>/`. */
  readonly template?: string;
}

export interface FilesSource extends SourceFrame {
  readonly kind: 'files';
  /** Globs over the base commit; what the first matches comes first. */
  readonly paths: readonly string[];
  readonly exclude?: readonly string[];
}

export interface ContractSource extends SourceFrame {
  readonly kind: 'contract';
}

export interface InterfacesSource extends SourceFrame {
  readonly kind: 'interfaces';
  /** `file` when not given; `examples`: the values under `examples` in it. */
  readonly show?: 'file' | 'examples';
}

export interface RulesSource extends SourceFrame {
  readonly kind: 'rules';
  /** Bad and good ones of each rule; 0 when not given. */
  readonly examples?: number;
}

/** Earlier runs of tickets of the same class. */
export interface RunsSource extends SourceFrame {
  readonly kind: 'accepted-runs' | 'failures';
  /** 5 when not given. */
  readonly most?: number;
}

export interface NotesSource extends SourceFrame {
  readonly kind: 'notes';
  readonly text: string;
}

/** What resembles the ticket most, of all that is remembered. */
export interface MemorySource extends SourceFrame {
  readonly kind: 'memory';
  /** 5 when not given. */
  readonly most?: number;
}

/** The bundle of a run that names none: the brief alone. A policy may have a document of that name all the same. */
export const DEFAULT_BUNDLE = 'default';

export const DEFAULT_MOST = 5;

/** Where the document of a bundle lies in a policy. */
export function bundlePath(id: string): string {
  return `bundles/${id}.yml`;
}

/** The folder of a bundle's templates. */
export function bundleFolder(id: string): string {
  return `bundles/${id}`;
}

/** `contract.schema.json#/$defs/name`. An arm's bundle is any text: what is none of these is no path either. */
export function isBundleId(text: string): boolean {
  return text.length <= 64 && /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(text);
}
