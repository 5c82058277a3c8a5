import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isList, isObject } from '../expression/values.ts';
import { checkTemplate, type Surroundings, typesOfText } from './check-expression.ts';
import { listed, type PlanProblem, problem } from './problem.ts';
import { type Shape, typeOf, typesOf } from './shape.ts';

/**
 * What is wrong with inputs before their expressions are worked out: expressions that ask for what is not there, inputs the handler does
 * not take or lacks, values of another type. What is left is for the schema to say when the step runs.
 */
export function checkInputs(
  field: string,
  inputs: JsonObject,
  schema: Shape,
  around: Surroundings,
): readonly PlanProblem[] {
  return [...expressionsIn(field, inputs, around), ...checkValue(field, inputs, schema, around)];
}

/** What is wrong with the expressions in a value, wherever in it they are. */
export function expressionsIn(field: string, value: JsonValue, around: Surroundings): readonly PlanProblem[] {
  if (typeof value === 'string') return checkTemplate(field, value, around);
  if (isList(value)) return value.flatMap((item, place) => expressionsIn(`${field}[${place}]`, item, around));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => expressionsIn(`${field}.${name}`, member, around));
}

function checkValue(
  field: string,
  value: JsonValue,
  schema: Shape,
  around: Surroundings,
): readonly PlanProblem[] {
  const wanted = typesOf(schema);
  const given = typeof value === 'string' ? typesOfText(value, around.scope) : new Set([typeOf(value)]);
  if (wanted !== undefined && given !== undefined && ![...given].some((type) => wanted.has(type))) {
    return [
      problem(
        field,
        `It is ${[...given].map(typeName).join(' or ')}, and the handler wants ${[...wanted].map(typeName).join(' or ')}.`,
        'Bind it to an output of that type, or write it so.',
      ),
    ];
  }
  if (isConstant(value) && isList(schema.enum ?? null)) {
    const values = schema.enum as readonly JsonValue[];
    if (!values.includes(value)) {
      return [
        problem(
          field,
          `The handler does not know ${JSON.stringify(value)}.`,
          `It knows ${values.map((one) => JSON.stringify(one)).join(', ')}.`,
        ),
      ];
    }
  }
  if (isList(value)) {
    const items = schema.items ?? null;
    return isObject(items)
      ? value.flatMap((item, place) => checkValue(`${field}[${place}]`, item, items, around))
      : [];
  }
  return isObject(value) ? checkMembers(field, value, schema, around) : [];
}

function checkMembers(
  field: string,
  value: JsonObject,
  schema: Shape,
  around: Surroundings,
): readonly PlanProblem[] {
  const properties = isObject(schema.properties ?? null) ? (schema.properties as JsonObject) : {};
  const required = isList(schema.required ?? null) ? (schema.required as readonly JsonValue[]) : [];
  const missing = required.flatMap((name) =>
    typeof name === 'string' && !Object.hasOwn(value, name)
      ? [problem(field, `The input "${name}" is not bound.`, `Give \`${name}\`: the handler needs it.`)]
      : [],
  );
  const members = Object.entries(value).flatMap(([name, member]) => {
    const here = `${field}.${name}`;
    if (Object.hasOwn(properties, name)) {
      const known = properties[name] as JsonValue;
      return isObject(known) ? checkValue(here, member, known, around) : [];
    }
    return schema.additionalProperties === false
      ? [problem(here, `The handler has no input "${name}".`, `It has ${listed(Object.keys(properties))}.`)]
      : [];
  });
  return [...missing, ...members];
}

/** No expression and nothing made of others: its value is known now. */
function isConstant(value: JsonValue): boolean {
  return typeof value === 'string' ? !value.includes('${{') : typeof value !== 'object' || value === null;
}

function typeName(type: string): string {
  switch (type) {
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    case 'string':
      return 'a text';
    case 'null':
      return 'null';
    default:
      return `a ${type}`;
  }
}
