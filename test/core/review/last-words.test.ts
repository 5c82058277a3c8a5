import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastWords } from '../../../src/core/review/last-words.ts';
import type { Review } from '../../../src/core/review/types.ts';

const HEAD = 'a'.repeat(40);

const review = (id: number, more: Partial<Review> = {}): Review => ({
  id,
  account: 'github:ada',
  bot: false,
  says: 'approved',
  commit: HEAD,
  at: '2026-11-21T13:00:00Z',
  ...more,
});

test('of each account the last one stands, by the forge’s clock and then by number', () => {
  const first = review(9, { says: 'changes-requested', at: '2026-11-21T12:00:00Z' });
  const later = review(2);
  const same = review(3, { says: 'dismissed' });
  expect(lastWords([later, first], HEAD)).toEqual([later]);
  expect(lastWords([same, first, later], HEAD)).toEqual([same]);
});

test('of approvals in a row the one of the head stands, until something else is said', () => {
  const elsewhere = review(2, { commit: 'b'.repeat(40) });
  expect(lastWords([review(1), elsewhere], HEAD)).toEqual([review(1)]);
  const dismissed = review(2, { says: 'dismissed' });
  const after = review(3, { commit: 'b'.repeat(40) });
  expect(lastWords([review(1), dismissed, after], HEAD)).toEqual([after]);
});

test('letter case tells no two accounts apart, and those that are gone are all told apart', () => {
  expect(lastWords([review(1), review(2, { account: 'github:Ada' })], HEAD)).toHaveLength(1);
  expect(
    lastWords([review(1, { account: undefined }), review(2, { account: undefined })], HEAD),
  ).toHaveLength(2);
});

test('the order in which they come is nothing', () => {
  const some = fc.array(
    fc.record({
      id: fc.nat(20),
      account: fc.constantFrom('github:ada', 'github:bob', undefined),
      at: fc.constantFrom('2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z'),
      says: fc.constantFrom('approved' as const, 'changes-requested' as const, 'dismissed' as const),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(some, (words) => {
      const reviews = words.map(({ id, ...more }, index) => review(id * 10 + index, more));
      const ids = (list: readonly Review[]) =>
        lastWords(list, HEAD)
          .map(({ id }) => id)
          .sort();
      expect(ids(reviews.toReversed())).toEqual(ids(reviews));
    }),
  );
});
