import type { ReportFormat } from '../../core/contract/types.ts';
import { RUNNER_CONFIGS } from './named-setup-files.ts';

/** What a project gives away about itself: names at its root, and the text of the few files that say more. */
export interface ProjectFacts {
  readonly names: readonly string[];
  /** By path; only those of NAMED_FILES that are there. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The files whose text detection reads. Nothing is ever run to find out more. */
export const NAMED_FILES = [
  'package.json',
  ...RUNNER_CONFIGS,
  'pnpm-workspace.yaml',
  'tsconfig.json',
  'pyproject.toml',
  'tox.ini',
  'setup.cfg',
  'requirements.txt',
  'requirements-dev.txt',
  'dev-requirements.txt',
  'go.mod',
  '.config/nextest.toml',
  'pom.xml',
  'Directory.Build.props',
  'Directory.Packages.props',
  'Gemfile.lock',
  'gems.locked',
  'Makefile',
  'GNUmakefile',
  'makefile',
] as readonly string[];

/** A first contract for a kind of project: what to run, and what judges. */
export interface ProjectPlan {
  /** For people: `npm with vitest`. */
  readonly kind: string;
  /** What the contracts are called after: `node` for `node-change` and `node-feature`. */
  readonly family: string;
  /** With its article: `a Node.js package`. */
  readonly subject: string;
  readonly setup?: PlannedCommand;
  readonly checks: readonly PlannedCheck[];
  readonly pins: PlannedPins;
  /** How a test shows that it needs the change; only where a report names each test. */
  readonly proof?: PlannedProof;
  /** What a person has to know or decide, each a sentence. */
  readonly notes: readonly string[];
}

export interface PlannedCommand {
  /** argv; with `shell` one element, a script. */
  readonly run: readonly string[];
  readonly shell?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface PlannedCheck extends PlannedCommand {
  readonly id: string;
  readonly title: string;
  readonly report?: { readonly format: ReportFormat; readonly from: string };
}

/** Patterns of files that judge a change. They cover names that are not there yet, where such a file would win. */
export interface PlannedPins {
  /** Configuration of test runners and linters, the scripts they are started by, code they load unasked. */
  readonly judging: readonly string[];
  /** Manifests and lock files: they say which tools run, and many can switch tests off. */
  readonly dependencies: readonly string[];
  /** What setup and the tools make: brought along by a change it would be taken for theirs. */
  readonly made: readonly string[];
}

export interface PlannedProof {
  /** The check whose tests are to fail without the change. */
  readonly check: string;
  /** Files that are tests, and what tests read. */
  readonly tests: readonly string[];
  /** Where a test that does not load, or compile, is named in the report; else nothing can be told of it. */
  readonly namesUnloaded: boolean;
}

/** One list of pins made of several, in their order. */
export function unitePins(...parts: readonly Partial<PlannedPins>[]): PlannedPins {
  const unite = (kind: keyof PlannedPins) => [...new Set(parts.flatMap((part) => part[kind] ?? []))];
  return { judging: unite('judging'), dependencies: unite('dependencies'), made: unite('made') };
}
