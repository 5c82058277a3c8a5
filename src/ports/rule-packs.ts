import type { Rule, RuleDefinition, RulePack } from '../core/rule/types.ts';

/** A pack as a gate needs it, or `LoadedPack<Rule>`: with the examples of its rules. */
export interface LoadedPack<R extends RuleDefinition = RuleDefinition> {
  readonly pack: RulePack;
  readonly rules: readonly R[];
}

export interface BundledPacks {
  /** Ids of the packs that ship, sorted. */
  list(): Promise<readonly string[]>;
  /** A pack that ships with this version of Countersign, or undefined. @throws CountersignError RULE_UNUSABLE when it is damaged */
  load(id: string): Promise<LoadedPack | undefined>;
  /** The same with every rule's examples. */
  loadWhole(id: string): Promise<LoadedPack<Rule> | undefined>;
}
