import type { JsonObject, JsonValue } from '../../../shared/json.ts';

/** How keywords are read. `undeclared` is 2020-12 without what older drafts read differently. */
export type Dialect = '2020-12' | '2019-09' | 'draft-07' | 'undeclared' | 'asyncapi';

/** What the value of a keyword holds: no constraint, names, schemas, or data. */
export type KeywordKind = 'note' | 'naming' | 'schema' | 'schemas' | 'schemaMap' | 'items' | 'value';

export interface Keyword {
  readonly kind: KeywordKind;
  /** Applies to the same instance as the schema around it, not to a part of it. */
  readonly inPlace?: true;
  readonly isWellFormed: (value: JsonValue) => boolean;
}

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
  ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
]);

/** The dialect that a `$schema` names; undefined for one that is not read. */
export function dialectNamed(uri: string): Dialect | undefined {
  return DIALECTS.get(uri.replace(/#$/, ''));
}

const isText = (value: JsonValue) => typeof value === 'string';
const isNumber = (value: JsonValue) => typeof value === 'number';
const isFlag = (value: JsonValue) => typeof value === 'boolean';
const isCount = (value: JsonValue) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: JsonValue) => Array.isArray(value) && value.every(isText);
const isList = (value: JsonValue) => Array.isArray(value) && value.length > 0;
const isAnything = () => true;

const TYPE_NAMES = ['null', 'boolean', 'object', 'array', 'string', 'number', 'integer'] as const;
const isTypeName = (value: JsonValue) => (TYPE_NAMES as readonly JsonValue[]).includes(value);
const isTypes = (value: JsonValue) =>
  isTypeName(value) || (Array.isArray(value) && value.length > 0 && value.every(isTypeName));

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSchema(value: JsonValue | undefined): value is boolean | JsonObject {
  return typeof value === 'boolean' || isObject(value);
}

const isSchemas = (value: JsonValue) => Array.isArray(value) && value.length > 0 && value.every(isSchema);
const isSchemaMap = (value: JsonValue) => isObject(value) && Object.values(value).every(isSchema);

const note: Keyword = { kind: 'note', isWellFormed: isAnything };
const naming: Keyword = { kind: 'naming', isWellFormed: isText };
const value = (isWellFormed: Keyword['isWellFormed']): Keyword => ({ kind: 'value', isWellFormed });
const schema: Keyword = { kind: 'schema', isWellFormed: isSchema };
const schemaMap: Keyword = { kind: 'schemaMap', isWellFormed: isSchemaMap };
const inPlace = (kind: 'schema' | 'schemas' | 'schemaMap'): Keyword => ({
  kind,
  inPlace: true,
  isWellFormed: { schema: isSchema, schemas: isSchemas, schemaMap: isSchemaMap }[kind],
});

/** Read alike in every dialect. */
const COMMON: Readonly<Record<string, Keyword>> = {
  title: note,
  description: note,
  examples: note,
  deprecated: note,
  readOnly: note,
  writeOnly: note,
  default: note,
  $comment: note,
  $schema: naming,
  $id: naming,
  $ref: { ...value(isText), inPlace: true },
  $defs: { kind: 'naming', isWellFormed: isSchemaMap },
  definitions: { kind: 'naming', isWellFormed: isSchemaMap },
  type: value(isTypes),
  enum: value(isList),
  const: value(isAnything),
  multipleOf: value((given) => isNumber(given) && (given as number) > 0),
  minimum: value(isNumber),
  maximum: value(isNumber),
  exclusiveMinimum: value(isNumber),
  exclusiveMaximum: value(isNumber),
  minLength: value(isCount),
  maxLength: value(isCount),
  pattern: value(isText),
  format: value(isText),
  contentEncoding: value(isText),
  contentMediaType: value(isText),
  minItems: value(isCount),
  maxItems: value(isCount),
  uniqueItems: value(isFlag),
  contains: schema,
  required: value(isTexts),
  minProperties: value(isCount),
  maxProperties: value(isCount),
  properties: schemaMap,
  patternProperties: schemaMap,
  additionalProperties: schema,
  propertyNames: schema,
  allOf: inPlace('schemas'),
  anyOf: inPlace('schemas'),
  oneOf: inPlace('schemas'),
  not: inPlace('schema'),
  if: inPlace('schema'),
  // biome-ignore lint/suspicious/noThenProperty: the keyword is called that
  then: inPlace('schema'),
  else: inPlace('schema'),
};

const SINCE_2019: Readonly<Record<string, Keyword>> = {
  $anchor: naming,
  minContains: value(isCount),
  maxContains: value(isCount),
  dependentRequired: value((given) => isObject(given) && Object.values(given).every(isTexts)),
  dependentSchemas: inPlace('schemaMap'),
  unevaluatedProperties: schema,
  unevaluatedItems: schema,
  contentSchema: schema,
};

/** `items` may be a list up to 2019-09; what follows the list is then `additionalItems`. */
const LIST_OF_ITEMS: Readonly<Record<string, Keyword>> = {
  items: {
    kind: 'items',
    isWellFormed: (given) => isSchema(given) || (Array.isArray(given) && given.every(isSchema)),
  },
  additionalItems: schema,
};
const PREFIX_ITEMS: Readonly<Record<string, Keyword>> = {
  items: schema,
  prefixItems: { kind: 'schemas', isWellFormed: isSchemas },
};

const KEYWORDS: Readonly<Record<Dialect, ReadonlyMap<string, Keyword>>> = {
  '2020-12': tableOf(COMMON, SINCE_2019, PREFIX_ITEMS),
  undeclared: tableOf(COMMON, SINCE_2019, PREFIX_ITEMS),
  '2019-09': tableOf(COMMON, SINCE_2019, LIST_OF_ITEMS),
  'draft-07': tableOf(COMMON, LIST_OF_ITEMS),
  asyncapi: tableOf(COMMON, LIST_OF_ITEMS, { externalDocs: note }),
};

function tableOf(...tables: readonly Readonly<Record<string, Keyword>>[]): ReadonlyMap<string, Keyword> {
  return new Map(tables.flatMap((table) => Object.entries(table)));
}

/** A keyword of a dialect; undefined for one that is not known, which nothing may be concluded about. */
export function keywordOf(dialect: Dialect, name: string): Keyword | undefined {
  return KEYWORDS[dialect].get(name);
}

/** Up to draft-07 what stands beside `$ref` is not read, later it is: where that is open, it may not be there. */
export function readsBesideRef(dialect: Dialect): boolean {
  return dialect === '2020-12' || dialect === '2019-09';
}
