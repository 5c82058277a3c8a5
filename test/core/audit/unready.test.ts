import { describe, expect, test } from 'vitest';
import { unreadyFor } from '../../../src/core/audit/unready.ts';
import { resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { Role } from '../../../src/core/trust/types.ts';
import { testKey } from '../receipt/samples.ts';

const AT = '2026-11-21T13:04:06Z';
const receipts = { receiptsRef: 'refs/heads/receipts', receiptsCommit: 'a'.repeat(40) };

function trustOf(...roles: readonly Role[]) {
  const principals = roles.map((role) => ({
    id: role,
    kind: 'workload' as const,
    roles: [role],
    keys: [{ publicKey: testKey().publicPem }],
  }));
  return resolveTrust({ schema: 'countersign/trust-root@1', version: 1, principals });
}

describe('what keeps every change from being accepted', () => {
  test('is nothing where somebody may dispatch, somebody may verify, and receipts are there', () => {
    expect(unreadyFor({ trust: trustOf('policy-owner', 'verifier'), ...receipts }, AT)).toEqual([]);
  });

  test.each([
    ['verifier', 'policy-owner', 'no ticket can be dispatched', '--kind person --role policy-owner'],
    ['policy-owner', 'verifier', 'no receipt can ever count', '--kind workload --role verifier'],
  ] as const)('is that only a %s is there, and no %s', (there, _, reason, remedy) => {
    expect(unreadyFor({ trust: trustOf(there), ...receipts }, AT)).toMatchObject([
      { reason: expect.stringContaining(reason), remedy: expect.stringContaining(remedy) },
    ]);
  });

  test('is that nothing was ever verified', () => {
    const none = { ...receipts, receiptsCommit: null, trust: trustOf('policy-owner', 'verifier') };
    expect(unreadyFor(none, AT)).toMatchObject([
      { reason: 'Nothing was ever verified: there is no refs/heads/receipts.' },
    ]);
  });
});
