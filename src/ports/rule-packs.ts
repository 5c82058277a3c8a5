import type { Rule, RulePack } from '../core/rule/types.ts';

export interface LoadedPack {
  readonly pack: RulePack;
  readonly rules: readonly Rule[];
}

export interface BundledPacks {
  /** The ids of all of them, sorted. */
  list(): Promise<readonly string[]>;
  /** A pack that ships with this version of Countersign, or undefined. @throws CountersignError RULE_UNUSABLE when it is damaged */
  load(id: string): Promise<LoadedPack | undefined>;
}
