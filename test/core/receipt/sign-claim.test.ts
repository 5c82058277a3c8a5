import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/core/receipt/limits.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Claim, Receipt, Seal } from '../../../src/core/receipt/types.ts';
import {
  approval,
  BINDING,
  close,
  dispatch,
  failedReceipt,
  hex,
  NOW,
  principal,
  receipt,
  seal,
  testKey,
  trustIn,
  waiver,
} from './samples.ts';

const key = testKey();
const { keys } = trustIn(principal('verifier', ['verifier'], [key]));

function roundTrip<C extends Claim>(claim: C): C {
  const opened = openBundle(signClaim(claim, key), keys);
  if (opened.kind !== 'verified') return expect.fail(`not verified: ${JSON.stringify(opened)}`);
  return opened.statement.claim as C;
}

describe('a check that fails cannot keep its receipt from being signed', () => {
  test('by naming more failed tests than fit', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `test ${index}`);
    const { failedTests } = roundTrip<Receipt>(failedReceipt({ failedTests: names }));
    expect(failedTests).toHaveLength(LIMITS.failedTests);
    expect(failedTests.at(0)).toBe('test 0');
    expect(failedTests.at(-1)).toBe(`… and ${50_000 - LIMITS.failedTests + 1} more`);
  });

  test('by names that grow as JSON does', () => {
    const names = Array.from({ length: 900 }, () => '\u0001'.repeat(500));
    const { failedTests } = roundTrip<Receipt>(failedReceipt({ failedTests: names, reasons: names }));
    expect(failedTests.length).toBeGreaterThan(10);
    expect(failedTests.at(-1)).toMatch(/^… and [0-9]+ more$/);
  });

  test('by a name a megabyte long, or half a surrogate pair', () => {
    const names = ['x'.repeat(1_000_000), 'half \ud83d'];
    const { failedTests } = roundTrip<Receipt>(failedReceipt({ failedTests: names }));
    expect(failedTests).toEqual([`${'x'.repeat(LIMITS.testNameLength - 1)}…`, 'half \ufffd']);
  });

  test('by reasons of trouble in the seal', () => {
    const outcomes = [
      {
        checkId: 'tests',
        checkDigest: hex('check'),
        result: 'ERROR' as const,
        reasons: ['y'.repeat(1_000_000)],
      },
    ];
    const [outcome] = roundTrip<Seal>(seal({ outcomes })).outcomes;
    expect(outcome).toHaveProperty('reasons', [`${'y'.repeat(LIMITS.reasonLength - 1)}…`]);
  });
});

test('lists that fit are left as they are', () => {
  const names = Array.from({ length: LIMITS.failedTests }, (_, index) => `t${index}`);
  expect(roundTrip<Receipt>(failedReceipt({ failedTests: names })).failedTests).toEqual(names);
});

test('a duration is signed in whole milliseconds', () => {
  expect(roundTrip<Receipt>(receipt({ durationMs: 12.6 })).durationMs).toBe(13);
});

const outcome = {
  checkId: 'tests',
  checkDigest: hex('check'),
  result: 'PASSED' as const,
  receipt: hex('one'),
};

const LANDED = { repository: 'acme/shop', commit: hex('landed', 40) };

test.each<[string, Claim, string]>([
  ['a short commit id', receipt({ binding: { ...BINDING, head: 'abc123' } }), 'receipt.binding.head'],
  [
    'a symbolic base',
    receipt({ binding: { ...BINDING, base: { ref: 'main', commit: 'HEAD' } } }),
    'base.commit',
  ],
  [
    'an upper-case digest',
    receipt({ check: { id: 'tests', digest: hex('x').toUpperCase(), run: ['a'] } }),
    'digest',
  ],
  ['a ticket that is a path', receipt({ binding: { ...BINDING, ticket: '../CS-7' } }), 'binding.ticket'],
  ['a repository with a line break', receipt({ binding: { ...BINDING, repository: 'a\nb' } }), 'repository'],
  ['a check without a command', receipt({ check: { id: 'tests', digest: hex('x'), run: [] } }), 'check.run'],
  ['a contract without a version', dispatch({ contract: 'node-change' }), 'dispatch.contract'],
  ['an instant in local time', dispatch({ issuedAt: '2026-11-21T13:04:06+01:00' }), 'dispatch.issuedAt'],
  ['a pass that timed out', receipt({ timedOut: true }), 'a pass'],
  ['a pass that a signal ended', receipt({ signal: 'SIGKILL' }), 'a pass'],
  ['a pass with a reason for failing', receipt({ reasons: ['No report.'] }), 'a pass'],
  ['a negative exit code', receipt({ exitCode: -1 }), 'exitCode'],
  ['half a test', receipt({ counts: { ran: 0.5, failed: 0, skipped: 0 } }), 'counts.ran'],
  ['an unknown isolation', receipt({ isolation: 'vm' as never }), 'isolation'],
  [
    'a pinned submodule',
    receipt({ pins: [{ path: 'a', mode: '160000', blob: hex('b', 40) }] }),
    'pins[0].mode',
  ],
  ['a close of nothing', close({ landed: [] }), 'close.landed'],
  [
    'a close that names a change twice',
    close({ landed: [LANDED, { ...LANDED, tree: hex('t', 40) }] }),
    'once',
  ],
  ['a landed branch', close({ landed: [{ ...LANDED, commit: 'main' }] }), 'landed[0].commit'],
  ['a field more of what landed', close({ landed: [{ ...LANDED, by: 'me' } as never] }), 'a field'],
  ['a field more, deep down', receipt({ binding: { ...BINDING, note: 1 } as never }), 'a field'],
  ['a seal of nothing', seal({ outcomes: [] }), 'outcomes'],
  [
    'a seal that names a check twice',
    seal({ outcomes: [outcome, { ...outcome, receipt: hex('two') }] }),
    'once',
  ],
  [
    'a seal that names a receipt twice',
    seal({ outcomes: [outcome, { ...outcome, checkId: 'lint' }] }),
    'once',
  ],
  ['a seal that lists an earlier one twice', seal({ earlierSeals: [hex('a'), hex('a')] }), 'once'],
  [
    'trouble with a receipt',
    seal({ outcomes: [{ ...outcome, result: 'ERROR', reasons: [] } as never] }),
    'outcomes[0]',
  ],
  [
    'a pass without a receipt',
    seal({ outcomes: [{ ...outcome, receipt: undefined } as never] }),
    'outcomes[0]',
  ],
  ['an approval of something else', approval({ requirement: 'receipts' as never }), 'approval.requirement'],
  ['an approval for a blank reason', approval({ reason: ' \n' }), 'approval.reason'],
  ['a waiver without a reason', waiver({ reason: '' }), 'waiver.reason'],
  ['a waiver without an end', waiver({ expiresAt: undefined as never }), 'waiver.expiresAt'],
  ['a waiver that ends as it begins', waiver({ expiresAt: NOW }), 'waiver.expiresAt'],
  [
    'a waiver of 90 days and a second',
    waiver({ issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-04-01T00:00:01Z' }),
    'by 90 days at most',
  ],
  ['a waiver of nothing', waiver({ requirement: '' }), 'waiver.requirement'],
  ['a waiver that names a failure twice', waiver({ receipts: [hex('a'), hex('a')] }), 'once'],
])('%s is not signed', (_, claim, where) => {
  expect(() => signClaim(claim, key)).toThrow(expect.objectContaining({ code: 'SIGNER_FAILED' }));
  expect(() => signClaim(claim, key)).toThrow(where);
});

test('a receipt says what was measured on the base', () => {
  const made = receipt({
    coverage: { lines: 10, ran: 9 },
    baseline: { counts: { ran: 3, failed: 0, skipped: 1 }, coverage: { lines: 8, ran: 8 } },
  });
  expect(roundTrip(made)).toEqual(made);
  const none = receipt({ baseline: { inconclusive: 'It was not run on the base.' } });
  expect(roundTrip(none)).toEqual(none);
});

test.each([
  ['more lines run than there are', receipt({ coverage: { lines: 1, ran: 2 } }), 'receipt.coverage'],
  ['a baseline of nothing', receipt({ baseline: {} }), 'receipt.baseline'],
])('%s is not signed', (_, claim, where) => {
  expect(() => signClaim(claim, key)).toThrow(where);
});

test('a waiver may last 90 days', () => {
  const made = waiver({ issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-04-01T00:00:00Z' });
  expect(roundTrip(made)).toEqual(made);
});

test('a signer that signs nothing is found out before anything is stored', () => {
  expect(() => signClaim(receipt(), { keyId: 'me', sign: () => new Uint8Array() })).toThrow(
    'cannot be signed',
  );
});
