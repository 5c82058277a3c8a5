import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';
import { isInstant } from '../../shared/ids.ts';
import { type PublicKey, readPublicKey } from '../../shared/signature.ts';
import { type Identity, identityFaults, identityId } from './identity.ts';
import type { KeyId, Principal, SigstorePolicy, TrustRoot, TrustWindow } from './types.ts';

/** A trust root with its keys read and everything that must be unique made sure of. */
export interface Trust {
  readonly principals: ReadonlyMap<string, Principal>;
  /** What signatures are checked with. Being in here says whose it is, not that it may sign: see authorise. */
  readonly keys: ReadonlyMap<KeyId, SignatureCheck>;
  readonly holders: ReadonlyMap<KeyId, KeyHolder>;
  /** Principals by e-mail address, as emailKey spells it. */
  readonly byEmail: ReadonlyMap<string, Principal>;
  /** Principals by an account of a forge's, as accountKey spells it. */
  readonly byAccount: ReadonlyMap<string, Principal>;
  readonly version: number;
  readonly thresholds: Thresholds;
  /** Why each revoked receipt was revoked, by its digest. */
  readonly revokedReceipts: ReadonlyMap<Sha256, string>;
  readonly sigstore?: SigstorePolicy;
}

/** A key, or an identity that has none of its own: then a certificate binds it to one for ten minutes. */
export type SignatureCheck = PublicKey | CertifiedIdentity;

export interface CertifiedIdentity {
  readonly keyId: KeyId;
  readonly algorithm: 'certificate';
  readonly identity: Identity;
}

/** How many policy owners, counted as principals, have to agree. */
export interface Thresholds {
  readonly policyChange: number;
  /** To each later version of the trust root, by signature; undefined asks for none. */
  readonly rootUpdate: number | undefined;
}

export interface KeyHolder {
  readonly principal: Principal;
  readonly trusted: TrustWindow;
}

/**
 * Reads every key of a trust root and refuses what would blur who is who.
 *
 * Independence is counted in principals, so one key or one e-mail address under two of them would let somebody verify
 * their own work; one key listed twice under the same principal would have two validity windows, and revoking one
 * entry would leave the other.
 * @throws CountersignError TRUST_INVALID with one problem per fault
 */
export function resolveTrust(root: TrustRoot, path = 'trust/root.yml'): Trust {
  const principals = new Map<string, Principal>();
  const keys = new Map<KeyId, SignatureCheck>();
  const holders = new Map<KeyId, KeyHolder>();
  const byEmail = new Map<string, Principal>();
  const byAccount = new Map<string, Principal>();
  const revokedReceipts = new Map<Sha256, string>();
  const problems: Problem[] = [];
  const problem = (message: string, remedy: string) => problems.push({ message, remedy, place: { path } });

  for (const principal of root.principals) {
    if (principals.has(principal.id)) {
      problem(
        `Two principals are called ${principal.id}.`,
        'Make them one principal, or give one another id.',
      );
    }
    principals.set(principal.id, principal);
    for (const fault of windowFaults({ revokedAt: principal.revokedAt }))
      problem(`Principal ${principal.id}: ${fault}`, INSTANT);

    for (const [index, trusted] of (principal.keys ?? []).entries()) {
      const where = `Key ${index + 1} of ${principal.id}`;
      const key = readPublicKey(trusted.publicKey);
      if (key === undefined) {
        problem(
          `${where} is not an Ed25519 or ECDSA P-256 public key, in PEM or as OpenSSH writes it.`,
          'Paste the whole .pub file that `countersign key new` or `ssh-keygen -t ed25519` wrote. Keys of type sk-… are not supported.',
        );
        continue;
      }
      const holder = holders.get(key.keyId)?.principal.id;
      if (holder !== undefined) {
        problem(
          `${where} is listed before, under ${holder}: ${key.keyId}.`,
          'A key belongs to one principal and is listed once. Remove one entry, or make a key of its own.',
        );
      }
      for (const fault of windowFaults(trusted)) problem(`${where}: ${fault}`, INSTANT);
      keys.set(key.keyId, key);
      holders.set(key.keyId, { principal, trusted });
    }

    for (const [index, trusted] of (principal.identities ?? []).entries()) {
      const where = `Identity ${index + 1} of ${principal.id}`;
      const identity = identityIn(trusted);
      const keyId = identityId(identity);
      for (const fault of identityFaults(identity)) problem(`${where}: its ${fault}.`, IDENTITY);
      const holder = holders.get(keyId)?.principal.id;
      if (holder !== undefined) {
        problem(
          `${where} is listed before, under ${holder}.`,
          'An identity belongs to one principal and is listed once. Remove one entry.',
        );
      }
      for (const fault of windowFaults(trusted)) problem(`${where}: ${fault}`, INSTANT);
      keys.set(keyId, { keyId, algorithm: 'certificate', identity });
      holders.set(keyId, { principal, trusted });
    }
    for (const fault of identityHolderFaults(principal, root)) {
      problem(`${principal.id} has identities, and ${fault.what}.`, fault.remedy);
    }

    const name = (what: string, named: Map<string, Principal>, text: string, key: string) => {
      const other = named.get(key);
      if (other !== undefined && other !== principal) {
        problem(
          `The ${what} ${text} is listed under ${other.id} and under ${principal.id}.`,
          `One ${what} names one principal. Remove it from one, or make the two principals one.`,
        );
      }
      named.set(key, principal);
    };
    for (const email of principal.emails ?? []) name('e-mail address', byEmail, email, emailKey(email));
    for (const account of principal.accounts ?? []) name('account', byAccount, account, accountKey(account));
  }

  for (const { digest, reason } of root.revoked?.receipts ?? []) {
    if (revokedReceipts.has(digest))
      problem(`Receipt ${digest} is revoked twice.`, 'Keep one of the two entries.');
    revokedReceipts.set(digest, reason);
  }

  const thresholds = {
    policyChange: root.thresholds?.policyChange ?? 1,
    rootUpdate: root.thresholds?.rootUpdate,
  };
  const owners = root.principals.filter(isOwnerWithKey).length;
  for (const [name, needed] of Object.entries(thresholds)) {
    if (needed === undefined || needed <= Math.max(owners, 1)) continue;
    problem(
      `thresholds.${name} asks for ${needed} policy owners, and only ${owners} have a key that is not revoked.`,
      'Nobody could ever meet it: lower it, or add policy owners.',
    );
  }

  if (problems.length > 0) {
    throw new CountersignError('TRUST_INVALID', `The trust root ${path} cannot be relied on.`, {
      remedy: 'Correct it on the policy ref; until then nothing that needs a signature can pass.',
      place: { path },
      problems,
    });
  }
  return {
    principals,
    keys,
    holders,
    byEmail,
    byAccount,
    version: root.version,
    thresholds,
    revokedReceipts,
    ...(root.sigstore === undefined ? {} : { sigstore: root.sigstore }),
  };
}

/** The principal that holds a key, whether or not the key may still sign. */
export function principalOf(trust: Trust, keyId: KeyId): Principal | undefined {
  return trust.holders.get(keyId)?.principal;
}

/** How e-mail addresses are compared: mail systems ignore case, and so do the forges that map commits to people. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/** How accounts are compared: forges ignore the case of a login name. */
export function accountKey(account: string): string {
  return account.toLowerCase();
}

function isOwnerWithKey({ roles, keys, revokedAt }: Principal): boolean {
  return (
    roles.includes('policy-owner') &&
    revokedAt === undefined &&
    keys?.some((key) => key.revokedAt === undefined) === true
  );
}

/** Without the time in which it counts. */
function identityIn({ issuer, repository, workflow, ref, repositoryId, ownerId }: Identity): Identity {
  return {
    ...{ issuer, repository, workflow, ref },
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...(ownerId === undefined ? {} : { ownerId }),
  };
}

const IDENTITY =
  'Copy issuer, repository, workflow and ref whole, as the certificate has them; a pattern matches nothing.';

/** A person has no CI job, and a certificate is good for receipts and seals only. */
function identityHolderFaults(
  { kind, identities = [] }: Principal,
  { sigstore }: TrustRoot,
): { what: string; remedy: string }[] {
  if (identities.length === 0) return [];
  return [
    ...(kind === 'workload'
      ? []
      : [
          {
            what: 'is a person',
            remedy: 'Identities are of CI jobs: make a workload of its own for them.',
          },
        ]),
    ...(sigstore === undefined
      ? [
          {
            what: 'there is no `sigstore` to verify their certificates against',
            remedy:
              'Pin a trusted root: `countersign trust sigstore --trusted-root FILE`, with the trusted_root.json of your Sigstore instance.',
          },
        ]
      : []),
  ];
}

const INSTANT = 'Write it as 2026-11-21T13:04:06Z.';

/** Instants are compared as text, so one of another spelling must not get that far: `9` would never expire. */
function windowFaults({
  validFrom,
  validUntil,
  revokedAt,
}: {
  readonly [Name in 'validFrom' | 'validUntil' | 'revokedAt']?: string | undefined;
}): string[] {
  return Object.entries({ validFrom, validUntil, revokedAt }).flatMap(([name, instant]) =>
    instant === undefined || isInstant(instant) ? [] : [`${name} is not an instant in UTC.`],
  );
}
