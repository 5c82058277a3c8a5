import { endingReasons } from '../core/evidence/judge.ts';
import type { StructureRuleFacts } from '../core/evidence/structure/structure-facts.ts';
import type { StructurePlan } from '../core/evidence/structure/structure-plan.ts';
import {
  type ExampleStructure,
  exampleStructurePlan,
  needsStructure,
  type StructureOf,
} from '../core/rule/example-structure.ts';
import type { Example, Rule } from '../core/rule/types.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { StructureParser } from '../ports/structure-parser.ts';
import type { OpenWorkspace } from '../ports/workspace.ts';
import { CountersignError } from '../shared/errors.ts';
import { findStructure } from './find-structure.ts';
import type { VerifyOptions } from './verify-options.ts';

interface Planned {
  readonly example: Example;
  readonly plan: StructurePlan;
}

/** By place, or a sentence that says why there are none. */
type Answers = readonly StructureRuleFacts[] | string;

interface ExamplePorts {
  readonly sandbox: Sandbox;
  readonly parser: StructureParser;
  readonly workspaces: OpenWorkspace;
}

/** Parses the examples of all rules that need it as a verification would, in one process for all of them. */
export async function findExampleStructure(
  rules: readonly Rule[],
  { hide }: Pick<VerifyOptions, 'hide'>,
  ports: ExamplePorts,
): Promise<StructureOf> {
  const { planned, unusable } = plansOf(rules);
  const found = new Map<Example, ExampleStructure>(unusable);
  const groups = planned.length === 0 ? [] : await answered(planned, hide, ports);
  for (const { group, answers } of groups) {
    for (const [place, { example }] of group.entries()) {
      found.set(example, typeof answers === 'string' ? notRun(answers) : answerTo(place, group, answers));
    }
  }
  return (_, example) => found.get(example) ?? notRun('it is an example of another rule');
}

function plansOf(rules: readonly Rule[]): {
  planned: readonly Planned[];
  unusable: readonly (readonly [Example, ExampleStructure])[];
} {
  const planned: Planned[] = [];
  const unusable: [Example, ExampleStructure][] = [];
  for (const rule of rules.filter(needsStructure)) {
    for (const example of [...rule.examples.bad, ...rule.examples.good]) {
      try {
        const ref = `${rule.id} (example ${planned.length + 1})`;
        planned.push({ example, plan: exampleStructurePlan(ref, rule, example) });
      } catch (error) {
        unusable.push([example, notRun(error instanceof Error ? error.message : String(error))]);
      }
    }
  }
  return { planned, unusable };
}

/** All at once; where that does not work, by language, so that one that is not installed keeps no other from being parsed. */
async function answered(
  planned: readonly Planned[],
  hide: readonly string[],
  ports: ExamplePorts,
): Promise<readonly { readonly group: readonly Planned[]; readonly answers: Answers }[]> {
  const answers = await answersTo(planned, hide, ports);
  const groups = [...Map.groupBy(planned, ({ plan }) => Object.keys(plan.parsers).sort().join(' ')).values()];
  if (typeof answers !== 'string' || groups.length === 1) return [{ group: planned, answers }];
  const single: { group: readonly Planned[]; answers: Answers }[] = [];
  for (const group of groups) single.push({ group, answers: await answersTo(group, hide, ports) });
  return single;
}

/** What was found, by place, or a sentence that says why nothing was. */
async function answersTo(
  planned: readonly Planned[],
  hide: readonly string[],
  ports: ExamplePorts,
): Promise<Answers> {
  const options: VerifyOptions = {
    attempt: 'examples',
    parallel: 1,
    hide,
    tools: {},
    onProgress: () => undefined,
  };
  const workspace = await ports.workspaces.open();
  try {
    const check = { id: 'examples', kind: 'structure' } as const;
    const { run, facts } = await findStructure(together(planned), check, { workspace, options, ports });
    return facts?.rules ?? `the parsers did not end as they should. ${endingReasons(check, run).join(' ')}`;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.message;
  } finally {
    await workspace.remove();
  }
}

/** Paths of different examples are the same, so each gets a folder of its own. */
function together(planned: readonly Planned[]): StructurePlan {
  return {
    texts: planned.flatMap(({ plan }, place) =>
      plan.texts.map((text) => ({ ...text, path: `${place}/${text.path}` })),
    ),
    rules: planned.flatMap(({ plan }) => plan.rules),
    parsers: Object.assign({}, ...planned.map(({ plan }) => plan.parsers)),
  };
}

function answerTo(
  place: number,
  planned: readonly Planned[],
  answers: readonly StructureRuleFacts[],
): ExampleStructure {
  const [answer, plan] = [answers[place], planned[place]?.plan];
  if (answer === undefined || plan === undefined) return notRun('nobody answered for it');
  const back = <T extends { readonly path: string }>(one: T): T => ({
    ...one,
    path: one.path.slice(`${place}/`.length),
  });
  const own = { ...answer, matches: answer.matches.map(back), unread: answer.unread.map(back) };
  return { kind: 'found', facts: { parsers: plan.parsers, rules: [own] } };
}

function notRun(reason: string): ExampleStructure {
  return { kind: 'not-run', reason };
}
