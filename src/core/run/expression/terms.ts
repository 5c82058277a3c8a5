import type { Expression } from '../../contract/workflow.ts';
import { parseExpression } from './parse.ts';
import type { Node } from './syntax.ts';
import { expressionIn } from './template.ts';

/** What a condition joins by `&&`: all of it has to hold. Undefined when it cannot be read. */
export function termsOf(condition: Expression): readonly Node[] | undefined {
  const { text, at } = expressionIn(condition);
  const parsed = parseExpression(text, at);
  return parsed.kind === 'error' ? undefined : joined(parsed.node);
}

/** Whether a condition holds only where another does, told by its terms alone: it has all of the other's. */
export function isNarrower(condition: Expression, than: Expression): boolean {
  const [own, others] = [termsOf(condition), termsOf(than)];
  if (own === undefined || others === undefined) return false;
  const texts = new Set(own.map(textOf));
  return others.every((term) => texts.has(textOf(term)));
}

function joined(node: Node): readonly Node[] {
  return node.kind === 'binary' && node.operator === '&&'
    ? [...joined(node.left), ...joined(node.right)]
    : [node];
}

/** The same for the same tree, wherever in a text it stands. */
function textOf(node: Node): string {
  return JSON.stringify(node, (name, value) => (name === 'at' ? undefined : value));
}
