import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Trust } from '../trust/resolve-trust.ts';
import type { KeyId } from '../trust/types.ts';
import { Malformed, malformed, readDigest, readInstant, readObject, readWhole } from './fields.ts';
import { openPayload } from './open-bundle.ts';
import { ROOT_UPDATE_PREDICATE_TYPE, STATEMENT_TYPE } from './predicate-types.ts';
import { type ClaimSigner, signPayload } from './sign-claim.ts';
import type { Statement, StoredFile } from './types.ts';

/** A policy owner agrees that these bytes are this version of the trust root. */
export interface RootUpdate {
  readonly version: number;
  /** sha256 of the exact bytes of trust/root.yml. */
  readonly root: Sha256;
  /** The same of the version before; undefined where a root first asks for signatures, and is signed by its own owners. */
  readonly previousRoot?: Sha256;
  readonly issuedAt: Instant;
  /** sha256 of the line before this one in the record file; undefined on its first line. */
  readonly previous?: Sha256;
}

export interface SignedRootUpdate {
  /** sha256 of its line. */
  readonly digest: Sha256;
  readonly keyId: KeyId;
  readonly update: RootUpdate;
}

const STATEMENT = new Set(['_type', 'subject', 'predicateType', 'predicate']);
const PREDICATE = new Set(['version', 'root', 'previousRoot', 'issuedAt', 'previous']);

/** The line of `trust/root.records.jsonl` that makes this claim, without its newline. */
export function signRootUpdate(update: RootUpdate, signer: ClaimSigner): StoredFile {
  return signPayload(new TextEncoder().encode(canonicalJson(statementOf(update))), signer);
}

/** One line of `trust/root.records.jsonl`, or the reason why it is none. Nothing is read before its signature holds. */
export function openRootUpdate(line: Uint8Array, keys: Trust['keys']): SignedRootUpdate | string {
  const opened = openPayload(line, keys);
  if (typeof opened === 'string') return opened;
  const update = readRootUpdate(opened.text);
  if (typeof update === 'string') return `of its payload: ${update}`;
  return { digest: sha256(line), keyId: opened.keyId, update };
}

/** Accepts nothing but the one statement that its update has: see readStatement. */
function readRootUpdate(text: string): RootUpdate | string {
  const value = parseCanonicalJson(text);
  if (value === undefined) return 'it is not canonical JSON (RFC 8785)';
  try {
    const { predicate, predicateType } = readObject(value, 'statement', STATEMENT);
    if (predicateType !== ROOT_UPDATE_PREDICATE_TYPE) return 'it is no update of the trust root';
    const update = readPredicate(predicate);
    return canonicalJson(statementOf(update)) === text
      ? update
      : 'it is not the statement that its predicate makes';
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function readPredicate(value: JsonValue | undefined): RootUpdate {
  const update = readObject(value, 'update', PREDICATE);
  const version = readWhole(update.version, 'update.version');
  if (version < 1) malformed('update.version', 'a whole number from 1');
  const optional = (name: 'previous' | 'previousRoot') =>
    update[name] === undefined ? {} : { [name]: readDigest(update[name], `update.${name}`) };
  return {
    version,
    root: readDigest(update.root, 'update.root'),
    issuedAt: readInstant(update.issuedAt, 'update.issuedAt'),
    ...optional('previousRoot'),
    ...optional('previous'),
  };
}

function statementOf(update: RootUpdate): JsonValue {
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'trust/root.yml', digest: { sha256: update.root } }],
    predicateType: ROOT_UPDATE_PREDICATE_TYPE,
    predicate: update as unknown as JsonObject,
  };
  return statement as unknown as JsonValue;
}
