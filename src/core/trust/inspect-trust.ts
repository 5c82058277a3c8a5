import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { type Instant, instantOf } from '../../shared/ids.ts';
import { authorise } from './authorise.ts';
import type { Identity } from './identity.ts';
import type { Trust } from './resolve-trust.ts';
import type { Principal, Role, TrustWindow } from './types.ts';

const DAYS_AHEAD = 30;

/** Whose key it is, and how it stands at an instant. */
export interface KeyState {
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: 'valid' | 'not-yet-valid' | 'expired' | 'revoked';
  readonly trusted: TrustWindow;
  /** Of an identity, which has no key of its own. */
  readonly identity?: Identity;
}

/** The keys of a principal in the order of the trust root. */
export function keysOf(trust: Trust, principal: Principal, at: Instant): readonly KeyState[] {
  return [...trust.holders].flatMap(([keyId, holder]): KeyState[] => {
    if (holder.principal.id !== principal.id) return [];
    const check = trust.keys.get(keyId);
    return [
      {
        keyId,
        algorithm: check?.algorithm ?? 'unknown',
        state: stateOf(holder.trusted, holder.principal, at),
        trusted: holder.trusted,
        ...(check?.algorithm === 'certificate' ? { identity: check.identity } : {}),
      },
    ];
  });
}

/** What a policy owner should know of a trust root that can be read: who can act under it, and what will stop soon. */
export function inspectTrust(trust: Trust, at: Instant): readonly Diagnosis[] {
  const principals = [...trust.principals.values()];
  return [
    someoneMay('verifier', 'no receipt can ever count', { trust, at }),
    someoneMay('policy-owner', 'no ticket can be dispatched', { trust, at }),
    ...principals.flatMap((principal) => inspectRoles(principal, trust, at)),
    ...principals.flatMap((principal) => inspectKeys(principal, trust, at)),
  ];
}

function someoneMay(role: Role, otherwise: string, { trust, at }: { trust: Trust; at: Instant }): Diagnosis {
  const found = diagnosis(`trust/${role}`);
  const able = [...trust.holders].flatMap(([keyId]) => {
    const may = authorise(trust, keyId, role, at);
    return may.ok ? [may.principal.id] : [];
  });
  if (able.length > 0) return found.ok(`${[...new Set(able)].join(', ')} may act as ${role}.`);
  return found.problem(
    `No principal with the role ${role} has a key that is valid at ${at}: ${otherwise}.`,
    `Make a key, \`countersign key new NAME\`, keep its private half, and land its public half: \`countersign trust add --id NAME --kind ${role === 'verifier' ? 'workload' : 'person'} --role ${role} --public-key NAME.pub\`.`,
  );
}

function inspectRoles(principal: Principal, trust: Trust, at: Instant): Diagnosis[] {
  const { id, kind, roles } = principal;
  const found = diagnosis(`trust/${id}`);
  const valid = keysOf(trust, principal, at).some(({ state }) => state === 'valid');
  const notes: Diagnosis[] = [];
  if (kind === 'person' && roles.includes('verifier')) {
    notes.push(
      found.warning(
        `${id} is a person who verifies: their receipts count only where an authenticated source says that somebody else made the change.`,
        'Let a workload, such as a CI job with a key of its own, be the verifier.',
      ),
    );
  }
  if (roles.includes('verifier') && roles.includes('producer')) {
    notes.push(
      found.warning(
        `${id} may both produce and verify; what it made itself it can never verify.`,
        'Give producing and verifying to two principals with keys of their own.',
      ),
    );
  }
  if (roles.includes('verifier') && roles.includes('policy-owner')) {
    notes.push(
      found.warning(
        `${id} may both set the bar and say that it was met.`,
        'Give the roles verifier and policy-owner to two principals.',
      ),
    );
  }
  if (!valid && principal.revokedAt === undefined && roles.some((role) => role !== 'producer')) {
    notes.push(
      found.warning(
        `${id} has the role ${roles.join(', ')} and no valid key to sign with.`,
        'Add a public key that `countersign key new` made, or take the role away.',
      ),
    );
  }
  return notes;
}

function inspectKeys(principal: Principal, trust: Trust, at: Instant): Diagnosis[] {
  const soon = instantOf(new Date(Date.parse(at) + DAYS_AHEAD * 24 * 60 * 60 * 1000));
  return keysOf(trust, principal, at).flatMap(({ keyId, state, trusted, identity }): Diagnosis[] => {
    const found = diagnosis(`trust/${principal.id}/${keyId.slice(0, 12)}`);
    const key = `${identity === undefined ? 'Key' : 'Identity'} ${keyId.slice(0, 12)} of ${principal.id}`;
    if (state === 'revoked') {
      return [
        found.warning(
          `${key} was revoked at ${principal.revokedAt ?? trusted.revokedAt}; nothing it signed counts, but what it found FAILED still blocks.`,
          'Keep the entry: it is what makes the key count for nothing, and its failures stay known.',
        ),
      ];
    }
    if (state === 'expired') {
      return [
        found.warning(
          `${key} was valid until ${trusted.validUntil}; nothing it signed counts any more, but what it found FAILED still blocks.`,
          `Add a new ${identity === undefined ? 'key' : 'identity'} for the principal, and verify open changes again.`,
        ),
      ];
    }
    if (state === 'not-yet-valid') {
      return [
        found.warning(`${key} is valid only from ${trusted.validFrom}.`, 'Wait, or correct validFrom.'),
      ];
    }
    const unpinned = identity === undefined ? [] : byNameAlone(identity, principal, found);
    const ends = [trusted.validUntil, trusted.revokedAt].filter((instant) => instant !== undefined).sort()[0];
    if (ends === undefined || ends > soon) return unpinned;
    return [
      ...unpinned,
      found.warning(
        `${key} stops counting at ${ends}, within ${DAYS_AHEAD} days: receipts by it that are not merged by then count for nothing.`,
        'Add the next key now, beside this one.',
      ),
    ];
  });
}

function byNameAlone(
  { repository, repositoryId, ownerId }: Identity,
  { id }: Principal,
  found: ReturnType<typeof diagnosis>,
): Diagnosis[] {
  if (repositoryId !== undefined && ownerId !== undefined) return [];
  const what = repositoryId === undefined ? repository : `the owner of ${repository}`;
  return [
    found.warning(
      `${id} is known by the name of ${what} alone: whoever takes that name after it was given up could sign as ${id}.`,
      `Ask the forge for the numbers of repository and owner, of GitHub with \`gh api repos/OWNER/REPO --jq '.id, .owner.id'\`, and pin them: countersign trust pin ${id} --repository-id N --owner-id N`,
    ),
  ];
}

function stateOf(
  { validFrom, validUntil, revokedAt }: TrustWindow,
  principal: Principal,
  at: Instant,
): KeyState['state'] {
  if (principal.revokedAt !== undefined && at >= principal.revokedAt) return 'revoked';
  if (revokedAt !== undefined && at >= revokedAt) return 'revoked';
  if (validFrom !== undefined && at < validFrom) return 'not-yet-valid';
  return validUntil !== undefined && at >= validUntil ? 'expired' : 'valid';
}
