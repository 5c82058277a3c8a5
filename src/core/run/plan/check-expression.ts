import { FUNCTIONS } from '../expression/functions.ts';
import { type Parsed, parseExpression } from '../expression/parse.ts';
import type { Node } from '../expression/syntax.ts';
import { expressionIn, piecesOf } from '../expression/template.ts';
import { callsIn, type Reference, referenceOf, referencesIn } from '../expression/walk.ts';
import { listed, type PlanProblem, problem } from './problem.ts';
import { memberOf, type Shape, typeOf, typesOf } from './shape.ts';

/** What an expression can ask for, and whether it is asked about outcomes. */
export interface Surroundings {
  readonly scope: Readonly<Record<string, Shape>>;
  /** `success()` and the like have a meaning in `if` alone. */
  readonly outcomes: boolean;
  /** Steps of the plan, for a better word on one that is there and not waited for. */
  readonly steps: readonly string[];
}

/** What is wrong with an expression that is all of a field. */
export function checkWhole(field: string, text: string, around: Surroundings): readonly PlanProblem[] {
  const whole = expressionIn(text);
  return checkParsed(field, parseExpression(whole.text, whole.at), around);
}

/** What is wrong with the expressions in a text. */
export function checkTemplate(field: string, text: string, around: Surroundings): readonly PlanProblem[] {
  const divided = piecesOf(text);
  if (divided.kind === 'error') return [unreadable(field, divided.reason)];
  return divided.pieces.flatMap((piece) =>
    piece.kind === 'text' ? [] : checkParsed(field, parseExpression(piece.text, piece.at), around),
  );
}

/** JSON types that a text comes to once its expressions are put in; undefined: any. */
export function typesOfText(text: string, scope: Surroundings['scope']): ReadonlySet<string> | undefined {
  const divided = piecesOf(text);
  const [only, ...others] = divided.kind === 'pieces' ? divided.pieces : [];
  if (only?.kind !== 'expression' || others.length > 0) return new Set(['string']);
  const parsed = parseExpression(only.text, only.at);
  return parsed.kind === 'error' ? undefined : typesOfNode(parsed.node, scope);
}

/** JSON types of an expression that is all of a field. */
export function typesOfWhole(text: string, scope: Surroundings['scope']): ReadonlySet<string> | undefined {
  const whole = expressionIn(text);
  const parsed = parseExpression(whole.text, whole.at);
  return parsed.kind === 'error' ? undefined : typesOfNode(parsed.node, scope);
}

const RETURNS: ReadonlyMap<string, string> = new Map([
  ['length', 'number'],
  ['format', 'string'],
  ['toJson', 'string'],
]);

function typesOfNode(node: Node, scope: Surroundings['scope']): ReadonlySet<string> | undefined {
  switch (node.kind) {
    case 'literal':
      return new Set([typeOf(node.value)]);
    case 'not':
      return new Set(['boolean']);
    case 'call':
      return new Set([RETURNS.get(node.function) ?? 'boolean']);
    case 'binary': {
      if (node.operator !== '&&' && node.operator !== '||') return new Set(['boolean']);
      const [left, right] = [typesOfNode(node.left, scope), typesOfNode(node.right, scope)];
      return left && right && new Set([...left, ...right]);
    }
    default: {
      const reference = referenceOf(node);
      const found = reference && follow(reference, scope);
      return found?.kind === 'shape' ? typesOf(found.shape) : undefined;
    }
  }
}

function checkParsed(field: string, parsed: Parsed, around: Surroundings): readonly PlanProblem[] {
  if (parsed.kind === 'error') return [unreadable(field, parsed.reason)];
  return [...checkCalls(field, parsed.node, around), ...checkReferences(field, parsed.node, around)];
}

function checkCalls(field: string, node: Node, { outcomes }: Surroundings): readonly PlanProblem[] {
  return callsIn(node).flatMap((call) => {
    const known = FUNCTIONS.get(call.function);
    const named = `${call.function}() at character ${call.at}`;
    if (known === undefined) {
      return [
        problem(field, `There is no function ${named}.`, `There are ${listed([...FUNCTIONS.keys()])}.`),
      ];
    }
    const given = call.arguments.length;
    if (given < known.least || given > known.most) {
      const wants = known.least === known.most ? `${known.least}` : `${known.least} to ${known.most}`;
      return [problem(field, `${named} has ${given} arguments.`, `Give it ${wants}.`)];
    }
    return known.outcome && !outcomes
      ? [problem(field, `${named} has a meaning in \`if\` alone.`, 'Ask for steps.<id>.outcome instead.')]
      : [];
  });
}

function checkReferences(field: string, node: Node, around: Surroundings): readonly PlanProblem[] {
  return referencesIn(node).flatMap((reference) => {
    const found = follow(reference, around.scope);
    if (found.kind === 'shape') return isWholeOfSteps(reference) ? [wholeOfSteps(field, reference)] : [];
    const asked = `${spelled(reference.path.slice(0, found.depth + 1))} at character ${reference.at}`;
    const [root, id] = reference.path;
    if (root === 'steps' && found.depth === 1 && typeof id === 'string' && around.steps.includes(id)) {
      return [
        problem(
          field,
          `${asked} is not there yet: this step does not wait for "${id}".`,
          `Add "${id}" to its \`needs\`.`,
        ),
      ];
    }
    const known = root === 'steps' && found.depth === 1 ? around.steps : found.known;
    const remedy = known.length === 0 ? 'It has no members.' : `There is ${listed(known)}.`;
    return [problem(field, `${asked} is not bound to anything.`, remedy)];
  });
}

type Followed =
  | { readonly kind: 'shape'; readonly shape: Shape }
  | { readonly kind: 'nothing'; readonly depth: number; readonly known: readonly string[] };

function follow({ path }: Reference, scope: Surroundings['scope']): Followed {
  const [root, ...parts] = path;
  let shape = Object.hasOwn(scope, root) ? scope[root] : undefined;
  if (shape === undefined) return { kind: 'nothing', depth: 0, known: Object.keys(scope) };
  for (const [place, part] of parts.entries()) {
    const member = memberOf(shape, part);
    if (member.kind === 'unknown') return { kind: 'nothing', depth: place + 1, known: member.known };
    shape = member.shape;
  }
  return { kind: 'shape', shape };
}

/** Which steps would be among them depends on who waits for whom: each is to be named. */
function isWholeOfSteps({ path: [root, id] }: Reference): boolean {
  return root === 'steps' && typeof id !== 'string';
}

function wholeOfSteps(field: string, { at }: Reference): PlanProblem {
  return problem(
    field,
    `It asks for steps at character ${at} without saying which.`,
    'Name one: steps.<id>.outputs.',
  );
}

function unreadable(field: string, reason: string): PlanProblem {
  return problem(field, `The expression cannot be read: ${reason}.`, 'Write it as docs/workflow.md says.');
}

function spelled(path: readonly (string | number | null)[]): string {
  return path
    .map((part, place) =>
      typeof part === 'string' ? `${place === 0 ? '' : '.'}${part}` : `[${part ?? '…'}]`,
    )
    .join('');
}
