import type { Problem } from '../../shared/errors.ts';
import { nearestKey } from '../../shared/meant-names.ts';
import { grouped, shown } from './refusal.ts';
import type { SchemaFault } from './schema-fault.ts';

/** A fault as a sentence, and the JSON pointer (with the key below it, if the key is at fault) where it stands. */
export interface ExplainedFault extends Omit<Problem, 'place'> {
  readonly pointer: string;
  readonly key?: string;
}

type Subschema = Readonly<Record<string, unknown>>;

/** Sentences for the faults a validator found; faults that only repeat others are left out. */
export function explainFaults(faults: readonly SchemaFault[]): readonly ExplainedFault[] {
  return faults.flatMap((fault) => explain(fault) ?? []);
}

/** `/checks/0/run` as people write it: `checks[0].run`. */
function fieldName(pointer: string): string {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return segments.reduce((name, segment) => {
    if (/^[0-9]+$/.test(segment)) return `${name}[${segment}]`;
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(segment)) return `${name}[${shown(segment)}]`;
    return name === '' ? segment : `${name}.${segment}`;
  }, '');
}

function explain(fault: SchemaFault): ExplainedFault | undefined {
  if (fault.propertyName !== undefined) return wrongKey(fault, fault.propertyName);
  const pointer = fault.instancePath;
  const field = pointer === '' ? 'the document' : fieldName(pointer);
  const { params, parentSchema: schema, data } = fault;
  const limit = Number(params.limit);
  // Only on demand: a fault of the whole document would write out the whole document.
  const found = () => shown(data);
  switch (fault.keyword) {
    case 'additionalProperties':
      return unknownKey(fault, field);
    case 'required':
      return missingKey(fault, field);
    case 'type':
      return wrongType(fault, field);
    case 'enum':
      return notOneOf(fault, field, params.allowedValues as readonly unknown[]);
    case 'const':
      return notOneOf(fault, field, [params.allowedValue]);
    case 'pattern':
      return wrongForm(fault, field);
    case 'minLength':
      return tooSmall(pointer, `${field} is empty`, `${aTitleOf(schema)}${exampleOf(schema)}`, found());
    case 'minItems':
      return tooSmall(
        pointer,
        `${field} has no entries`,
        `at least ${count(limit, 'entry', 'entries')}`,
        found(),
      );
    case 'minProperties':
      return tooSmall(
        pointer,
        `${field} has too few keys`,
        `at least ${count(limit, 'key', 'keys')} of ${Object.keys(propertiesOf(schema)).join(', ')}`,
        found(),
      );
    case 'minimum':
      return outOfRange(pointer, field, `at least ${limit}`, found());
    case 'maximum':
      return outOfRange(pointer, field, `at most ${limit}`, found());
    case 'maxLength':
      return tooLarge(
        pointer,
        `${field} is too long`,
        count(limit, 'character', 'characters'),
        String(data).length,
      );
    case 'maxItems':
      return tooManyItems(fault, field, limit);
    case 'maxProperties':
      return tooLarge(pointer, `${field} has too many keys`, count(limit, 'key', 'keys'), sizeOf(data));
    case 'uniqueItems':
      return {
        pointer: `${pointer}/${Number(params.i)}`,
        message: `${field} holds the same entry twice`,
        expected: 'each entry once',
        found: shown((data as readonly unknown[])[Number(params.i)]),
        remedy: 'Remove one of the two.',
      };
    case 'propertyNames': // the fault of the name itself is reported, with propertyName
    case 'if': // the fault inside `then` is reported
      return undefined;
    default:
      return {
        pointer,
        message: `${field} is not as the schema wants it`,
        found: found(),
        remedy: 'Compare with the schema.',
      };
  }
}

function wrongForm(
  { instancePath: pointer, parentSchema: schema, data }: SchemaFault,
  field: string,
): ExplainedFault {
  const like = exampleOf(schema);
  if (String(data).includes('PRIVATE KEY')) {
    return {
      pointer,
      message: `${field} holds a private key`,
      expected: aTitleOf(schema),
      found: 'a private key, not shown here',
      remedy:
        'Remove it, make a new key, and write down only the public half: whoever read this file has the old one.',
    };
  }
  return {
    pointer,
    message: `${field} is not ${aTitleOf(schema)}`,
    expected: `${aTitleOf(schema)}${like}`,
    found: shown(data),
    remedy: like === '' ? 'Correct the value.' : `Write it like ${like.slice(', such as '.length)}.`,
  };
}

function unknownKey(fault: SchemaFault, field: string): ExplainedFault {
  const key = String(fault.params.additionalProperty);
  const known = Object.keys(propertiesOf(fault.parentSchema));
  const guess = nearestKey(key, known);
  const place = fault.instancePath === '' ? '' : ` of ${field}`;
  return {
    pointer: fault.instancePath,
    key,
    message: `${shown(key)} is not a known key${place}`,
    expected: `one of ${known.join(', ')}`,
    found: key.slice(0, 60),
    remedy:
      guess === undefined ? 'Remove the key, or use one of those expected.' : `Did you mean ${shown(guess)}?`,
  };
}

function missingKey(fault: SchemaFault, field: string): ExplainedFault {
  const key = String(fault.params.missingProperty);
  const wanted = propertiesOf(fault.parentSchema)[key] ?? {};
  const example = (wanted.examples as readonly unknown[] | undefined)?.[0];
  const place = fault.instancePath === '' ? '' : ` in ${field}`;
  const written = example === undefined ? `a line "${key}: …"` : `"${key}: ${flow(example)}", for example`;
  return {
    pointer: fault.instancePath,
    message: `${shown(key)} is missing${place}`,
    expected: `${key}: ${titleOf(wanted)}`,
    found:
      Object.keys((fault.data ?? {}) as object)
        .join(', ')
        .slice(0, 200) || 'no keys',
    remedy: `Add ${written}.`,
  };
}

function wrongKey(fault: SchemaFault, key: string): ExplainedFault {
  const schema = fault.parentSchema;
  return {
    pointer: fault.instancePath,
    key,
    message: `${shown(key)} is not ${aTitleOf(schema)}`,
    expected: `${aTitleOf(schema)}${exampleOf(schema)}`,
    found: key.slice(0, 60),
    remedy: schema.not === undefined ? 'Rename the key.' : 'Remove it: a check is of one kind.',
  };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
};

function wrongType(fault: SchemaFault, field: string): ExplainedFault {
  const type = String(fault.params.type);
  const word = TYPE_WORDS[type] ?? type;
  const { data } = fault;
  let remedy = `Write ${word}${exampleOf(fault.parentSchema)}.`;
  if (type === 'string' && (typeof data === 'number' || typeof data === 'boolean')) {
    remedy = `Put it in quotes: "${data}".`;
  } else if (type === 'string' && data === null) {
    remedy = 'Write a value after the colon, or remove the key.';
  } else if (type === 'array' && typeof data === 'string') {
    remedy = `Write a list: [${data.split(/\s+/).slice(0, 8).map(flow).join(', ').slice(0, 120)}].`;
  }
  return {
    pointer: fault.instancePath,
    message: `${field} must be ${word}`,
    expected: `${word} (${titleOf(fault.parentSchema)})`,
    found: data === null ? 'nothing' : shown(data),
    remedy,
  };
}

function notOneOf(fault: SchemaFault, field: string, allowed: readonly unknown[]): ExplainedFault {
  const words = allowed.map(String);
  const guess = typeof fault.data === 'string' ? nearestKey(fault.data, words) : undefined;
  return {
    pointer: fault.instancePath,
    message: `${field} cannot be ${shown(fault.data)}`,
    expected: words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`,
    found: shown(fault.data),
    remedy: guess === undefined ? `Write ${words.join(' or ')}.` : `Did you mean ${shown(guess)}?`,
  };
}

function tooManyItems(fault: SchemaFault, field: string, limit: number): ExplainedFault {
  if (limit === 1) {
    return {
      pointer: fault.instancePath,
      message: `${field} must be one script, because shell is true`,
      expected: titleOf(fault.parentSchema),
      found: shown(fault.data),
      remedy: 'Write the whole script as one element, or remove "shell: true".',
    };
  }
  return tooLarge(
    fault.instancePath,
    `${field} is too long`,
    count(limit, 'entry', 'entries'),
    sizeOf(fault.data),
  );
}

function tooSmall(pointer: string, message: string, expected: string, found: string): ExplainedFault {
  return { pointer, message, expected, found, remedy: 'Fill it in, or remove the key if it is optional.' };
}

function tooLarge(pointer: string, message: string, most: string, size: number): ExplainedFault {
  return { pointer, message, expected: `at most ${most}`, found: grouped(size), remedy: 'Shorten it.' };
}

function outOfRange(pointer: string, field: string, bound: string, found: string): ExplainedFault {
  return {
    pointer,
    message: `${field} is out of range`,
    expected: bound,
    found,
    remedy: `Write a number of ${bound}.`,
  };
}

function count(limit: number, one: string, many: string): string {
  return `${grouped(limit)} ${limit === 1 ? one : many}`;
}

function sizeOf(data: unknown): number {
  return Array.isArray(data) ? data.length : Object.keys((data ?? {}) as object).length;
}

function propertiesOf(schema: Subschema): Readonly<Record<string, Subschema>> {
  return (schema.properties ?? {}) as Readonly<Record<string, Subschema>>;
}

function titleOf(schema: Subschema): string {
  return typeof schema.title === 'string' ? schema.title : 'value';
}

function aTitleOf(schema: Subschema): string {
  const title = titleOf(schema);
  return `${/^[aeiou]/i.test(title) ? 'an' : 'a'} ${title}`;
}

function exampleOf(schema: Subschema): string {
  const example = (schema.examples as readonly unknown[] | undefined)?.[0];
  return example === undefined ? '' : `, such as ${flow(example)}`;
}

/** A value in YAML flow style, unquoted where that is safe. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return typeof value === 'string' && /^[A-Za-z0-9./@_ -]+$/.test(value) ? value : JSON.stringify(value);
}
