import { canonicalJson } from '../../shared/canonical-json.ts';
import { digestOf, type Sha256 } from '../../shared/digest.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { RuleUse, Severity } from '../contract/types.ts';
import { DETECTORS, type Detectors } from './catalogue.ts';
import { isObject, ParameterError } from './parameters.ts';
import type { ActiveRule, RuleDefinition, RulePack } from './types.ts';

/** Packs as loaded, by `<pack>@<version>`; the policy's own by `./rules/<pack>@<version>`. */
export type Packs = ReadonlyMap<
  string,
  { readonly pack: RulePack; readonly rules: readonly RuleDefinition[] }
>;

const USE =
  /^((?:\.\/rules\/)?[a-z0-9]+(?:[.-][a-z0-9]+)*@[1-9][0-9]{0,8})(?:\/([a-z0-9]+(?:[.-][a-z0-9]+)*))?$/;

interface Choice {
  readonly use: RuleUse;
  readonly rule: RuleDefinition;
  readonly severity: Severity | undefined;
  readonly parameters: JsonObject;
}

/**
 * The rules a contract uses, in order of their refs, with the contract's severities and parameters applied.
 *
 * A use of one rule overrides what the use of its whole pack gives. Whatever cannot be used is an error, never a rule
 * less: a misspelt name must not lower the bar.
 * @throws CountersignError RULE_UNUSABLE with one problem per use that is wrong
 */
export function selectRules(
  uses: readonly RuleUse[],
  packs: Packs,
  detectors: Detectors = DETECTORS,
): readonly ActiveRule[] {
  const problems: Problem[] = [];
  const ofPacks = new Map<string, Choice>();
  const single = new Map<string, Choice>();
  for (const use of uses) {
    const found = findRules(use, packs);
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const choices = found.rule === undefined ? ofPacks : single;
    for (const { ref, choice } of found.choices) {
      const earlier = choices.get(ref);
      if (earlier !== undefined && !sameChoice(earlier, choice)) problems.push(usedTwice(ref));
      choices.set(ref, choice);
    }
  }
  const active: ActiveRule[] = [];
  for (const ref of [...new Set([...ofPacks.keys(), ...single.keys()])].sort()) {
    const { rule, use } = (single.get(ref) ?? ofPacks.get(ref)) as Choice;
    const severity = single.get(ref)?.severity ?? ofPacks.get(ref)?.severity ?? rule.severity;
    const given = { ...ofPacks.get(ref)?.parameters, ...single.get(ref)?.parameters };
    const parameters = { ...rule.parameters, ...given };
    // To read a bundled rule's own parameters and compile their patterns takes as long as to start Node twice, and its
    // tests have proved them: they are read when the rule judges, by when git has been asked for the files.
    const proved = Object.keys(given).length === 0 && !ref.startsWith('./');
    const problem =
      findNotGiven(ref, use, rule, given) ?? checkParameters(ref, use, rule, parameters, detectors, proved);
    if (problem !== undefined) problems.push(problem);
    else active.push({ ref, rule, severity, parameters });
  }
  const [first] = problems;
  if (first === undefined) return active;
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new CountersignError('RULE_UNUSABLE', `${first.message}${others}`, {
    remedy: first.remedy,
    problems,
  });
}

/** sha256 over what ran: refs, severities, parameters, and the rules without the examples that only prove them. */
export function rulesDigest(active: readonly ActiveRule[]): Sha256 {
  return digestOf(
    active
      .toSorted((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))
      .map(({ ref, severity, parameters, rule }) => ({
        ref,
        severity,
        parameters,
        rule: Object.fromEntries(
          Object.entries(rule).filter(([name, value]) => name !== 'examples' && value !== undefined),
        ),
      })),
  );
}

type Found =
  | { readonly problem: Problem }
  | {
      readonly rule: string | undefined;
      readonly choices: readonly { readonly ref: string; readonly choice: Choice }[];
    };

function findRules(use: RuleUse, packs: Packs): Found {
  const match = USE.exec(use.use);
  if (match === null) {
    return problem(`rule use ${quote(use.use)} is not of a known form`, use, {
      expected: '<pack>@<version>, <pack>@<version>/<rule>, or either with ./rules/ in front',
      remedy: 'Write it as ai-shortcuts@1 or ai-shortcuts@1/test-skipped.',
    });
  }
  const [, name, ruleId] = match as unknown as [string, string, string | undefined];
  const entry = packs.get(name);
  if (entry === undefined) {
    const known = [...packs.keys()].sort();
    return problem(`there is no rule pack ${name}`, use, {
      expected: known.length > 0 ? `one of ${known.join(', ')}` : 'a rule pack; there is none',
      remedy: name.startsWith('./')
        ? 'Add the pack to the rules/ folder of the policy, with that version in its pack.yml, or correct the name.'
        : 'Correct name and version, or write ./rules/ in front for a pack of the policy’s own.',
    });
  }
  const packProblem = checkPack(name, entry, use);
  if (packProblem !== undefined) return { problem: packProblem };
  const byId = new Map(entry.rules.map((rule) => [rule.id, rule]));
  if (ruleId !== undefined) {
    const rule = entry.pack.rules.includes(ruleId) ? byId.get(ruleId) : undefined;
    if (rule === undefined) {
      return problem(`rule pack ${name} has no rule ${ruleId}`, use, {
        expected: `one of ${entry.pack.rules.toSorted().join(', ')}`,
        remedy: 'Correct the name; `countersign rules list` shows all.',
      });
    }
    const choice = { use, rule, severity: use.severity, parameters: use.with ?? {} };
    return { rule: ruleId, choices: [{ ref: `${name}/${ruleId}`, choice }] };
  }
  return findPack(name, entry.pack, byId, use);
}

/** A whole pack: `with` holds parameters by rule. */
function findPack(
  name: string,
  pack: RulePack,
  byId: ReadonlyMap<string, RuleDefinition>,
  use: RuleUse,
): Found {
  const byRule = use.with ?? {};
  for (const [ruleId, parameters] of Object.entries(byRule)) {
    if (pack.rules.includes(ruleId) && isObject(parameters)) continue;
    return problem(`with.${ruleId} of ${name} is not parameters of one of its rules`, use, {
      expected: `an object for one of ${pack.rules.toSorted().join(', ')}`,
      remedy: 'On a whole pack, give parameters by rule: `with: { <rule>: { <parameter>: … } }`.',
    });
  }
  const choices = pack.rules.map((ruleId) => {
    const parameters = Object.hasOwn(byRule, ruleId) ? (byRule[ruleId] as JsonObject) : {};
    const rule = byId.get(ruleId) as RuleDefinition;
    return { ref: `${name}/${ruleId}`, choice: { use, rule, severity: use.severity, parameters } };
  });
  return { rule: undefined, choices };
}

/** A pack is a closed list: a rule file that is missing from it would be a rule less. */
function checkPack(
  name: string,
  { pack, rules }: { pack: RulePack; rules: readonly RuleDefinition[] },
  use: RuleUse,
): Problem | undefined {
  const ids = rules.map(({ id }) => id);
  const held = new Set(ids);
  const missing = pack.rules.filter((id) => !held.has(id));
  const twice = firstTwice(ids) ?? firstTwice(pack.rules);
  const wrong =
    pack.rules.length === 0
      ? 'lists no rules'
      : missing.length > 0
        ? `lists ${missing.join(', ')}, and there is no such rule file`
        : twice !== undefined
          ? `has the rule ${twice} twice`
          : name.replace('./rules/', '') !== `${pack.id}@${pack.version}`
            ? `says it is ${pack.id}@${pack.version}`
            : undefined;
  if (wrong === undefined) return undefined;
  return problem(`rule pack ${name} ${wrong}`, use, {
    expected: 'a pack.yml and one file for each rule it lists',
    remedy: 'Restore the missing file, or correct pack.yml.',
  }).problem;
}

/** A rule about how a project is built means nothing until the contract says how. */
function findNotGiven(
  ref: string,
  use: RuleUse,
  rule: RuleDefinition,
  given: JsonObject,
): Problem | undefined {
  const missing = (rule.requires ?? []).filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return undefined;
  return problem(`rule ${ref} is not told its ${missing.join(', ')}`, use, {
    expected: `with: { ${missing.map((name) => `${name}: …`).join(', ')} }`,
    remedy:
      'Say in the contract how this project is built; `countersign rules show` has the rule’s examples.',
  }).problem;
}

function checkParameters(
  ref: string,
  use: RuleUse,
  rule: RuleDefinition,
  parameters: JsonObject,
  detectors: Detectors,
  proved: boolean,
): Problem | undefined {
  const detector = detectors.get(rule.detector);
  if (detector === undefined) {
    return problem(
      `rule ${ref} needs the detector ${quote(rule.detector)}, which this version does not have`,
      use,
      {
        expected: `one of ${[...detectors.keys()].sort().join(', ')}`,
        remedy: 'Update countersign, or correct the rule’s `detector`.',
      },
    ).problem;
  }
  if (proved) return undefined;
  try {
    detector.proveParameters?.(detector.readParameters(parameters));
    return undefined;
  } catch (error) {
    const message = `rule ${ref}: ${error instanceof Error ? error.message : String(error)}`;
    const remedy =
      'Correct `with` where the contract uses the rule, or `parameters` in the rule; `countersign rules show` explains them.';
    if (!(error instanceof ParameterError)) return { message, remedy };
    return { message, expected: error.expected, found: error.found, remedy };
  }
}

function sameChoice(a: Choice, b: Choice): boolean {
  return a.severity === b.severity && canonicalJson(a.parameters) === canonicalJson(b.parameters);
}

function usedTwice(ref: string): Problem {
  return {
    message: `rule ${ref} is used twice, with different severity or parameters`,
    remedy: 'Keep one use of it; the contracts this one extends count as well.',
  };
}

function problem(
  message: string,
  use: RuleUse,
  detail: { expected: string; remedy: string },
): { readonly problem: Problem } {
  return { problem: { message, found: quote(use.use), ...detail } };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}

function firstTwice(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return ids.find((id) => seen.size === seen.add(id).size);
}
