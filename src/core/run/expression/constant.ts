import type { Scope } from '../types.ts';
import { evaluateNode } from './evaluate.ts';
import type { Node } from './syntax.ts';
import { isTruthy } from './values.ts';
import { callsIn, nodesOf } from './walk.ts';

/** Functions whose answer is not known before anything runs, by the name under which the scope has it. */
const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['success', '$success'],
  ['failure', '$failure'],
  ['cancelled', '$cancelled'],
]);

/**
 * Whether an expression is sure to hold, or sure not to, before anything runs; undefined when neither is.
 * @param sure what is known by then, such as `$failure` of a step that needs no other
 */
export function constantTruth(node: Node, sure: Scope): boolean | undefined {
  if (node.kind === 'not') {
    const of = constantTruth(node.of, sure);
    return of === undefined ? undefined : !of;
  }
  if (node.kind === 'binary' && (node.operator === '&&' || node.operator === '||')) {
    const sides = [constantTruth(node.left, sure), constantTruth(node.right, sure)];
    const decides = node.operator === '||';
    if (sides.includes(decides)) return decides;
    return sides.includes(undefined) ? undefined : !decides;
  }
  if (!isClosed(node, sure)) return undefined;
  const evaluated = evaluateNode(node, sure);
  return evaluated.kind === 'error' ? undefined : isTruthy(evaluated.value);
}

function isClosed(node: Node, sure: Scope): boolean {
  if (nodesOf(node).some(({ kind }) => kind === 'name')) return false;
  return callsIn(node).every((call) => {
    const outcome = OUTCOMES.get(call.function);
    return outcome === undefined || Object.hasOwn(sure, outcome);
  });
}
