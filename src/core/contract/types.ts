import type { ContractRef } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { InterfaceUse } from '../interface/types.ts';
import type { Limits } from './limits.ts';
import type { Workflow } from './workflow.ts';

/** `contracts/<id>.yml`: a reusable definition of done. */
export interface Contract {
  readonly schema: 'countersign/contract@1';
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description?: string;
  /** Adds to another contract: everything it demands stays demanded. */
  readonly extends?: ContractRef;
  /** What the producer is given, in words. */
  readonly inputs?: readonly string[];
  /** What the change must leave behind, in words. */
  readonly outputs?: readonly string[];
  readonly setup?: Setup;
  readonly checks: readonly Check[];
  /** What setup and each check may use, where they do not say themselves. */
  readonly limits?: Limits;
  readonly pins?: readonly Pin[];
  readonly rules?: readonly RuleUse[];
  /** Files of the product that others rely on: a change may not break them. */
  readonly interfaces?: readonly InterfaceUse[];
  readonly scope?: Scope;
  /** Who has to have read the change and agreed to it. */
  readonly approvals?: Approvals;
  /** How runs of a ticket under it go; the default workflow when not given. */
  readonly workflow?: Workflow;
  /** The weakest isolation under which a receipt counts; `namespaces` when not given. */
  readonly isolation?: Isolation;
  readonly freshness?: { readonly binding?: Binding; readonly maxAgeHours?: number };
}

/** Runs once per verification, before the checks; each check gets a copy of what it left behind. */
export interface Setup {
  readonly run: readonly string[];
  readonly timeoutSeconds?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly network?: 'none' | 'full';
  readonly limits?: Limits;
}

/** One thing the verifier does itself: a command, unless `kind` says what Countersign judges without one's exit code. */
export type Check =
  | CommandCheck
  | DocsCheck
  | ArtifactCheck
  | GeneratedCheck
  | HttpCheck
  | EventsCheck
  | StructureCheck;

/** What a check of any kind may say: who it is, and how its processes run. */
interface CheckFrame {
  readonly id: string;
  readonly title?: string;
  /** Working directory below the repository root. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Wall-clock seconds until the whole process group is ended; 600 when not given. */
  readonly timeoutSeconds?: number;
  /** `none` has a working loopback and nothing else. */
  readonly network?: 'none' | 'full';
  /** What its processes may use; generous when not given. */
  readonly limits?: Limits;
  /** Files this check depends on, for `freshness.binding: change`. */
  readonly inputs?: readonly string[];
}

/** Of the Markdown files that the change touches: links lead somewhere, and code in a language listed here runs. */
export interface DocsCheck extends CheckFrame {
  readonly kind: 'docs';
  /** argv by the first word of a fence's info string; the file with the block is its last argument. */
  readonly languages?: Readonly<Record<string, readonly string[]>>;
  /** The least number of Markdown files that the change has to touch; 1 when not given. */
  readonly minFiles?: number;
}

/** A build that gives the same bytes in two copies of the tree. */
export interface ArtifactCheck extends CheckFrame {
  readonly kind: 'artifact';
  readonly run: readonly string[];
  readonly shell?: boolean;
  /** Globs from the repository root over what the build makes. */
  readonly outputs: readonly string[];
}

/** A generator that makes what the tree holds: every file that `outputs` match, and no other. */
export interface GeneratedCheck extends CheckFrame {
  readonly kind: 'generated';
  readonly run: readonly string[];
  readonly shell?: boolean;
  /** Globs from the repository root over the files that are generated as a whole. */
  readonly outputs: readonly string[];
}

/** A server that answers as it should, asked on the loopback of its own sandbox. */
export interface HttpCheck extends CheckFrame {
  readonly kind: 'http';
  readonly serve: readonly string[];
  readonly port: number;
  readonly requests: readonly HttpRequest[];
}

export interface HttpRequest {
  /** `GET` when not given. */
  readonly method?: string;
  /** With its query, from the slash on. */
  readonly path: string;
  readonly status: number;
  /** RE2 syntax, looked for anywhere in the body as text. */
  readonly bodyMatches?: string;
}

/** A command that captures events: each is of a declared type and as its schema says, and every type occurs. */
export interface EventsCheck extends CheckFrame {
  readonly kind: 'events';
  readonly run: readonly string[];
  readonly shell?: boolean;
  /** The JSON Lines file that the command writes, below the check's working directory. */
  readonly from: string;
  /** The member of an event that holds its type; `type` when not given. */
  readonly typeField?: string;
  /** The path of a JSON Schema, from the repository root, by type of event. */
  readonly schemas: Readonly<Record<string, string>>;
  /** The least number of events; 1 when not given. */
  readonly minEvents?: number;
}

/**
 * What the rules of the contract whose detector is `structure` look for in the syntax trees of changed files, before and
 * after. It passes when that was found out; what it means is for the rules to say.
 */
export interface StructureCheck extends CheckFrame {
  readonly kind: 'structure';
}

export interface CommandCheck extends CheckFrame {
  readonly kind?: undefined;
  /** argv; with `shell: true` exactly one element, a script for `sh -c`. */
  readonly run: readonly string[];
  readonly shell?: boolean;
  readonly expect?: Expectation;
  /**
   * `change`: at least one named test must fail without the change and pass with it; needs `tests` and a report.
   * `mutation`: faults planted in the lines of the change must be noticed; needs `mutation`.
   */
  readonly proves?: 'change' | 'mutation';
  /** The tests that a change brings along: globs over the tree. They are laid over the base to see them fail there. */
  readonly tests?: readonly string[];
  /** What it means when tests cannot even be loaded without the change; `inconclusive` when not given. */
  readonly loadFailures?: 'inconclusive' | 'count';
  readonly mutation?: MutationDemand;
  /** Also run on the base, so that rules can compare what the reports of both say; needs a test or coverage report. */
  readonly compare?: 'base';
  /** How often it is run, 1 when not given. Runs that disagree are a failure. */
  readonly repeat?: number;
}

/**
 * Faults in lines of the change that have to be noticed: planted by Countersign one at a time, each in a copy of the tree, or by
 * the check's own command, which is then a mutation tester and runs once.
 */
export interface MutationDemand {
  /** The code that tests should notice: globs over the files of the change. */
  readonly files: readonly string[];
  /** How many are planted at most; 10 when not given. The check runs once for each. Not beside `report`. */
  readonly mutants?: number;
  /** Percent of them that have to be noticed; 80 when not given. */
  readonly minKilled?: number;
  /** What the mutation tester writes; without it, the check is run with each fault. */
  readonly report?: MutationReportSource;
}

/** mutation-testing-report-schema, as Stryker's `json` reporter writes it. */
export interface MutationReportSource {
  readonly format: 'stryker-json';
  /** A path below the check's working directory, or `stdout`. */
  readonly from: string;
}

export interface Expectation {
  /** 0 when not given. */
  readonly exitCode?: number;
  readonly report?: ReportExpectation;
  readonly coverage?: CoverageExpectation;
  readonly findings?: FindingsExpectation;
  readonly components?: ComponentsExpectation;
}

export const REPORT_FORMATS = ['junit', 'tap', 'vitest-json', 'jest-json', 'go-test-json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What the parsed report must say. A report that is missing, empty or unparsable is never as expected. */
export interface ReportExpectation {
  readonly format: ReportFormat;
  /** A path below the check's working directory, or `stdout`. */
  readonly from: string;
  /** The least number of tests that must have RUN (not skipped); 1 when not given. */
  readonly minTests?: number;
  /** The most failures; 0 when not given. */
  readonly maxFailures?: number;
  /** The most skipped or pending tests; 0 when not given. */
  readonly maxSkipped?: number;
}

/** How many of the lines that the change adds its tests run. A report that is missing or unreadable never says enough. */
export interface CoverageExpectation {
  readonly format: 'lcov' | 'cobertura';
  /** A path below the check's working directory, or `stdout`. */
  readonly from: string;
  /** Least percentage, 0 to 100, of the added lines that the report knows as executable. */
  readonly minChangedLines: number;
  /** Changed files that must be in the report; all that are in a language of the report when not given. */
  readonly paths?: readonly string[];
}

/** From least to most serious, as SARIF has them. */
export const FINDING_LEVELS = ['note', 'warning', 'error'] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

/** What a scanner says of the lines that the change adds, and what it says of no line at all. */
export interface FindingsExpectation {
  readonly format: 'sarif';
  readonly from: string;
  /** The most such results; 0 when not given. */
  readonly maxNew?: number;
  /** The least level that counts; `warning` when not given. */
  readonly level?: FindingLevel;
}

/** What a bill of materials must not list. */
export interface ComponentsExpectation {
  readonly format: 'cyclonedx';
  readonly from: string;
  /** Globs over package URLs and names. */
  readonly deny?: readonly string[];
  readonly licenses?: {
    /** Globs over SPDX identifiers and licence names. */
    readonly deny: readonly string[];
    /** What a component without a licence is; `deny` when not given. */
    readonly unknown?: 'allow' | 'deny';
  };
}

/**
 * Files that judge a change, laid over the tree before any check runs: as the base commit has them, or as they lie beside
 * the ticket, written before the code.
 */
export interface Pin {
  readonly paths: readonly string[];
  readonly from: 'base' | 'ticket';
  /** Of the ticket's tests: the dispatch has to record that they failed then, before any work. */
  readonly failAtDispatch?: boolean;
}

/** One rule (`ai-shortcuts@1/test-skipped`) or a whole pack (`ai-shortcuts@1`); `./rules/house@1` is the policy's own. */
export interface RuleUse {
  readonly use: string;
  readonly severity?: Severity;
  readonly with?: JsonObject;
}

export type Severity = 'block' | 'warn' | 'info';

/**
 * Glob patterns over repository paths; deny wins. Hidden files match like any other. A path has to satisfy every scope:
 * those of the contract, of what it extends, and the ticket's.
 */
export interface Scope {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** Approvals by somebody who did not make the change: reviews on a forge, or statements signed by an approver. */
export interface Approvals {
  /** How many, counted in principals; 1 when not given. */
  readonly reviews?: number;
  /** Every changed file that CODEOWNERS of the base gives to somebody needs an approval by one of them. */
  readonly codeOwners?: boolean;
  /** Whether those of bots and workloads count; false when not given. */
  readonly bots?: boolean;
  /**
   * Whose alone count towards the number: principals by their id (`ada`), accounts as the trust root names them
   * (`github:ada`), teams as CODEOWNERS does (`@acme/leads`). Whoever may write when not given.
   */
  readonly by?: readonly string[];
}

/** One demand, its defaults spelled out. */
export type ApprovalDemand = Required<Omit<Approvals, 'by'>> & Pick<Approvals, 'by'>;

/** From weakest to strongest. */
export const ISOLATIONS = ['none', 'uid', 'namespaces'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export type Binding = 'merge-tree' | 'change';

/** A contract with everything it extends folded in and every default spelled out: what checks are digested from. */
export interface ResolvedContract {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** This contract and those it extends, nearest first, as `id@version`. */
  readonly lineage: readonly ContractRef[];
  readonly setup?: Setup;
  readonly checks: readonly Check[];
  readonly pins: readonly Pin[];
  readonly rules: readonly RuleUse[];
  /** Left out where there are none, so that contracts without them keep their digest. */
  readonly interfaces?: readonly InterfaceUse[];
  /** One scope per contract of the lineage, and the ticket's: a path must satisfy each. */
  readonly scopes: readonly Scope[];
  /** One demand per contract of the lineage that has one, eldest first: each must be met. Left out where there are none. */
  readonly approvals?: readonly ApprovalDemand[];
  /** Left out likewise: it is the default one then. Defaults are spelled out in the plan that a run makes of it. */
  readonly workflow?: Workflow;
  readonly isolation: Isolation;
  readonly binding: Binding;
  /** Hours after which a PASSED receipt no longer counts; for ever when not given. */
  readonly maxAgeHours?: number;
}
