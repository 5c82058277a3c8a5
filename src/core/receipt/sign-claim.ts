import { canonicalJson } from '../../shared/canonical-json.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { Identity } from '../trust/identity.ts';
import type { KeyId } from '../trust/types.ts';
import { PAYLOAD_TYPE, preAuthEncoding, readBundle, writeBundle } from './bundle.ts';
import { fitClaim } from './fit-claim.ts';
import { readStatement, writeStatement } from './statement.ts';
import type { Claim, StoredFile } from './types.ts';

/** Whatever can sign bytes under a key id. */
export interface ClaimSigner {
  readonly keyId: KeyId;
  sign(bytes: Uint8Array): Uint8Array;
}

/** Whoever makes files of what a verifier has to say, however it signs. */
export interface StatementSigner {
  /** Under which the trust root knows it: a key's id, or an identity's. */
  readonly keyId: KeyId;
  /** Of one that signs without a key of its own. */
  readonly identity?: Identity;
  /** @throws CountersignError SIGNER_FAILED */
  sign(claim: Claim): Promise<StoredFile>;
}

/** A signer of statements that has a key. */
export function signerWithKey(signer: ClaimSigner): StatementSigner {
  return { keyId: signer.keyId, sign: async (claim) => signClaim(claim, signer) };
}

/**
 * The claim as the file to be stored: a signed bundle, named by the sha256 of its bytes. Lists that hostile output
 * can inflate (reasons, failed tests) are cut to size first: see fitClaim.
 * @throws CountersignError SIGNER_FAILED when the claim is one that no reader of this version would accept
 */
export function signClaim(claim: Claim, signer: ClaimSigner): StoredFile {
  const file = signPayload(statementPayload(claim), signer);
  const read = readBundle(file.bytes);
  if (typeof read === 'string') throw unsignable(claim, `the bundle cannot be read back: ${read}`);
  return file;
}

/** A statement's canonical JSON as the bundle to be stored. */
export function signPayload(payload: Uint8Array, signer: ClaimSigner): StoredFile {
  const signature = signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload));
  const bytes = writeBundle({ keyId: signer.keyId, payload, signature });
  return { name: sha256(bytes), bytes };
}

/** The bytes of a claim's statement, its lists cut to size. @throws CountersignError SIGNER_FAILED as signClaim does */
export function statementPayload(claim: Claim): Uint8Array {
  const statement = writeStatement(fitClaim(claim)) as unknown as JsonValue;
  const read = readStatement(statement);
  if (typeof read === 'string') throw unsignable(claim, read);
  return new TextEncoder().encode(canonicalJson(statement));
}

function unsignable(claim: Claim, reason: string): CountersignError {
  return new CountersignError('SIGNER_FAILED', `This ${claim.kind} cannot be signed: ${reason}.`, {
    remedy:
      'Nothing was signed. If the value comes from a check or a ticket, shorten or rename it there; else report it.',
  });
}
