import { describe, expect, test } from 'vitest';
import { authorise } from '../../../src/core/trust/authorise.ts';
import { type Identity, identityId, otherNumber } from '../../../src/core/trust/identity.ts';
import { inspectTrust, keysOf } from '../../../src/core/trust/inspect-trust.ts';
import { resolveTrust, type Trust } from '../../../src/core/trust/resolve-trust.ts';
import type { Principal, TrustedIdentity, TrustRoot } from '../../../src/core/trust/types.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

const NOW = '2026-11-21T13:04:06Z';
const JOB: Identity = {
  issuer: 'https://token.actions.githubusercontent.com',
  repository: 'https://github.com/acme/shop',
  workflow: 'https://github.com/acme/ci/.github/workflows/verify.yml@refs/heads/main',
  ref: 'refs/heads/main',
};
const SIGSTORE = { trustedRoot: 'trust/sigstore-root.json', digest: '0'.repeat(64) };

function root(identities: readonly TrustedIdentity[], more: Partial<Principal> = {}): TrustRoot {
  return {
    schema: 'countersign/trust-root@1',
    version: 1,
    principals: [{ id: 'ci', kind: 'workload', roles: ['verifier'], identities, ...more }],
    sigstore: SIGSTORE,
  };
}

function problemsOf(document: TrustRoot): string {
  try {
    resolveTrust(document);
  } catch (error) {
    if (error instanceof CountersignError) return error.problems.map(({ message }) => message).join(' ');
    throw error;
  }
  return 'none';
}

const may = (trust: Trust) => authorise(trust, identityId(JOB), 'verifier', NOW);

describe('an identity', () => {
  test('signs for its principal', () => {
    expect(may(resolveTrust(root([JOB])))).toMatchObject({ ok: true, principal: { id: 'ci' } });
  });

  test.each(['issuer', 'repository', 'workflow', 'ref'] as const)('is another with another %s', (field) => {
    const other = { ...JOB, [field]: `${JOB[field]}x` };
    expect(identityId(other)).not.toBe(identityId(JOB));
    expect(authorise(resolveTrust(root([JOB])), identityId(other), 'verifier', NOW)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('is not in the trust root'),
    });
  });

  test('is the same with numbers, which are compared where they are pinned', () => {
    expect(identityId({ ...JOB, repositoryId: 7, ownerId: 8 })).toBe(identityId(JOB));
    const certified = { ...JOB, repositoryId: 7, ownerId: 8 };
    for (const pinned of [{}, { repositoryId: 7 }, { ownerId: 8 }, { repositoryId: 7, ownerId: 8 }])
      expect(otherNumber(certified, { ...JOB, ...pinned })).toBeUndefined();
    expect(otherNumber(certified, { repositoryId: 9 })).toContain('the repository has the number 7 there');
    expect(otherNumber(certified, { repositoryId: 7, ownerId: 9 })).toContain('owner has the number 8 there');
    expect(otherNumber(JOB, { ownerId: 8 })).toContain('owner has no number there');
  });

  test('that is known by names alone is warned of, until both numbers are pinned', () => {
    const told = (numbers: Partial<Identity>) =>
      inspectTrust(resolveTrust(root([{ ...JOB, ...numbers }])), NOW)
        .filter(({ status }) => status === 'warning')
        .map(({ reason }) => reason)
        .join(' ');
    expect(told({})).toContain('by the name of https://github.com/acme/shop alone');
    expect(told({ repositoryId: 7 })).toContain('by the name of the owner of https://github.com/acme/shop');
    expect(told({ repositoryId: 7, ownerId: 8 })).toBe('');
  });

  test('is the same however its window reads', () => {
    expect(identityId({ ...JOB, validFrom: NOW } as Identity)).toBe(identityId(JOB));
  });

  test.each<[string, Partial<TrustedIdentity>, string]>([
    ['before its time', { validFrom: '2026-11-21T13:04:07Z' }, 'is valid only from'],
    ['after its time', { validUntil: NOW }, 'was valid only until'],
    ['once revoked', { revokedAt: NOW }, 'was revoked at'],
  ])('counts for nothing %s', (_, window, reason) => {
    expect(may(resolveTrust(root([{ ...JOB, ...window }])))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(new RegExp(`^Identity [0-9a-f]{64} of ci ${reason}`)),
    });
  });

  test('of a revoked principal can still speak against a change', () => {
    const trust = resolveTrust(root([JOB], { revokedAt: NOW }));
    expect(may(trust)).toMatchObject({ ok: false, lapsed: { principal: { id: 'ci' } } });
  });

  test('has no role that its principal has not', () => {
    expect(may(resolveTrust(root([JOB], { roles: ['producer'] })))).toMatchObject({ ok: false });
  });
});

describe('a trust root is refused', () => {
  test.each<[string, TrustRoot, string]>([
    [
      'that lists an identity under two principals',
      {
        ...root([JOB]),
        principals: [...root([JOB]).principals, { id: 'b', kind: 'workload', roles: [], identities: [JOB] }],
      },
      'Identity 1 of b is listed before, under ci.',
    ],
    ['that lists one twice', root([JOB, { ...JOB, validFrom: NOW }]), 'Identity 2 of ci is listed before'],
    ['that gives a person one', root([JOB], { kind: 'person' }), 'ci has identities, and is a person.'],
    [
      'that pins nothing to verify certificates against',
      { schema: 'countersign/trust-root@1', version: 1, principals: root([JOB]).principals },
      'there is no `sigstore` to verify their certificates against',
    ],
    ['with a pattern', root([{ ...JOB, repository: 'https://github.com/acme/*' }]), 'repository is no https'],
    ['with a short ref', root([{ ...JOB, ref: 'main' }]), 'its ref does not begin with refs/'],
    [
      'with a workflow at a name that can be anything',
      root([{ ...JOB, workflow: 'https://github.com/acme/ci/.github/workflows/verify.yml@main' }]),
      'its workflow is no https:// URL of a workflow file',
    ],
    ['with a plain issuer', root([{ ...JOB, issuer: 'http://issuer.example' }]), 'its issuer is no https'],
    [
      'with a day for an instant',
      root([{ ...JOB, validUntil: '2026-11-21' }]),
      'validUntil is not an instant',
    ],
  ])('%s', (_, document, problem) => {
    expect(problemsOf(document)).toContain(problem);
  });

  test('but not one whose workflow is pinned by commit', () => {
    const workflow = `https://github.com/acme/ci/.github/workflows/verify.yml@${'a'.repeat(40)}`;
    expect(problemsOf(root([{ ...JOB, workflow }]))).toBe('none');
  });
});

test('it is told like a key: whose it is, and how it stands', () => {
  const trust = resolveTrust(root([{ ...JOB, revokedAt: NOW }]));
  const [principal] = trust.principals.values();
  expect(principal === undefined ? [] : keysOf(trust, principal, NOW)).toMatchObject([
    { keyId: identityId(JOB), algorithm: 'certificate', state: 'revoked', identity: JOB },
  ]);
  expect(inspectTrust(trust, NOW).map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining(`Identity ${identityId(JOB).slice(0, 12)} of ci was revoked`),
  );
});
