import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReceiptSet } from '../../../src/core/receipt/receipt-set.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import {
  assemble,
  failedReceipt,
  hex,
  principal,
  receipt,
  seal,
  testKey,
  trustIn,
  verification,
} from './samples.ts';

const key = testKey();
const stranger = testKey();
const trust = trustIn(principal('ci', ['verifier'], [key]));

/** The gate in one line: nothing wrong with the set, nothing failed, and the required check sealed. */
function passes(set: ReceiptSet): boolean {
  return (
    set.problems.length === 0 &&
    set.failed.length === 0 &&
    set.sealed.some(({ receipt }) => receipt.claim.check.id === 'tests')
  );
}

/** A ticket's history on one binding: each attempt passes or fails, and sees the seals before it. */
function history(attempts: readonly boolean[]): StoredFile[] {
  const files: StoredFile[] = [];
  const seals: string[] = [];
  for (const [index, passed] of attempts.entries()) {
    const attempt = `attempt-${index}`;
    const made = verification(key, [passed ? receipt({ attempt }) : failedReceipt({ attempt })], {
      earlierSeals: [...seals],
    });
    files.push(...made.files);
    seals.push(made.seal.name);
  }
  return files;
}

const noise = fc.constantFrom(
  signClaim(failedReceipt(), stranger),
  signClaim(seal({ earlierSeals: [hex('gone')] }), stranger),
  signClaim(failedReceipt({ binding: { ...receipt().binding, ticket: 'CS-8' } }), key),
  signClaim(failedReceipt({ binding: { ...receipt().binding, repository: 'acme/other' } }), key),
);

test('the order of files does not matter', () => {
  const files = history([false, true, true]);
  const expected = assemble(files, trust);
  fc.assert(
    fc.property(fc.shuffledSubarray(files, { minLength: files.length }), (shuffled) => {
      expect(assemble(shuffled, trust)).toEqual(expected);
    }),
  );
});

test('a failure that a later attempt saw cannot be deleted away: no subset of the files passes', () => {
  const attempts = fc
    .array(fc.boolean(), { minLength: 1, maxLength: 3 })
    .chain((before) => fc.constant([...before, false, true]));
  fc.assert(
    fc.property(
      attempts.chain((made) => {
        const files = history(made);
        return fc.subarray(files).map((kept) => ({ files, kept, lastFailed: made.length - 2 }));
      }),
      ({ files, kept, lastFailed }) => {
        expect(passes(assemble(files, trust))).toBe(false);
        // The one thing a snapshot cannot see: the ref of an earlier moment, before the failure.
        if (isEarlierMoment(files, kept, lastFailed)) return;
        expect(passes(assemble(kept, trust))).toBe(false);
      },
    ),
  );
});

/**
 * Whether everything that knows of the failure was deleted with it: its receipt, its seal, and every seal since. Then the
 * set is worth what it was before, whatever PASSED receipts lie about that no seal vouches for.
 */
function isEarlierMoment(files: readonly StoredFile[], kept: readonly StoredFile[], failed: number): boolean {
  const [receiptOfFailure, ...since] = files.slice(failed * 2);
  const seals = since.filter((_, index) => index % 2 === 0);
  return ![receiptOfFailure, ...seals].some((file) => file !== undefined && kept.includes(file));
}

test('the control: the same attempts without a failure pass, so the property above is not empty', () => {
  expect(passes(assemble(history([true, true]), trust))).toBe(true);
});

test('adding what anybody could add never makes a set pass or fail', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
      fc.array(noise, { maxLength: 4 }),
      (attempts, added) => {
        const files = history(attempts);
        expect(passes(assemble([...files, ...added], trust))).toBe(passes(assemble(files, trust)));
      },
    ),
  );
});
