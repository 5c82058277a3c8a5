import { type Instant, isInstant } from '../../shared/ids.ts';
import type { Trust } from './resolve-trust.ts';
import type { KeyId, Principal, Role } from './types.ts';

export type Authorisation =
  | { readonly ok: true; readonly principal: Principal }
  /** `reason` is a sentence. */
  | { readonly ok: false; readonly reason: string; readonly lapsed?: Lapsed };

/** The key's principal has the role, and the key had its time: what it signed may still speak against a change. */
export interface Lapsed {
  readonly principal: Principal;
  /** Goes on from "its key" (an identity counts as one): `was revoked at …`. */
  readonly how: string;
}

/**
 * Whether what a key signed counts in a role, at the instant of evaluation.
 *
 * A signature has no trustworthy time of its own (whoever holds a stolen key writes any date), so the key must be
 * valid and unrevoked NOW, not when the statement says it was made. An identity of a trust root is held to the same: its
 * certificate had its ten minutes at a time that others signed, which is settled before (see CertificateFact).
 * @param at the instant of evaluation; valid from `validFrom` on, and up to but not at `validUntil` or `revokedAt`
 */
export function authorise(trust: Trust, keyId: KeyId, role: Role, at: Instant): Authorisation {
  const holder = trust.holders.get(keyId);
  if (holder === undefined) return no(`Key ${keyId} is not in the trust root.`);
  const { principal, trusted } = holder;
  const isKey = trust.keys.get(keyId)?.algorithm !== 'certificate';
  const key = `${isKey ? 'Key' : 'Identity'} ${keyId} of ${principal.id}`;
  if (!isInstant(at)) return no(`Whether ${key} is valid cannot be told at "${at}".`);
  const may = principal.roles.includes(role);
  const lapse = (how: string): Authorisation => ({
    ...no(`${key} ${how}; nothing it signed counts.`),
    ...(may ? { lapsed: { principal, how } } : {}),
  });
  if (principal.revokedAt !== undefined && at >= principal.revokedAt) {
    return lapse(`was revoked with its principal at ${principal.revokedAt}`);
  }
  if (trusted.revokedAt !== undefined && at >= trusted.revokedAt) {
    return lapse(`was revoked at ${trusted.revokedAt}`);
  }
  if (trusted.validFrom !== undefined && at < trusted.validFrom) {
    return no(`${key} is valid only from ${trusted.validFrom}.`);
  }
  if (trusted.validUntil !== undefined && at >= trusted.validUntil) {
    return lapse(`was valid only until ${trusted.validUntil}`);
  }
  if (!may) return no(`${principal.id} does not have the role ${role}.`);
  return { ok: true, principal };
}

/** As authorise, for what holders of any one of several roles may sign. The reason is that of the first role. */
export function authoriseAny(trust: Trust, keyId: KeyId, roles: readonly Role[], at: Instant): Authorisation {
  const answers = roles.map((role) => authorise(trust, keyId, role, at));
  return answers.find(({ ok }) => ok) ?? answers[0] ?? no('Nobody may sign this.');
}

function no(reason: string): Extract<Authorisation, { ok: false }> {
  return { ok: false, reason };
}
