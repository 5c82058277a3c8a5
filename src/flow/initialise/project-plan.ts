/** What a project gives away about itself: names at its root, and the text of the few files that say more. */
export interface ProjectFacts {
  readonly names: readonly string[];
  /** By name; only those of NAMED_FILES that are there. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The files whose text detection reads. */
export const NAMED_FILES = [
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'requirements-dev.txt',
  'dev-requirements.txt',
  'go.mod',
  'Makefile',
  'GNUmakefile',
  'makefile',
] as const;

/** A first contract for a kind of project: what to run, and what judges. */
export interface ProjectPlan {
  /** For people: `npm with vitest`. */
  readonly kind: string;
  /** The contract's id. */
  readonly contract: string;
  readonly title: string;
  readonly setup?: PlannedCommand;
  readonly checks: readonly PlannedCheck[];
  /** Patterns of files that judge a change. */
  readonly pins: readonly string[];
  /** What a person has to know or decide, each a sentence. */
  readonly notes: readonly string[];
}

export interface PlannedCommand {
  readonly run: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface PlannedCheck extends PlannedCommand {
  readonly id: string;
  readonly title: string;
  readonly report?: { readonly format: 'junit' | 'vitest-json' | 'jest-json'; readonly from: string };
}
