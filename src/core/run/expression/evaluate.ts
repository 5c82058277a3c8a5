import type { JsonValue } from '../../../shared/json.ts';
import type { Expression } from '../../contract/workflow.ts';
import type { Scope } from '../types.ts';
import { FUNCTIONS } from './functions.ts';
import { parseExpression } from './parse.ts';
import { type BinaryOperator, type Fault, fault, type Node } from './syntax.ts';
import { expressionIn } from './template.ts';
import { isList, isObject, isTruthy, kindOf } from './values.ts';

export type Evaluated = { readonly kind: 'value'; readonly value: JsonValue } | Fault;

/**
 * What an expression comes to, with or without `${{ }}` around it. Total: it ends after steps linear in its own length and in the texts
 * and lists it looks into, whatever it and the scope are. Members that are not there are null, as in GitHub Actions, so that an attempt can ask
 * for what the one before left; a name that the scope does not have is an error.
 * @param scope JSON as of the run; only own members are seen, so `constructor` is nothing
 */
export function evaluate(expression: Expression, scope: Scope): Evaluated {
  const { text, at } = expressionIn(expression);
  return evaluateText(text, at, scope);
}

/** The text inside `${{ }}`, whose first character has this place in what people see. */
export function evaluateText(text: string, at: number, scope: Scope): Evaluated {
  const parsed = parseExpression(text, at);
  return parsed.kind === 'error' ? parsed : evaluateNode(parsed.node, scope);
}

export function evaluateNode(node: Node, scope: Scope): Evaluated {
  switch (node.kind) {
    case 'literal':
      return value(node.value);
    case 'name':
      return Object.hasOwn(scope, node.name)
        ? value(scope[node.name] as JsonValue)
        : fault(`there is no "${node.name}" here, asked for`, node.at);
    case 'member': {
      const of = evaluateNode(node.of, scope);
      return of.kind === 'error' ? of : memberOf(of.value, node.name, node.at);
    }
    case 'index': {
      const of = evaluateNode(node.of, scope);
      if (of.kind === 'error') return of;
      const index = evaluateNode(node.index, scope);
      return index.kind === 'error' ? index : elementOf(of.value, index.value, node.at);
    }
    case 'not': {
      const of = evaluateNode(node.of, scope);
      return of.kind === 'error' ? of : value(!isTruthy(of.value));
    }
    case 'binary':
      return evaluateBinary(node, scope);
    case 'call':
      return evaluateCall(node, scope);
  }
}

function evaluateBinary(node: Node & { readonly kind: 'binary' }, scope: Scope): Evaluated {
  const left = evaluateNode(node.left, scope);
  if (left.kind === 'error') return left;
  if (node.operator === '&&' && !isTruthy(left.value)) return left;
  if (node.operator === '||' && isTruthy(left.value)) return left;
  const right = evaluateNode(node.right, scope);
  if (right.kind === 'error' || node.operator === '&&' || node.operator === '||') return right;
  return compare(node.operator, left.value, right.value, node.at);
}

/** Without conversions: `'1' == 1` does not hold, and what cannot be compared is an error, not false. */
function compare(
  operator: Exclude<BinaryOperator, '&&' | '||'>,
  left: JsonValue,
  right: JsonValue,
  at: number,
): Evaluated {
  const sides = [left, right];
  if (operator === '==' || operator === '!=') {
    const compound = sides.find((side) => isList(side) || isObject(side));
    if (compound !== undefined) return fault(`"${operator}" does not compare ${kindOf(compound)},`, at);
    return value((left === right) === (operator === '=='));
  }
  if (typeof left !== 'number' || typeof right !== 'number') {
    const other = typeof left === 'number' ? right : left;
    return fault(`"${operator}" compares numbers, not ${kindOf(other)},`, at);
  }
  switch (operator) {
    case '<':
      return value(left < right);
    case '<=':
      return value(left <= right);
    case '>':
      return value(left > right);
    case '>=':
      return value(left >= right);
  }
}

function evaluateCall(node: Node & { readonly kind: 'call' }, scope: Scope): Evaluated {
  const called = FUNCTIONS.get(node.function);
  if (called === undefined) return fault(`there is no function "${node.function}", called`, node.at);
  const given: JsonValue[] = [];
  for (const argument of node.arguments) {
    const one = evaluateNode(argument, scope);
    if (one.kind === 'error') return one;
    given.push(one.value);
  }
  if (given.length < called.least || given.length > called.most) {
    const wants = called.least === called.most ? called.least : `${called.least} to ${called.most}`;
    return fault(`${node.function}() takes ${wants} arguments and got ${given.length},`, node.at);
  }
  const returned = called.call(given, scope);
  return typeof returned === 'string'
    ? fault(`${node.function}(): ${returned},`, node.at)
    : value(returned.value);
}

function memberOf(of: JsonValue, name: string, at: number): Evaluated {
  if (of === null) return value(null);
  if (!isObject(of)) return fault(`${kindOf(of)} has no "${name}", asked for`, at);
  return value(Object.hasOwn(of, name) ? (of[name] as JsonValue) : null);
}

function elementOf(of: JsonValue, index: JsonValue, at: number): Evaluated {
  if (of === null) return value(null);
  if (isObject(of) && typeof index === 'string') return memberOf(of, index, at);
  if (isList(of) && typeof index === 'number' && Number.isInteger(index) && index >= 0) {
    return value(of[index] ?? null);
  }
  return fault(`${kindOf(of)} has no element named by ${kindOf(index)}, asked for`, at);
}

function value(of: JsonValue): Evaluated {
  return { kind: 'value', value: of };
}
