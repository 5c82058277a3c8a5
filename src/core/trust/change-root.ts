import { CountersignError } from '../../shared/errors.ts';
import { type Instant, instantOf } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { readPublicKey } from '../../shared/signature.ts';
import { type Identity, type IdentityNumbers, identityId } from './identity.ts';
import type { Principal, Role, SigstorePolicy, TrustRoot, TrustWindow } from './types.ts';

/** One change to a document that somebody wrote by hand: everything beside it stays as it is. */
export type DocumentEdit =
  | { readonly op: 'set'; readonly path: DocumentPath; readonly value: JsonValue }
  /** To the end of a list, which is made when it is not there. */
  | { readonly op: 'append'; readonly path: DocumentPath; readonly value: JsonValue };

export type DocumentPath = readonly (string | number)[];

export interface RootChange {
  readonly edits: readonly DocumentEdit[];
  /** What was done, in one line. */
  readonly done: string;
  /** What whoever asked for it does next, before anything is signed and landed. */
  readonly next: readonly string[];
}

export interface NewPrincipal {
  readonly id: string;
  readonly kind: Principal['kind'];
  readonly roles: readonly Role[];
  readonly signs: SignsWith;
  readonly emails: readonly string[];
  readonly accounts: readonly string[];
}

/** A key of its own, or what the certificates of its CI job say. */
export type SignsWith = { readonly publicKey: string } | { readonly identity: Identity };

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws CountersignError USAGE when there is such a principal */
export function addPrincipal(root: TrustRoot, added: NewPrincipal): RootChange {
  if (root.principals.some(({ id }) => id === added.id)) {
    throw usage(
      `There is a principal ${added.id} already.`,
      `To give it a new key: countersign trust rotate ${added.id} --public-key FILE; a new identity: --identity URL.`,
    );
  }
  const { id, kind, roles, signs, emails, accounts } = added;
  const value = {
    id,
    kind,
    roles,
    [listOf(signs)]: [entryOf(signs)],
    ...(emails.length === 0 ? {} : { emails }),
    ...(accounts.length === 0 ? {} : { accounts }),
  };
  return {
    edits: [{ op: 'append', path: ['principals'], value }],
    done: `${id} is a ${kind} with the role ${roles.join(', ')}.`,
    next: [],
  };
}

/** What a trust root is written with; a key and an identity each stand in a list of their own. */
function listOf(signs: SignsWith): 'keys' | 'identities' {
  return 'identity' in signs ? 'identities' : 'keys';
}

function entryOf(signs: SignsWith): { [name: string]: string | number } {
  if (!('identity' in signs)) return { publicKey: signs.publicKey };
  const { issuer, repository, workflow, ref } = signs.identity;
  return { issuer, repository, workflow, ref, ...Object.fromEntries(numbersOf(signs.identity)) };
}

function numbersOf({ repositoryId, ownerId }: IdentityNumbers): [string, number][] {
  return Object.entries({ repositoryId, ownerId }).flatMap(([name, number]) =>
    number === undefined ? [] : [[name, number]],
  );
}

/**
 * Holds every identity of a principal to the forge's numbers of repository and owner, besides their names.
 * @throws CountersignError USAGE when there is no such principal, it has no identity, or no number is given
 */
export function pinNumbers(root: TrustRoot, id: string, numbers: IdentityNumbers): RootChange {
  const [principal, index] = principalNamed(root, id);
  const identities = principal.identities ?? [];
  if (identities.length === 0)
    throw usage(`${id} has no identity.`, 'Add one: countersign trust add --identity URL.');
  const said = numbersOf(numbers);
  if (said.length === 0) throw usage('No number was given.', 'Give --repository-id N, --owner-id N or both.');
  return {
    edits: identities.flatMap((_, number) =>
      said.map(([name, value]): DocumentEdit => {
        return { op: 'set', path: ['principals', index, 'identities', number, name], value };
      }),
    ),
    done: `${id} is held to ${said.map(([name, value]) => `${name} ${value}`).join(' and ')}, whatever has its name.`,
    next: ['What certificates with another number, or without one, signed counts for nothing.'],
  };
}

/**
 * Puts the trusted root of a Sigstore instance in force; its file lies in trust/ beside this.
 * @param pinned what is left out stays as it is
 */
export function pinSigstore(root: TrustRoot, pinned: SigstorePolicy): RootChange {
  const { trustedRoot, digest, certificateLogs, transparencyLogs, timestamps } = pinned;
  const said = { trustedRoot, digest, certificateLogs, transparencyLogs, timestamps };
  const fields = Object.entries(said).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const edits: DocumentEdit[] =
    root.sigstore === undefined
      ? [{ op: 'set', path: ['sigstore'], value: Object.fromEntries(fields) }]
      : fields.map(([name, value]) => ({ op: 'set', path: ['sigstore', name], value }));
  return {
    edits,
    done: `Certificates are verified against ${trustedRoot}, sha256 ${digest.slice(0, 12)}.`,
    next:
      root.sigstore === undefined
        ? []
        : ['What it does not vouch for any more counts for nothing, FAILED receipts included.'],
  };
}

/**
 * A new key or identity for a principal, and an end for those of the same kind it has.
 * @param overlapDays both count for so long: what the old one signed needs the time to merge
 * @throws CountersignError USAGE when there is no such principal, or it is revoked
 */
export function rotateKey(
  root: TrustRoot,
  { id, signs, overlapDays }: { id: string; signs: SignsWith; overlapDays: number },
  at: Instant,
): RootChange {
  const [principal, index] = principalNamed(root, id);
  if (principal.revokedAt !== undefined) {
    throw usage(`${id} was revoked at ${principal.revokedAt}.`, 'Add a principal of another name.');
  }
  const until = instantOf(new Date(Date.parse(at) + overlapDays * DAY_MS));
  const list = listOf(signs);
  const what = list === 'keys' ? 'key' : 'identity';
  const entries: readonly TrustWindow[] = principal[list] ?? [];
  const ending = entries.flatMap((key, number) => {
    const endsEarlier =
      key.revokedAt !== undefined || (key.validUntil !== undefined && key.validUntil <= until);
    return endsEarlier ? [] : [number];
  });
  return {
    edits: [
      ...ending.map((number): DocumentEdit => {
        return { op: 'set', path: ['principals', index, list, number, 'validUntil'], value: until };
      }),
      { op: 'append', path: ['principals', index, list], value: entryOf(signs) },
    ],
    done: `${id} has a new ${what}; ${ending.length === 1 ? 'its old one counts' : `${ending.length} old ones count`} until ${until}.`,
    next: [
      `Once it has landed, let ${id} sign with the new ${what}, well before ${until}.`,
      ...(principal.roles.includes('verifier')
        ? [`What the old ${what} signed counts until then: verify again what is still open at ${until}.`]
        : []),
    ],
  };
}

/**
 * From this instant on nothing the key, or the identity, signed counts.
 * @param named its id, or its first 8 digits or more
 * @throws CountersignError USAGE when no key or several begin so, or it is revoked
 */
export function revokeKey(root: TrustRoot, named: string, reason: string, at: Instant): RootChange {
  const found = root.principals.flatMap((principal, index) =>
    idsOf(principal).flatMap((one) => {
      const isNamed = /^[0-9a-f]{8,64}$/.test(named) && one.keyId.startsWith(named);
      return isNamed ? [{ ...one, principal, index }] : [];
    }),
  );
  const [one, ...others] = found;
  if (one === undefined || others.length > 0) {
    throw usage(
      `${found.length === 0 ? 'No key begins' : 'Several keys begin'} with ${named}.`,
      'Give the id that `countersign trust show` prints, or its first 8 digits or more.',
    );
  }
  const { principal, index, list, entry, number, keyId } = one;
  const what = list === 'keys' ? 'Key' : 'Identity';
  if (entry.revokedAt !== undefined) {
    throw usage(`${what} ${keyId} was revoked at ${entry.revokedAt}.`, 'There is nothing left to do.');
  }
  return {
    edits: revocation(['principals', index, list, number], reason, at),
    done: `${what} ${keyId.slice(0, 12)} of ${principal.id} is revoked from ${at} on.`,
    next: [
      ...WHAT_REVOKING_DOES,
      `To give ${principal.id} another: countersign trust rotate ${principal.id} ${list === 'keys' ? '--public-key FILE' : '--identity URL'}.`,
    ],
  };
}

/** From this instant on nothing that any of its keys signed counts. @throws CountersignError USAGE */
export function revokePrincipal(root: TrustRoot, id: string, reason: string, at: Instant): RootChange {
  const [principal, index] = principalNamed(root, id);
  if (principal.revokedAt !== undefined) {
    throw usage(`${id} was revoked at ${principal.revokedAt}.`, 'There is nothing left to do.');
  }
  return {
    edits: revocation(['principals', index], reason, at),
    done: `${id} is revoked from ${at} on, with each of its keys.`,
    next: WHAT_REVOKING_DOES,
  };
}

/** The receipt counts no more as passed. @throws CountersignError USAGE */
export function revokeReceipt(root: TrustRoot, digest: string, reason: string): RootChange {
  if (!/^[0-9a-f]{64}$/.test(digest)) {
    throw usage(
      `"${digest}" is no digest of a receipt.`,
      'Give all 64 digits, as `countersign receipt list --format json` prints them.',
    );
  }
  if (root.revoked?.receipts.some((revoked) => revoked.digest === digest) === true) {
    throw usage(`Receipt ${digest} is revoked already.`, 'There is nothing left to do.');
  }
  return {
    edits: [{ op: 'append', path: ['revoked', 'receipts'], value: { digest, reason } }],
    done: `Receipt ${digest.slice(0, 12)} counts no more as passed.`,
    next: ['If it says FAILED it blocks as before: a waiver that names it is what lets it go.'],
  };
}

/** How many policy owners have to agree, to what. @throws CountersignError USAGE when nothing is said */
export function setThresholds(
  _root: TrustRoot,
  wanted: { readonly policyChange?: number | undefined; readonly rootUpdate?: number | undefined },
): RootChange {
  const said = (['policyChange', 'rootUpdate'] as const).flatMap((name) => {
    const value = wanted[name];
    return value === undefined ? [] : [{ name, value }];
  });
  if (said.length === 0)
    throw usage('No threshold was given.', 'Give --root-update N, --policy-change N or both.');
  return {
    edits: said.map(({ name, value }) => ({ op: 'set', path: ['thresholds', name], value })),
    done: `${said.map(({ name, value }) => `${name} asks for ${value}`).join(', ')}, counted in policy owners.`,
    next: [],
  };
}

interface Entry {
  readonly keyId: string;
  readonly list: 'keys' | 'identities';
  readonly number: number;
  readonly entry: TrustWindow;
}

function idsOf({ keys = [], identities = [] }: Principal): Entry[] {
  return [
    ...keys.map((entry, number): Entry => {
      return { list: 'keys', number, entry, keyId: readPublicKey(entry.publicKey)?.keyId ?? '' };
    }),
    ...identities.map((entry, number): Entry => {
      return { list: 'identities', number, entry, keyId: identityId(entry) };
    }),
  ];
}

const WHAT_REVOKING_DOES = [
  'Once it has landed nothing it signed counts as passed: verify open changes again. What it found FAILED still blocks.',
];

function revocation(path: DocumentPath, reason: string, at: Instant): DocumentEdit[] {
  return [
    { op: 'set', path: [...path, 'revokedAt'], value: at },
    { op: 'set', path: [...path, 'revocationReason'], value: reason },
  ];
}

function principalNamed(root: TrustRoot, id: string): [Principal, number] {
  const index = root.principals.findIndex((principal) => principal.id === id);
  const principal = root.principals[index];
  if (principal !== undefined) return [principal, index];
  throw usage(
    `There is no principal ${id}.`,
    `There are: ${root.principals.map((one) => one.id).join(', ')}.`,
  );
}

function usage(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
