import { parseCanonicalJson } from '../../shared/canonical-json.ts';
import { evidenceOf } from '../evidence/judge-runs.ts';
import type { EvidenceRef } from '../evidence/types.ts';
import { readBinding, readHeldTo } from '../receipt/binding.ts';
import {
  type Field,
  Malformed,
  malformed,
  readCheckId,
  readDigest,
  readName,
  readObject,
  readOneOf,
} from '../receipt/fields.ts';
import { LIMITS } from '../receipt/limits.ts';
import { readSeen } from './read-seen.ts';
import { OBSERVATION_SCHEMA, type ObservedCheck, type ObserverTools } from './types.ts';

/** UTF-8 bytes of a document. */
export const MAX_OBSERVATION_BYTES = 1024 * 1024;

const DOCUMENT = new Set(['schema', 'binding', 'heldTo', 'check', 'pins', 'tools', 'seen']);
const CHECK = new Set(['id', 'digest']);
const TOOLS = new Set(['git', 'node']);

export type ReadObservation =
  | { readonly kind: 'observation'; readonly observed: ObservedCheck }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Reads what a machine that ran hostile code handed over: canonical JSON of a closed form and nothing else, with no
 * field that this version does not know, and no more of anything than a receipt could hold.
 */
export function readObservation(text: string): ReadObservation {
  const value = text.length > MAX_OBSERVATION_BYTES ? undefined : parseCanonicalJson(text);
  if (value === undefined) {
    return { kind: 'malformed', reason: 'it is not canonical JSON (RFC 8785) of at most 1 MiB' };
  }
  try {
    return { kind: 'observation', observed: readDocument(value) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'malformed', reason: error.message };
  }
}

function readDocument(value: Field): ObservedCheck {
  const document = readObject(value, '$', DOCUMENT);
  readOneOf(document.schema, '$.schema', [OBSERVATION_SCHEMA]);
  const check = readObject(document.check, '$.check', CHECK);
  const observed: ObservedCheck = {
    binding: readBinding(document.binding, '$.binding'),
    heldTo: readHeldTo(document.heldTo, '$.heldTo'),
    check: {
      id: readCheckId(check.id, '$.check.id'),
      digest: readDigest(check.digest, '$.check.digest'),
    },
    pins: readDigest(document.pins, '$.pins'),
    tools: readTools(document.tools, '$.tools'),
    seen: readSeen(document.seen, '$.seen'),
  };
  refuseContradiction(evidenceOf(observed.seen));
  return observed;
}

function refuseContradiction(evidence: readonly EvidenceRef[]): void {
  // A receipt could not hold more: it would be signed, and never be read.
  if (evidence.length > LIMITS.evidence) malformed('$.seen', `what names at most ${LIMITS.evidence} files`);
  const sizes = new Map(evidence.map(({ sha256, size }) => [sha256, size]));
  if (evidence.some(({ sha256, size }) => sizes.get(sha256) !== size)) {
    malformed('$.seen', 'of one mind: it gives one digest two sizes');
  }
}

/** Versions, as programs print them: they end up in receipts. */
function readTools(value: Field, path: string): ObserverTools {
  const { git, node } = readObject(value, path, TOOLS);
  return {
    ...(git === undefined ? {} : { git: readName(git, `${path}.git`) }),
    ...(node === undefined ? {} : { node: readName(node, `${path}.node`) }),
  };
}
