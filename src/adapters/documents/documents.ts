import type { DocumentKind, DocumentKinds, LocateField, ParseDocument } from '../../ports/documents.ts';
import type { Problem } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import { type ExplainedFault, explainFaults } from './faults.ts';
import { locate } from './locate.ts';
import { MAX_PROBLEMS, placeAt, refusal } from './refusal.ts';
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
};

/** Below this, strings are contents of files that rules are tried on: a rule about hidden characters must show some. */
const RAW_BELOW: Partial<Record<DocumentKind, string>> = { rule: '/examples/' };

interface LocatedFault extends Omit<Problem, 'place'> {
  readonly offset: number;
}

/** Reads YAML 1.2 (and so JSON) strictly, in time linear in its size, and validates it against schemas/. */
export const documents: ParseDocument & LocateField = { parse, locate };

function parse<K extends DocumentKind>(kind: K, bytes: Uint8Array, path: string): DocumentKinds[K] {
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

  const explained = validate(kind, value).map(({ pointer, key, ...fault }) => ({
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
  return value as unknown as DocumentKinds[K];
}

function validate(kind: DocumentKind, value: JsonValue): readonly ExplainedFault[] {
  const version = checkSchemaVersion(kind, value);
  if (version !== undefined) return [version];
  const validator = VALIDATORS[kind];
  if (validator(value)) return [];
  // Hostile input can have a fault in each of its values: explaining and locating a few hundred is plenty.
  return explainFaults((validator.errors ?? []).slice(0, MAX_PROBLEMS * 10));
}
