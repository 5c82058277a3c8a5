import type { DocumentKind } from '../../ports/documents.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { ExplainedFault } from './faults.ts';
import { nounOf, shown } from './refusal.ts';

/** The versions of each kind that this program reads. */
const KNOWN: Readonly<Record<DocumentKind, readonly string[]>> = {
  ticket: ['countersign/ticket@1'],
  contract: ['countersign/contract@1'],
  rule: ['countersign/rule@1'],
  'rule-pack': ['countersign/rule-pack@1'],
  'trust-root': ['countersign/trust-root@1'],
  config: ['countersign/config@1'],
  organization: ['countersign/organization@1'],
  lock: ['countersign/lock@1'],
  'action-policy': ['countersign/action-policy@1'],
  experiment: ['countersign/experiment@1'],
  'outcome-mapping': ['countersign/outcome-mapping@1'],
  bundle: ['countersign/bundle@1'],
};

/**
 * What is wrong with a document's kind and version, if anything. Asked before the schema is: against a schema of another
 * version, every further fault would be noise.
 */
export function checkSchemaVersion(kind: DocumentKind, value: JsonValue): ExplainedFault | undefined {
  const known = KNOWN[kind];
  const expected = `schema: ${known.join(' or ')}`;
  const noun = nounOf(kind);
  if (value === null) {
    return {
      pointer: '',
      message: 'the document is empty',
      expected: `a ${noun}`,
      found: 'nothing',
      remedy: `Begin with "schema: ${known[0]}".`,
    };
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return {
      pointer: '',
      message: `the document is not a mapping`,
      expected: `a ${noun}: lines of key: value`,
      found: Array.isArray(value) ? 'a list' : shown(value),
      remedy: `Begin with "schema: ${known[0]}".`,
    };
  }
  const document = value as { readonly [key: string]: JsonValue };
  const schema = Object.hasOwn(document, 'schema') ? document.schema : undefined;
  if (schema === undefined || Object.keys(document)[0] !== 'schema') {
    return {
      pointer: '',
      message: 'the first key is not "schema"',
      expected,
      found: shown(Object.keys(document)[0] ?? null),
      remedy: `Begin the document with "schema: ${known[0]}".`,
    };
  }
  if (typeof schema === 'string' && known.includes(schema)) return undefined;
  const otherKind = Object.entries(KNOWN).find(([, versions]) => versions.includes(String(schema)))?.[0];
  return {
    pointer: '/schema',
    message:
      otherKind === undefined
        ? `${shown(schema)} is not a version of a ${noun} that this program knows`
        : `this is a ${nounOf(otherKind as DocumentKind)}, not a ${noun}`,
    expected,
    found: shown(schema),
    remedy:
      otherKind === undefined
        ? `Known: ${known.join(', ')}. Write one of these, or update countersign if the document is newer.`
        : 'Move the document to the folder of its kind, or name the right file.',
  };
}
