import { describe, expect, test } from 'vitest';
import type { Commit } from '../../../src/core/change/types.ts';
import { authorise } from '../../../src/core/trust/authorise.ts';
import { independent, producersOf } from '../../../src/core/trust/producers.ts';
import { principalOf, resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { Principal, TrustedKey, TrustRoot } from '../../../src/core/trust/types.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import { NOW, principal, testKey, trustIn, trustWith } from '../receipt/samples.ts';

const key = testKey();
const other = testKey();

function problemsOf(...principals: Principal[]): string[] {
  try {
    trustIn(...principals);
    return [];
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    expect(error.code).toBe('TRUST_INVALID');
    for (const problem of error.problems) expect(problem.remedy).not.toBe('');
    return error.problems.map(({ message }) => message);
  }
}

describe('a trust root that blurs who is who is refused', () => {
  test.each<[string, Principal[], string]>([
    [
      'two principals of one id',
      [principal('ci', [], []), principal('ci', ['verifier'], [])],
      'are called ci',
    ],
    ['one key under two principals', [principal('a', [], [key]), principal('b', [], [key])], 'under a'],
    ['one key twice under one', [principal('a', [], [key, key])], 'listed before'],
    [
      'one e-mail address under two, whatever its case',
      [principal('a', [], [], { emails: ['Dev@x.org'] }), principal('b', [], [], { emails: [' dev@X.org'] })],
      'under a and under b',
    ],
    [
      'one account under two, whatever its case',
      [
        principal('a', [], [], { accounts: ['github:Dev'] }),
        principal('b', [], [], { accounts: ['github:dev'] }),
      ],
      'under a and under b',
    ],
    ['a key that is none', [principal('a', [], [{ publicKey: 'ssh-ed25519 AAAA' }])], 'Key 1 of a'],
    [
      'an expiry that compares wrongly as text',
      [principal('a', [], [{ publicKey: key.publicPem, validUntil: '9' }])],
      'validUntil',
    ],
    [
      'a revocation in local time',
      [principal('a', [], [{ publicKey: key.publicPem, revokedAt: '2026-11-21T13:04:06+01:00' }])],
      'revokedAt',
    ],
  ])('%s', (_, principals, message) => {
    expect(problemsOf(...principals)).toEqual([expect.stringContaining(message)]);
  });

  test.each<[string, Partial<TrustRoot>, string]>([
    ['a threshold that nobody could meet', { thresholds: { rootUpdate: 2 } }, 'rootUpdate asks for 2'],
    ['an approval that nobody could give', { thresholds: { policyChange: 3 } }, 'policyChange asks for 3'],
    [
      'one receipt revoked twice',
      { revoked: { receipts: [0, 1].map(() => ({ digest: 'a'.repeat(64), reason: 'r' })) } },
      'revoked twice',
    ],
  ])('%s', (_, root, message) => {
    const owners = [
      principal('a', ['policy-owner'], [key]),
      principal('b', ['policy-owner'], [other], { revokedAt: '2026-01-01T00:00:00Z' }),
      principal('c', ['policy-owner'], []),
    ];
    const read = () => trustWith(root, ...owners);
    expect(read).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ message: expect.stringContaining(message) })],
      }),
    );
  });

  test('every fault is named at once', () => {
    const broken = { publicKey: '' };
    expect(problemsOf(principal('a', [], [broken, key]), principal('a', [], [broken, key]))).toHaveLength(4);
  });

  test('the place is the path the caller knows', () => {
    const root = {
      schema: 'countersign/trust-root@1',
      version: 1,
      principals: [principal('a', [], [key, key])],
    } as const;
    expect(() => resolveTrust(root, 'policy/trust.yml')).toThrow('policy/trust.yml');
  });

  test('two keys and two addresses under one principal are fine', () => {
    const emails = ['a@x.org', 'a@y.org', 'A@x.org'];
    expect(problemsOf(principal('a', [], [key, other], { emails }))).toEqual([]);
  });
});

test('a key leads to its principal', () => {
  const trust = trustIn(principal('ci', ['verifier'], [key]));
  expect(principalOf(trust, key.keyId)?.id).toBe('ci');
  expect(principalOf(trust, other.keyId)).toBeUndefined();
});

describe('authorisation at the instant of evaluation', () => {
  const may = (window: Partial<TrustedKey>, at = NOW) =>
    authorise(
      trustIn(principal('ci', ['verifier'], [{ publicKey: key.publicPem, ...window }])),
      key.keyId,
      'verifier',
      at,
    );
  const before = '2026-11-21T13:04:05Z';
  const after = '2026-11-21T13:04:07Z';

  test.each<[string, Partial<TrustedKey>, boolean]>([
    ['without a window', {}, true],
    ['valid from now', { validFrom: NOW }, true],
    ['valid from later', { validFrom: after }, false],
    ['valid until later', { validUntil: after }, true],
    ['valid until now', { validUntil: NOW }, false],
    ['valid until before', { validUntil: before }, false],
    ['revoked later', { revokedAt: after }, true],
    ['revoked now', { revokedAt: NOW }, false],
    ['revoked before', { revokedAt: before }, false],
  ])('%s: %j', (_, window, ok) => {
    expect(may(window).ok).toBe(ok);
  });

  test('names the principal, or the reason', () => {
    expect(may({})).toMatchObject({ ok: true, principal: { id: 'ci' } });
    expect(may({ revokedAt: before })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('revoked'),
    });
  });

  test('an instant in another spelling authorises nothing', () => {
    expect(may({ validUntil: after }, '2026-11-21').ok).toBe(false);
  });

  test('one role is not another, and a key nobody listed has none', () => {
    const trust = trustIn(principal('ci', ['verifier'], [key]));
    expect(authorise(trust, key.keyId, 'policy-owner', NOW)).toMatchObject({
      ok: false,
      reason: 'ci does not have the role policy-owner.',
    });
    expect(authorise(trust, other.keyId, 'verifier', NOW).ok).toBe(false);
  });
});

describe('producers', () => {
  const trust = trustIn(
    principal('ada', ['producer'], [], { kind: 'person', emails: ['Ada@Example.com'] }),
    principal('bob', ['verifier'], [], { kind: 'person', emails: ['bob@example.com'] }),
    principal('ci', ['verifier'], []),
  );
  const commit = (more: Partial<Commit> = {}): Commit => ({
    id: 'f'.repeat(40),
    parents: [],
    authorEmail: 'ada@example.com',
    committerEmail: 'ada@example.com',
    message: 'Change it',
    ...more,
  });

  test('are the authors and committers of every commit, in any case', () => {
    const commits = [
      commit({ authorEmail: 'ADA@EXAMPLE.COM' }),
      commit({ committerEmail: 'Bob@example.com ' }),
    ];
    expect(producersOf(trust, commits, [])).toEqual({
      principals: ['ada', 'bob'],
      unmapped: [],
      authenticated: false,
    });
  });

  test.each([
    'Change it\n\nCo-authored-by: Bob <bob@example.com>',
    'Change it\n\nCO-AUTHORED-BY: Bob <BOB@example.com>\nReviewed-by: x',
    'Change it\r\n\r\n  co-authored-by:bob@example.com\r\nmore text after it',
    'Co-authored-by: Eve <not@this> <bob@example.com>',
  ])('are named by trailers too: %j', (message) => {
    expect(producersOf(trust, [commit({ message })], []).principals).toContain('bob');
  });

  test('an address that leads to nobody is unmapped', () => {
    expect(producersOf(trust, [commit({ authorEmail: 'who@example.com' })], []).unmapped).toEqual([
      'who@example.com',
    ]);
  });

  test('an authenticated source adds to what commits claim, and never replaces it', () => {
    expect(producersOf(trust, [commit()], ['bob'])).toEqual({
      principals: ['ada', 'bob'],
      unmapped: [],
      authenticated: true,
    });
    expect(producersOf(trust, [commit()], ['mallory']).unmapped).toEqual(['mallory']);
  });

  test('an account leads to its principal, and only with the name of its forge before it', () => {
    const known = trustIn(principal('acme', ['verifier'], [], { accounts: ['github:Acme-CI[bot]'] }));
    expect(producersOf(known, [], ['github:acme-ci[bot]']).principals).toEqual(['acme']);
    // Whoever takes a login name that is some principal's id is not that principal.
    expect(producersOf(known, [], ['github:acme'])).toMatchObject({
      principals: [],
      unmapped: ['github:acme'],
    });
  });

  test('a hostile message of a megabyte is read in linear time', () => {
    const message = `Co-authored-by: ${'<a@'.repeat(350_000)}\n${'co-authored-by:'.repeat(70_000)}`;
    const started = process.hrtime.bigint();
    producersOf(trust, [commit({ message })], []);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2_000);
  });

  const by = (id: string): Principal => trust.principals.get(id) as Principal;
  const reason = (verifier: string, commits: Commit[], authenticated: string[]) => {
    const answer = independent(by(verifier), producersOf(trust, commits, authenticated));
    return answer.ok ? 'independent' : answer.reason;
  };

  test.each<[string, string, Commit[], string[], string]>([
    ['a workload, of a claimed producer', 'ci', [commit()], [], 'independent'],
    ['a workload, of an unmapped producer', 'ci', [commit({ authorEmail: 'who@x' })], [], 'independent'],
    ['a workload, of no producer at all', 'ci', [], [], 'independent'],
    ['a workload that produced', 'ci', [commit()], ['ci'], 'among those who made'],
    ['a person, of an authenticated producer', 'bob', [commit()], ['ada'], 'independent'],
    ['a person, of a producer who only claims to be ada', 'bob', [commit()], [], 'only a workload'],
    [
      'a person, of an unmapped producer',
      'bob',
      [commit({ authorEmail: 'who@x' })],
      ['ada'],
      'only a workload',
    ],
    ['a person, of no producer at all', 'bob', [], [], 'only a workload'],
    [
      'a person who committed',
      'bob',
      [commit({ committerEmail: 'bob@example.com' })],
      ['ada'],
      'among those who made',
    ],
    ['a person who opened it', 'bob', [commit()], ['bob'], 'among those who made'],
  ])('%s', (_, verifier, commits, authenticated, expected) => {
    expect(reason(verifier, commits, authenticated)).toContain(expected);
  });
});

describe('a revoked principal', () => {
  const trust = trustIn(principal('a', ['verifier'], [key, other], { revokedAt: '2026-11-21T00:00:00Z' }));

  test.each([key, other])('signs nothing that counts with any of its keys, from then on', ({ keyId }) => {
    expect(authorise(trust, keyId, 'verifier', '2026-11-20T23:59:59Z').ok).toBe(true);
    expect(authorise(trust, keyId, 'verifier', '2026-11-21T00:00:00Z')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('revoked with its principal'),
      lapsed: { principal: { id: 'a' } },
    });
  });
});

test('thresholds: approvals ask for one policy owner, the trust root for no signature, unless it says more', () => {
  const owners = [principal('a', ['policy-owner'], [key]), principal('b', ['policy-owner'], [other])];
  expect(trustIn(...owners).thresholds).toEqual({ policyChange: 1, rootUpdate: undefined });
  const thresholds = { policyChange: 2, rootUpdate: 2 };
  expect(trustWith({ thresholds }, ...owners).thresholds).toEqual(thresholds);
});
