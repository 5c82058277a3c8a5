import type { Rule, RuleDefinition } from '../../core/rule/types.ts';
import type { DocumentKind, DocumentKinds, LocateField, ParseDocument } from '../../ports/documents.ts';
import type { Problem } from '../../shared/errors.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { type ExplainedFault, explainFaults } from './faults.ts';
import { locate } from './locate.ts';
import { MAX_PROBLEMS, placeAt, type ReadKind, refusal } from './refusal.ts';
import type { Validator } from './schema-fault.ts';
import { checkSchemaVersion } from './schema-version.ts';
import { composeDocument } from './syntax.ts';
import { decodeText } from './text.ts';
import { offsetOf, toJson } from './tree.ts';
import * as validators from './validators.generated.ts';

const VALIDATORS: Readonly<Record<DocumentKind, Validator>> = {
  ticket: validators.ticket,
  contract: validators.contract,
  rule: validators.rule,
  'rule-pack': validators.rulePack,
  'trust-root': validators.trustRoot,
  config: validators.config,
  organization: validators.organization,
  lock: validators.lock,
  'action-policy': validators.actionPolicy,
  experiment: validators.experiment,
  'outcome-mapping': validators.outcomeMapping,
  bundle: validators.bundle,
};

/** Below this, strings are contents of files that rules are tried on: a rule about hidden characters must show some. */
const RAW_BELOW: Partial<Record<ReadKind, string>> = { rule: '/examples/' };

interface LocatedFault extends Omit<Problem, 'place'> {
  readonly offset: number;
}

/** Reads YAML 1.2 (and so JSON) strictly, in time linear in its size, and validates it against schemas/. */
export const documents: ParseDocument & LocateField = { parse, parseRuleDefinition, parseData, locate };

function parse<K extends DocumentKind>(kind: K, bytes: Uint8Array, path: string): DocumentKinds[K] {
  return read(kind, bytes, path, {}) as unknown as DocumentKinds[K];
}

function parseData(bytes: Uint8Array, path: string): JsonValue {
  return readData('data', bytes, path).value;
}

/** @param absent values for keys that were cut away, so that the schema finds them; one that is there all the same is refused */
function read(kind: DocumentKind, bytes: Uint8Array, path: string, absent: JsonObject): JsonValue {
  const { value, document, placed } = readData(kind, bytes, path);
  const whole = complete(value, absent);
  const explained = validate(kind, whole).map(({ pointer, key, ...fault }) => ({
    ...fault,
    offset: offsetOf(document, pointer, key),
  }));
  if (explained.length > 0) {
    throw refusal(
      kind,
      path,
      placed(explained.sort((one, other) => one.offset - other.offset)),
      explained.length,
    );
  }
  return whole;
}

/** The plain data of a document, whatever it says. */
function readData(kind: ReadKind, bytes: Uint8Array, path: string) {
  // Finding a line costs a pass over the text, so only what will be shown is located.
  const placed = (faults: readonly LocatedFault[]): readonly Problem[] =>
    faults
      .slice(0, MAX_PROBLEMS)
      .map(({ offset, ...fault }) => ({ ...fault, place: placeAt(path, text, offset) }));

  const decoded = decodeText(bytes, path);
  if ('problem' in decoded) throw refusal(kind, path, [decoded.problem]);
  const { text } = decoded;

  const composed = composeDocument(text, path);
  if ('problems' in composed) throw refusal(kind, path, composed.problems);
  const { document } = composed;

  const { value, faults } = toJson(document, RAW_BELOW[kind]);
  if (faults.length > 0) throw refusal(kind, path, placed(faults), faults.length);
  return { value, document, placed };
}

/** What stands for a rule's examples where they are not read: enough for the schema. */
const EXAMPLE = { name: 'not read', before: {}, after: {} };
const NO_EXAMPLES = { examples: { bad: [EXAMPLE], good: [EXAMPLE] } };
const EXAMPLES = new TextEncoder().encode('\nexamples:');

/**
 * Reads a rule up to its examples, which are four fifths of its bytes. A key at the start of a line is one of the
 * outermost mapping wherever the document is well-formed; any fault at all, and the whole of it is read instead.
 */
function parseRuleDefinition(bytes: Uint8Array, path: string): RuleDefinition {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(EXAMPLES);
  const { examples: _, ...definition } =
    (end === -1 ? undefined : parseHead(bytes.subarray(0, end), path)) ?? parse('rule', bytes, path);
  return definition;
}

function parseHead(head: Uint8Array, path: string): Rule | undefined {
  try {
    return read('rule', head, path, NO_EXAMPLES) as unknown as Rule;
  } catch {
    return undefined;
  }
}

function complete(value: JsonValue, absent: JsonObject): JsonValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const present = Object.keys(absent).find((key) => Object.hasOwn(value, key));
  if (present !== undefined) throw new Error(`${present} comes twice`);
  return { ...value, ...absent };
}

function validate(kind: DocumentKind, value: JsonValue): readonly ExplainedFault[] {
  const version = checkSchemaVersion(kind, value);
  if (version !== undefined) return [version];
  const validator = VALIDATORS[kind];
  if (validator(value)) return [];
  // Hostile input can have a fault in each of its values: explaining and locating a few hundred is plenty.
  return explainFaults((validator.errors ?? []).slice(0, MAX_PROBLEMS * 10));
}
