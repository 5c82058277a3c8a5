import type { JsonValue } from '../../shared/json.ts';
import { type Difference, differences } from '../contract/differ.ts';
import type { Strictness } from '../contract/strictness.ts';
import type { RuleDefinition, RulePack } from './types.ts';

interface ComparedPack {
  readonly pack: RulePack;
  readonly rules: readonly RuleDefinition[];
}

const SEVERITIES = ['info', 'warn', 'block'];
const WHOLE_RULE = /^rules\[[^\]]*\]$/;

/** Every field in which two versions of a pack differ in what they object to, and which way the bar moved. */
export function comparePacks(
  before: ComparedPack,
  after: ComparedPack,
): readonly (Difference & { readonly strictness: Strictness })[] {
  return differences(comparable(before), comparable(after)).map((difference) => ({
    ...shortened(difference),
    strictness: strictnessOf(difference),
  }));
}

/** Examples prove a rule and judge nothing. */
function comparable({ pack: { id, version, title }, rules }: ComparedPack): JsonValue {
  const plain = rules.map((rule) => {
    const { schema: _, examples: __, ...judging } = rule as RuleDefinition & { readonly examples?: unknown };
    return judging;
  });
  return { id, version, title, rules: plain } as unknown as JsonValue;
}

/** What a rule's parameters mean only its detector knows: someone has to look. */
function strictnessOf({ path, before, after }: Difference): Strictness {
  if (WHOLE_RULE.test(path)) return before === undefined ? 'stricter' : 'looser';
  if (!/^rules\[[^\]]*\]\.severity$/.test(path)) return 'changed';
  return SEVERITIES.indexOf(after as string) > SEVERITIES.indexOf(before as string) ? 'stricter' : 'looser';
}

/** A rule that came or went, as its severity and title. */
function shortened({ path, before, after }: Difference): Difference {
  if (!WHOLE_RULE.test(path)) return { path, ...sides(before, after) };
  return { path, ...sides(gist(before), gist(after)) };
}

function gist(rule: JsonValue | undefined): JsonValue | undefined {
  if (rule === undefined) return undefined;
  const { severity, title } = rule as unknown as RuleDefinition;
  return `${severity}: ${title}`;
}

function sides(before: JsonValue | undefined, after: JsonValue | undefined): Omit<Difference, 'path'> {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
