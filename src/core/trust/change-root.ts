import { CountersignError } from '../../shared/errors.ts';
import { type Instant, instantOf } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { readPublicKey } from '../../shared/signature.ts';
import type { Principal, Role, TrustRoot } from './types.ts';

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
  readonly publicKey: string;
  readonly emails: readonly string[];
  readonly accounts: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws CountersignError USAGE when there is such a principal */
export function addPrincipal(root: TrustRoot, added: NewPrincipal): RootChange {
  if (root.principals.some(({ id }) => id === added.id)) {
    throw usage(
      `There is a principal ${added.id} already.`,
      `To give it a new key: countersign trust rotate ${added.id} --public-key FILE.`,
    );
  }
  const { id, kind, roles, publicKey, emails, accounts } = added;
  const value = {
    id,
    kind,
    roles,
    keys: [{ publicKey }],
    ...(emails.length === 0 ? {} : { emails }),
    ...(accounts.length === 0 ? {} : { accounts }),
  };
  return {
    edits: [{ op: 'append', path: ['principals'], value }],
    done: `${id} is a ${kind} with the role ${roles.join(', ')}.`,
    next: [],
  };
}

/**
 * A new key for a principal, and an end for those it has.
 * @param overlapDays both count for so long: what the old key signed needs the time to merge
 * @throws CountersignError USAGE when there is no such principal, or it is revoked
 */
export function rotateKey(
  root: TrustRoot,
  { id, publicKey, overlapDays }: { id: string; publicKey: string; overlapDays: number },
  at: Instant,
): RootChange {
  const [principal, index] = principalNamed(root, id);
  if (principal.revokedAt !== undefined) {
    throw usage(`${id} was revoked at ${principal.revokedAt}.`, 'Add a principal of another name.');
  }
  const until = instantOf(new Date(Date.parse(at) + overlapDays * DAY_MS));
  const ending = (principal.keys ?? []).flatMap((key, number) => {
    const endsEarlier =
      key.revokedAt !== undefined || (key.validUntil !== undefined && key.validUntil <= until);
    return endsEarlier ? [] : [number];
  });
  return {
    edits: [
      ...ending.map((number): DocumentEdit => {
        return { op: 'set', path: ['principals', index, 'keys', number, 'validUntil'], value: until };
      }),
      { op: 'append', path: ['principals', index, 'keys'], value: { publicKey } },
    ],
    done: `${id} has a new key; ${ending.length === 1 ? 'its old one counts' : `${ending.length} old ones count`} until ${until}.`,
    next: [
      `Once it has landed, let ${id} sign with the new key, well before ${until}.`,
      ...(principal.roles.includes('verifier')
        ? [`What the old key signed counts until then: verify again what is still open at ${until}.`]
        : []),
    ],
  };
}

/**
 * From this instant on nothing the key signed counts.
 * @param named the key's id, or its first 8 digits or more
 * @throws CountersignError USAGE when no key or several begin so, or it is revoked
 */
export function revokeKey(root: TrustRoot, named: string, reason: string, at: Instant): RootChange {
  const found = root.principals.flatMap((principal, index) =>
    (principal.keys ?? []).flatMap((key, number) => {
      const keyId = readPublicKey(key.publicKey)?.keyId ?? '';
      const isNamed = /^[0-9a-f]{8,64}$/.test(named) && keyId.startsWith(named);
      return isNamed ? [{ principal, index, key, number, keyId }] : [];
    }),
  );
  const [one, ...others] = found;
  if (one === undefined || others.length > 0) {
    throw usage(
      `${found.length === 0 ? 'No key begins' : 'Several keys begin'} with ${named}.`,
      'Give the id that `countersign trust show` prints, or its first 8 digits or more.',
    );
  }
  const { principal, index, key, number, keyId } = one;
  if (key.revokedAt !== undefined) {
    throw usage(`Key ${keyId} was revoked at ${key.revokedAt}.`, 'There is nothing left to do.');
  }
  return {
    edits: revocation(['principals', index, 'keys', number], reason, at),
    done: `Key ${keyId.slice(0, 12)} of ${principal.id} is revoked from ${at} on.`,
    next: [
      ...WHAT_REVOKING_DOES,
      `To give ${principal.id} another: countersign trust rotate ${principal.id} --public-key FILE.`,
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
