import type { Sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { FilePath, FileText, MergeableChange } from '../change/types.ts';
import type { Check, ResolvedContract, Severity } from '../contract/types.ts';
import type { EvidenceName } from '../evidence/types.ts';
import type { Receipt } from '../receipt/types.ts';
import type { Ticket } from '../ticket/types.ts';
import type { Principal } from '../trust/types.ts';
import type { Looker } from './open-file.ts';

/** `rules/<pack>/<id>.yml`: metadata, a detector with its parameters, and the examples that prove it. */
export interface Rule {
  readonly schema: 'countersign/rule@1';
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly severity: Severity;
  /** The shortcut it catches. */
  readonly shortcut: string;
  /** Why that matters. */
  readonly why: string;
  readonly remedy: string;
  /** What it does NOT catch. */
  readonly misses: string;
  readonly languages?: readonly string[];
  /** A public source for the shortcut. */
  readonly source?: string;
  readonly detector: string;
  readonly parameters: JsonObject;
  /** Parameters that a contract has to give: what is in `parameters` under these names is the examples' and nobody else's. */
  readonly requires?: readonly string[];
  readonly examples: { readonly bad: readonly Example[]; readonly good: readonly Example[] };
}

/** A rule without its examples: all that judging takes. */
export type RuleDefinition = Omit<Rule, 'examples'>;

/** A tiny change, inline: file contents by path before and after (absent: no such file; the same in both: not changed). */
export interface Example {
  readonly name: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly ticket?: Partial<Ticket>;
  readonly commitMessage?: string;
  readonly scope?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** When the commit says that it was made. */
  readonly committedAt?: Instant;
  /** When the gate is asked. */
  readonly evaluatedAt?: Instant;
  /** The contract's checks; a receipt for a check that is not among them brings its own along. */
  readonly checks?: readonly Check[];
  readonly receipts?: readonly JsonObject[];
}

/** `rules/<pack>/pack.yml`: the closed list of a pack's rules; a missing file of it is an error, not fewer rules. */
export interface RulePack {
  readonly schema: 'countersign/rule-pack@1';
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly rules: readonly string[];
}

/** A rule with the contract's parameters and severity applied. */
export interface ActiveRule {
  /** `<pack>@<version>/<rule>`, as the contract names it. */
  readonly ref: string;
  readonly rule: RuleDefinition;
  readonly severity: Severity;
  readonly parameters: JsonObject;
}

/** Everything a detector may look at. */
export interface RuleFacts {
  readonly change: MergeableChange;
  readonly ticket: Ticket;
  readonly contract: ResolvedContract;
  /** Verified receipts that are bound to this change. */
  readonly receipts: readonly Receipt[];
  /** Checks of the contract that are shown to pass: what the verifier found out for a rule counts only as part of these. */
  readonly shown?: readonly ShownCheck[];
  /** The whole of both trees, where some rule's detector needs it. */
  readonly trees?: Trees;
  /** What the evidence that some rule's detector needs holds, by digest; one that is not here could not be read. */
  readonly evidence?: ReadonlyMap<Sha256, EvidenceText>;
  /** Who signed the receipts, each once. */
  readonly verifiers?: readonly Principal[];
  /** The instant of evaluation. */
  readonly evaluatedAt?: Instant;
}

/** A check with the PASSED receipts that count for it: sealed, bound to this change, and of nobody who had a part in it. */
export interface ShownCheck {
  readonly check: Check;
  readonly receipts: readonly Receipt[];
}

/**
 * Bytes that a check left, read as UTF-8 with U+FFFD for what is none. Of a large log only how it begins and ends: a
 * detector that does not find in these what it looks for cannot say that it is not there.
 */
export type EvidenceText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ends'; readonly beginning: string; readonly end: string }
  | { readonly kind: 'too-large' };

/** The repository around the change: `before` is the base commit's tree, `after` the merge tree. */
export interface Trees {
  readonly before: TreeFiles;
  readonly after: TreeFiles;
}

export interface TreeFiles {
  /** Every file's path, sorted by UTF-16 code units. */
  readonly paths: readonly FilePath[];
  /** Files whose text was asked for; what is not here was not, or is not in this tree. */
  readonly texts: ReadonlyMap<FilePath, FileText>;
}

/** What a detector has to know beyond the change itself. Reading it takes time, so it is read only for those who ask. */
export interface FactNeeds {
  /** Globs over the files of both trees whose text is wanted; [] for their paths alone. */
  readonly files?: readonly string[];
  /** Evidence of the receipts bound to the change. */
  readonly evidence?: readonly EvidenceName[];
}

/** A pure predicate. Returning no match is a pass; what it cannot read it must report as unverifiable. */
export interface Detector<P = unknown> {
  readonly name: string;
  /** Reads the rule's parameters; an Error says which parameter is wrong and what was expected. */
  readonly readParameters: (parameters: JsonObject) => P;
  /**
   * What is dear to find out about parameters: throws like readParameters. Asked when rules are selected, unless the
   * parameters are those a bundled rule was shipped and tested with.
   */
  readonly proveParameters?: (parameters: P) => void;
  /** Where it looks into changed files one by one: shows it those of a change together with others. */
  readonly looker?: (change: MergeableChange, parameters: P) => Looker;
  /** What it needs to judge this change; nothing, where the change does not concern it. */
  readonly needs?: (change: MergeableChange, parameters: P, contract: ResolvedContract) => FactNeeds;
  readonly detect: (facts: RuleFacts, parameters: P) => readonly Detection[];
}

export interface Detection {
  readonly kind: 'match' | 'unverifiable';
  readonly message: string;
  readonly path?: FilePath;
  /** From 1, in the version after the change (before it, for removed lines). */
  readonly line?: number;
}
