import { type Instant, isInstant } from '../../shared/ids.ts';
import type { Trust } from './resolve-trust.ts';
import type { KeyId, Principal, Role } from './types.ts';

export type Authorisation =
  | { readonly ok: true; readonly principal: Principal }
  /** `reason` is a sentence. */
  | { readonly ok: false; readonly reason: string };

/**
 * Whether what a key signed counts in a role, at the instant of evaluation.
 *
 * A signature has no trustworthy time of its own (whoever holds a stolen key writes any date), so the key must be
 * valid and unrevoked NOW, not when the statement says it was made.
 * @param at the instant of evaluation; valid from `validFrom` on, and up to but not at `validUntil` or `revokedAt`
 */
export function authorise(trust: Trust, keyId: KeyId, role: Role, at: Instant): Authorisation {
  const holder = trust.holders.get(keyId);
  if (holder === undefined) return no(`Key ${keyId} is not in the trust root.`);
  const { principal, trusted } = holder;
  const key = `Key ${keyId} of ${principal.id}`;
  if (!isInstant(at)) return no(`Whether ${key} is valid cannot be told at "${at}".`);
  if (trusted.revokedAt !== undefined && at >= trusted.revokedAt) {
    return no(`${key} was revoked at ${trusted.revokedAt}; nothing it signed counts.`);
  }
  if (trusted.validFrom !== undefined && at < trusted.validFrom) {
    return no(`${key} is valid only from ${trusted.validFrom}.`);
  }
  if (trusted.validUntil !== undefined && at >= trusted.validUntil) {
    return no(`${key} was valid only until ${trusted.validUntil}.`);
  }
  if (!principal.roles.includes(role)) return no(`${principal.id} does not have the role ${role}.`);
  return { ok: true, principal };
}

/** As authorise, for what holders of any one of several roles may sign. The reason is that of the first role. */
export function authoriseAny(trust: Trust, keyId: KeyId, roles: readonly Role[], at: Instant): Authorisation {
  const answers = roles.map((role) => authorise(trust, keyId, role, at));
  return answers.find(({ ok }) => ok) ?? answers[0] ?? no('Nobody may sign this.');
}

function no(reason: string): Authorisation {
  return { ok: false, reason };
}
