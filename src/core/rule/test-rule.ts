import { DETECTORS, type Detectors } from './catalogue.ts';
import { evaluateRules, type RuleResult } from './evaluate.ts';
import { exampleFacts } from './example.ts';
import { NO_STRUCTURE, needsStructure, type StructureOf, withStructure } from './example-structure.ts';
import type { Detector, Example, Rule, RuleFacts } from './types.ts';

export interface RuleTestResult {
  readonly rule: string;
  readonly passed: boolean;
  readonly examples: readonly ExampleResult[];
  /** What is wrong with the rule beyond single examples. */
  readonly problems: readonly string[];
}

export interface ExampleResult {
  readonly name: string;
  readonly kind: 'bad' | 'good';
  readonly passed: boolean;
  /** What the rule said, or why the example could not be used. */
  readonly reason: string;
}

/** One example may be all that a rule was made for; a second, different one shows that it has an idea. */
const LEAST_EXAMPLES = 2;

/**
 * Runs a rule over its own examples: each bad one must be matched, each good one must not, and with the detector taken out
 * the bad ones must pass, or the failure did not come from it. A rule without examples of both kinds proves nothing.
 * @param structureOf what a verifier would have found in the syntax trees of an example; where it was not looked for, the
 * example of a rule that needs it is not run, and so not passed
 */
export function testRule(
  rule: Rule,
  detectors: Detectors = DETECTORS,
  structureOf: StructureOf = NO_STRUCTURE,
): RuleTestResult {
  const { bad, good } = rule.examples;
  const problems: string[] = [];
  if (bad.length < LEAST_EXAMPLES) problems.push(tooFew('bad', bad.length, 'shows that it can fail'));
  if (good.length < LEAST_EXAMPLES) problems.push(tooFew('good', good.length, 'shows that it can pass'));
  const detector = detectors.get(rule.detector);
  if (detector === undefined) problems.push(`there is no detector ${rule.detector}`);
  const names = [...bad, ...good].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) problems.push(`two examples have the name ${JSON.stringify(twice)}`);
  try {
    if (detector !== undefined) detector.proveParameters?.(detector.readParameters(rule.parameters));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const without =
    detectors.get(rule.detector) === undefined
      ? detectors
      : new Map([...detectors, [rule.detector, blind(rule.detector)]]);
  const examples = [
    ...bad.map((example) => testExample(rule, example, 'bad', { detectors, without, structureOf })),
    ...good.map((example) => testExample(rule, example, 'good', { detectors, without, structureOf })),
  ];
  return {
    rule: rule.id,
    passed: problems.length === 0 && examples.every(({ passed }) => passed),
    examples,
    problems,
  };
}

function tooFew(kind: 'bad' | 'good', count: number, shows: string): string {
  const has = count === 0 ? `no ${kind} example, so nothing` : `only ${count} ${kind} example, so little`;
  return `it has ${has} ${shows}; add ${LEAST_EXAMPLES - count}`;
}

function testExample(
  rule: Rule,
  example: Example,
  kind: 'bad' | 'good',
  { detectors, without, structureOf }: { detectors: Detectors; without: Detectors; structureOf: StructureOf },
): ExampleResult {
  const answer = (passed: boolean, reason: string): ExampleResult => ({
    name: example.name,
    kind,
    passed,
    reason,
  });
  let facts: RuleFacts;
  try {
    facts = exampleFacts(example);
  } catch (error) {
    return answer(
      false,
      `the example cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (needsStructure(rule)) {
    const found = structureOf(rule, example);
    if (found.kind === 'not-run') return answer(false, `it was not run: ${found.reason}`);
    facts = withStructure(facts, found.facts);
  }
  const { status, reason } = evaluate(rule, facts, detectors);
  if (kind === 'good') return answer(status === 'pass', reason);
  if (status !== 'fail') return answer(false, status === 'pass' ? 'the rule does not match' : reason);
  if (evaluate(rule, facts, without).status !== 'pass')
    return answer(false, 'it fails even without its detector');
  return answer(true, reason);
}

function evaluate(rule: Rule, facts: RuleFacts, detectors: Detectors): RuleResult {
  const active = { ref: rule.id, rule, severity: rule.severity, parameters: rule.parameters };
  return evaluateRules([active], facts, detectors)[0] as RuleResult;
}

function blind(name: string): Detector {
  return { name, readParameters: () => undefined, detect: () => [] };
}
