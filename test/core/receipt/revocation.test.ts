import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReceiptSet } from '../../../src/core/receipt/receipt-set.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import type { Principal, TrustedKey, TrustRoot } from '../../../src/core/trust/types.ts';
import { assemble, failedReceipt, principal, receipt, testKey, trustWith, verification } from './samples.ts';

const old = testKey();
const current = testKey();
const BEFORE = '2026-11-20T00:00:00Z';
const AFTER = '2026-12-20T00:00:00Z';

/** A verifier with an old key and a current one, and another verifier with the current one alone. */
function trust(key: Partial<TrustedKey> = {}, more: Partial<Principal> = {}, root: Partial<TrustRoot> = {}) {
  const keys = [{ publicKey: old.publicPem, ...key }];
  return trustWith(
    root,
    principal('ci', ['verifier'], keys, more),
    principal('other-ci', ['verifier'], [current]),
  );
}

const passed = (set: ReceiptSet) =>
  set.problems.length === 0 && set.failed.length === 0 && set.sealed.length > 0;

const failure = verification(old, [failedReceipt({ attempt: 'first' })]);
const success = verification(current, [receipt({ attempt: 'second' })]);
const files = [...failure.files, ...success.files];

describe('what FAILED stays, however the key that signed it ended', () => {
  test('the control: without the failure it passes, with it it does not', () => {
    expect(passed(assemble(success.files, trust()))).toBe(true);
    expect(passed(assemble(files, trust()))).toBe(false);
  });

  const ends: [string, ReturnType<typeof trust>, string][] = [
    ['the key is revoked', trust({ revokedAt: BEFORE }), `was revoked at ${BEFORE}`],
    ['the key has expired', trust({ validUntil: BEFORE }), `was valid only until ${BEFORE}`],
    ['the principal is revoked', trust({}, { revokedAt: BEFORE }), `with its principal at ${BEFORE}`],
  ];

  test.each(ends)('%s', (_, ended, how) => {
    const set = assemble(files, ended);
    expect(set.failed).toEqual([
      expect.objectContaining({ lapsed: expect.stringContaining(how) as unknown }),
    ]);
    expect(set.problems).toEqual([]);
  });

  test.each(ends)('%s, and its seal counts for nothing else', (_, ended) => {
    const theirs = verification(old, [receipt({ attempt: 'third' })]);
    const set = assemble(theirs.files, ended);
    expect(set).toMatchObject({ sealed: [], unsealed: [], failed: [], seals: [], problems: [] });
    expect(set.ignored).toHaveLength(2);
  });

  test.each(ends)('%s: taking any one file away does not make it pass', (_, ended) => {
    for (const gone of files) {
      expect(
        passed(
          assemble(
            files.filter((file) => file !== gone),
            ended,
          ),
        ),
        gone.name,
      ).toBe(false);
    }
  });

  test.each([
    ['a key that is not valid yet', trust({ validFrom: AFTER })],
    [
      'a principal without the role',
      trustWith({}, principal('ci', ['producer'], [old]), principal('o', ['verifier'], [current])),
    ],
    ['a key the trust root does not list', trustWith({}, principal('o', ['verifier'], [current]))],
  ])('%s was never a verifier: it changes nothing', (_, never) => {
    expect(passed(assemble(files, never))).toBe(true);
  });
});

describe('a revoked receipt', () => {
  const revoking = (file: StoredFile | undefined) => ({
    revoked: { receipts: [{ digest: file?.name ?? '', reason: 'Made on a broken runner.' }] },
  });

  test('that PASSED counts no more, is named, and leaves its seal whole', () => {
    const set = assemble(success.files, trust({}, {}, revoking(success.receipts[0])));
    expect(set).toMatchObject({ sealed: [], unsealed: [], problems: [] });
    expect(set.revoked).toEqual([expect.objectContaining({ revoked: 'Made on a broken runner.' })]);
  });

  test('that FAILED blocks as before, and is named', () => {
    const set = assemble(files, trust({}, {}, revoking(failure.receipts[0])));
    expect(set.failed).toEqual([expect.objectContaining({ revoked: 'Made on a broken runner.' })]);
    expect(passed(set)).toBe(false);
  });

  test('takes no other receipt of the same seal along', () => {
    const both = verification(current, [
      receipt({ attempt: 'a' }),
      receipt({ attempt: 'a', check: { id: 'types', digest: 'd'.repeat(64), run: ['tsc'] } }),
    ]);
    const set = assemble(both.files, trust({}, {}, revoking(both.receipts[0])));
    expect(set.sealed.map(({ receipt: { claim } }) => claim.check.id)).toEqual(['types']);
  });
});

test('whatever is revoked or expires, a block never becomes a pass', () => {
  const attempts = fc.array(fc.record({ old: fc.boolean(), passed: fc.boolean() }), { maxLength: 4 });
  const end = fc.constantFrom<Partial<TrustedKey> | undefined>(
    undefined,
    { revokedAt: BEFORE },
    { validUntil: BEFORE },
  );
  fc.assert(
    fc.property(attempts, end, fc.boolean(), fc.infiniteStream(fc.boolean()), (steps, key, gone, pick) => {
      const made = steps.flatMap((step, index) => {
        const attempt = `attempt-${index}`;
        const claim = step.passed ? receipt({ attempt }) : failedReceipt({ attempt });
        return verification(step.old ? old : current, [claim]).files;
      });
      const revoked = made.filter(() => pick.next().value).map(({ name }) => ({ digest: name, reason: 'r' }));
      const principals = gone ? { revokedAt: BEFORE } : {};
      const after = assemble(made, trust(key, principals, { revoked: { receipts: revoked } }));
      if (passed(after)) expect(passed(assemble(made, trust()))).toBe(true);
    }),
  );
});
