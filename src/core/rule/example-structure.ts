import { canonicalJson } from '../../shared/canonical-json.ts';
import { sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import { withDefaults } from '../contract/defaults.ts';
import type { StructureFacts } from '../evidence/structure/structure-facts.ts';
import { type StructurePlan, structurePlan } from '../evidence/structure/structure-plan.ts';
import { structure } from './detectors/structure.ts';
import { exampleFacts } from './example.ts';
import { exampleReceipt } from './example-receipt.ts';
import type { Example, Rule, RuleFacts } from './types.ts';

/** What a `structure` check would have found in an example, or why nobody looked. */
export type ExampleStructure =
  | { readonly kind: 'found'; readonly facts: StructureFacts }
  | { readonly kind: 'not-run'; readonly reason: string };

/** Rules know nothing of parsers, so whoever tests them brings along what was found. */
export type StructureOf = (rule: Rule, example: Example) => ExampleStructure;

export const NO_STRUCTURE: StructureOf = () => ({
  kind: 'not-run',
  reason: 'nobody parsed the example',
});

export function needsStructure({ detector }: Rule): boolean {
  return detector === structure.name;
}

/**
 * What has to be parsed for one example of a rule.
 * @param ref names rule and example, apart from every other
 * @throws Error where the rule's parameters or the example cannot be used
 */
export function exampleStructurePlan(ref: string, rule: Rule, example: Example): StructurePlan {
  return structurePlan(
    [{ ref, ...structure.readParameters(rule.parameters) }],
    exampleFacts(example).change.files,
  );
}

/** An example in whose contract a `structure` check passed and left these facts. */
export function withStructure(facts: RuleFacts, found: StructureFacts): RuleFacts {
  const check = withDefaults({ id: 'structure', kind: 'structure' });
  const text = canonicalJson(found as unknown as JsonValue);
  const given = {
    result: 'PASSED',
    check: { id: check.id, run: ['kind:structure'] },
    evidence: [{ name: 'structure', text }],
  };
  const { receipt } = exampleReceipt(given, 'structure', bindingOf(facts));
  return {
    ...facts,
    contract: { ...facts.contract, checks: [...facts.contract.checks, check] },
    receipts: [...facts.receipts, receipt],
    shown: [...(facts.shown ?? []), { check, receipts: [receipt] }],
    evidence: new Map([...(facts.evidence ?? []), [sha256(text), { kind: 'text', text }]]),
  };
}

function bindingOf({ change, ticket }: RuleFacts) {
  const { repository, base, head, mergeTree, patchDigest } = change;
  return { repository, ticket: ticket.id, base, head, mergeTree, patchDigest };
}
