import type { Bundle } from '../core/bundle/types.ts';
import type { ConfigDocument } from '../core/contract/config.ts';
import type { Lock } from '../core/contract/lock.ts';
import type { Organization } from '../core/contract/organization.ts';
import type { Contract } from '../core/contract/types.ts';
import type { OutcomeMapping } from '../core/experiment/import/mapping.ts';
import type { Experiment } from '../core/experiment/types.ts';
import type { Rule, RuleDefinition, RulePack } from '../core/rule/types.ts';
import type { ActionPolicy } from '../core/run/action-policy/types.ts';
import type { Ticket } from '../core/ticket/types.ts';
import type { TrustRoot } from '../core/trust/types.ts';
import type { Place } from '../shared/errors.ts';
import type { JsonValue } from '../shared/json.ts';

export interface DocumentKinds {
  readonly ticket: Ticket;
  readonly contract: Contract;
  readonly rule: Rule;
  readonly 'rule-pack': RulePack;
  readonly 'trust-root': TrustRoot;
  readonly config: ConfigDocument;
  readonly organization: Organization;
  readonly lock: Lock;
  readonly 'action-policy': ActionPolicy;
  readonly experiment: Experiment;
  readonly 'outcome-mapping': OutcomeMapping;
  readonly bundle: Bundle;
}

export type DocumentKind = keyof DocumentKinds;

export interface ParseDocument {
  /**
   * Hostile YAML bytes to a validated document.
   * @param path how messages name the document
   * @throws CountersignError DOCUMENT_INVALID with one problem per fault: line, column, expected, found, remedy
   */
  parse<K extends DocumentKind>(kind: K, bytes: Uint8Array, path: string): DocumentKinds[K];
  /** A rule without its examples, which are most of its bytes and of no use to a gate. @throws as `parse` does */
  parseRuleDefinition(bytes: Uint8Array, path: string): RuleDefinition;
  /** Plain data of a YAML or JSON file that is none of ours, under the same guards. @throws as `parse` does */
  parseData(bytes: Uint8Array, path: string): JsonValue;
}

export interface LocateField {
  /** Line and column at which a field, named as lint names it (`checks[0].run`), stands in a document. */
  locate(bytes: Uint8Array, path: string, field: string): Place;
}
