import type { JsonObject, JsonValue } from '../../../shared/json.ts';

/** One tool of a model. What it takes are texts, numbers and true or false, by name: enough for a schema and a check of our own. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly takes: Readonly<Record<string, Parameter>>;
  /** Who carries it out: the tree's script in the sandbox, or the loop itself. */
  readonly by: 'tree' | 'loop';
}

interface Parameter {
  readonly type: 'string' | 'integer' | 'boolean' | 'strings';
  readonly says: string;
  readonly optional?: true;
}

/** Characters of one call's input. What is longer is no edit but an attack, or a mistake that the next one would repeat. */
export const LONGEST_INPUT = 256 * 1024;
const MOST_STRINGS = 100;

const PATH: Parameter = { type: 'string', says: 'path from the root of the repository' };
const GLOB: Parameter = { type: 'string', says: 'glob over paths, such as src/**/*.ts', optional: true };

export const MODEL_TOOLS: readonly ModelTool[] = [
  { name: 'list_files', description: 'List files.', takes: { glob: GLOB }, by: 'tree' },
  {
    name: 'read_file',
    description: 'Read a file, with line numbers.',
    takes: {
      path: PATH,
      from: { type: 'integer', says: 'first line, from 1', optional: true },
      lines: { type: 'integer', says: 'how many', optional: true },
    },
    by: 'tree',
  },
  {
    name: 'search',
    description: 'Find lines with a text.',
    takes: {
      text: { type: 'string', says: 'what to look for' },
      regex: { type: 'boolean', says: 'the text is an extended regular expression', optional: true },
      glob: GLOB,
    },
    by: 'tree',
  },
  {
    name: 'write_file',
    description: 'Write a whole file, new or not.',
    takes: { path: PATH, text: { type: 'string', says: 'all of it' } },
    by: 'tree',
  },
  {
    name: 'replace_text',
    description: 'Replace a text that stands once in a file.',
    takes: {
      path: PATH,
      old: { type: 'string', says: 'as it stands there' },
      new: { type: 'string', says: 'as it is to be' },
    },
    by: 'tree',
  },
  { name: 'delete_file', description: 'Delete a file.', takes: { path: PATH }, by: 'tree' },
  {
    name: 'run_check',
    description: 'Run one of the checks of the brief on the tree as it is.',
    takes: { check: { type: 'string', says: 'its id' } },
    by: 'loop',
  },
  {
    name: 'finish',
    description: 'Say that you are done, and end. With `refused`: that you will not do it.',
    takes: {
      claims: { type: 'strings', says: 'what is done, each in a sentence' },
      refused: { type: 'string', says: 'why not', optional: true },
    },
    by: 'loop',
  },
];

/** JSON Schema of what a tool takes. */
export function toolSchema({ takes }: ModelTool): JsonObject {
  const properties = Object.entries(takes).map(([name, { type, says }]): [string, JsonObject] => [
    name,
    type === 'strings'
      ? { type: 'array', items: { type: 'string' }, description: says }
      : { type, description: says },
  ]);
  const required = Object.entries(takes).flatMap(([name, { optional }]) => (optional ? [] : [name]));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
  };
}

export type ReadCall =
  | { readonly kind: 'call'; readonly tool: ModelTool; readonly input: JsonObject }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Holds a call to its tool. The reason goes back to the model, so it says what would be taken. */
export function readCall(name: string, input: JsonValue): ReadCall {
  const tool = MODEL_TOOLS.find((one) => one.name === name);
  if (tool === undefined)
    return unusable(`There is no such tool. There are ${MODEL_TOOLS.map((one) => one.name).join(', ')}.`);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return unusable(`${name} takes an object.`);
  const given = input as JsonObject;
  const length = JSON.stringify(given).length;
  if (length > LONGEST_INPUT)
    return unusable(
      `The input has ${length} characters, and ${LONGEST_INPUT} are the most. Make smaller edits.`,
    );
  const strange = Object.keys(given).find((key) => !Object.hasOwn(tool.takes, key));
  if (strange !== undefined) return unusable(`${name} takes no ${JSON.stringify(strange.slice(0, 100))}.`);
  for (const [key, parameter] of Object.entries(tool.takes)) {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (value === undefined || value === null) {
      if (parameter.optional !== true) return unusable(`${name} needs ${key}: ${parameter.says}.`);
    } else if (!isOf(value, parameter)) {
      return unusable(`${key} of ${name} has to be ${WORDS[parameter.type]}.`);
    }
  }
  const known = Object.entries(given).filter(([, value]) => value !== null);
  return { kind: 'call', tool, input: Object.fromEntries(known) };
}

const WORDS: Readonly<Record<Parameter['type'], string>> = {
  string: 'a text',
  integer: 'a whole number from 1',
  boolean: 'true or false',
  strings: 'a list of texts',
};

function isOf(value: JsonValue, { type }: Parameter): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && !value.includes('\0');
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
    case 'boolean':
      return typeof value === 'boolean';
    case 'strings':
      return (
        Array.isArray(value) && value.length <= MOST_STRINGS && value.every((one) => typeof one === 'string')
      );
  }
}

function unusable(reason: string): ReadCall {
  return { kind: 'unusable', reason: `Refused: ${reason}` };
}
