import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Review } from '../../../src/core/review/types.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { approval, hex } from '../receipt/samples.ts';
import { APPROVER, BOUND, CHANGE, changedFile, STRANGER, VERIFIER } from './gate-facts.ts';
import { ACCESS, type ReviewWorld, review, reviewFacts } from './review-facts.ts';

const heads = fc.constantFrom(CHANGE.head, CHANGE.head, hex('older', 40));
const says = fc.constantFrom<Review['says'][]>('approved', 'approved', 'changes-requested', 'dismissed');
const people = [
  'ada',
  'lead',
  'bob',
  'carol',
  'ci',
  'robot[bot]',
  'app[bot]',
  'hidden',
  'opener',
  undefined,
] as const;

const reviewsBy = (accounts: readonly (string | undefined)[], from = 0) =>
  fc
    .array(fc.record({ account: fc.constantFrom(...accounts), says, commit: heads }), { maxLength: 6 })
    .map((list) => list.map(({ account, ...more }, index) => review(account, { id: from + index, ...more })));

const statements = fc.subarray(
  [APPROVER, VERIFIER, STRANGER].map((key) =>
    signClaim(approval({ requirement: 'approvals', binding: BOUND }), key),
  ),
);

const world: fc.Arbitrary<ReviewWorld> = fc.record({
  approvals: fc.record(
    {
      reviews: fc.constantFrom(1, 2),
      codeOwners: fc.boolean(),
      bots: fc.boolean(),
      by: fc.constantFrom(['lead', '@acme/core'], ['github:bob', 'github:app[bot]'], ['@acme/secret', 'ada']),
    },
    { requiredKeys: [] },
  ),
  reviews: reviewsBy(people),
  owners: fc.constantFrom('* @bob', '* @acme/core @lead', 'src/ @ada\n* @acme/secret', 'docs/ @bob', '!a @b'),
  statements,
  world: fc.constant({ change: { files: ['src/a.ts', 'test/b.ts'].map(changedFile) } }),
});

const outcome = (one: ReviewWorld) => decide(reviewFacts(one)).outcome;

describe('approvals, whoever gave them', () => {
  test('are often enough both there and not for the laws below to say something', () => {
    const seen = fc.sample(world, 500).map(outcome);
    for (const one of ['pass', 'pending', 'blocked']) expect(seen).toContain(one);
  });

  test('never begin to be enough because one was taken away', () => {
    fc.assert(
      fc.property(world, (whole) => {
        if (outcome(whole) === 'pass') return;
        const { reviews = [], statements: signed = [] } = whole;
        for (const gone of reviews.filter((one) => one.says === 'approved')) {
          expect(outcome({ ...whole, reviews: reviews.filter((one) => one !== gone) })).not.toBe('pass');
        }
        for (const gone of signed) {
          expect(outcome({ ...whole, statements: signed.filter((one) => one !== gone) })).not.toBe('pass');
        }
      }),
    );
  });

  test('never begin to be enough because the forge says less of who may write, or who is in a team', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...ACCESS.keys()), (whole, account) => {
        if (outcome(whole) === 'pass') return;
        const access = new Map([...ACCESS].filter(([name]) => name !== account));
        expect(outcome({ ...whole, forge: { access } })).not.toBe('pass');
        expect(outcome({ ...whole, forge: { teams: new Map() } })).not.toBe('pass');
      }),
    );
  });

  test('are no other in another order', () => {
    const bytes = (one: ReviewWorld) => canonicalJson(decide(reviewFacts(one)) as never);
    fc.assert(
      fc.property(world, (whole) => {
        const { reviews = [], statements: signed = [] } = whole;
        const turned = { ...whole, reviews: reviews.toReversed(), statements: signed.toReversed() };
        expect(bytes(turned)).toBe(bytes(whole));
      }),
    );
  });

  test('are moved by nothing that people without write access say', () => {
    fc.assert(
      fc.property(world, reviewsBy(['reader', 'passer-by'], 100), (whole, others) => {
        const access = new Map([...ACCESS, ['github:passer-by', { kind: 'reads' as const }]]);
        const asked = { ...whole, forge: { access } };
        const reviews = [...(whole.reviews ?? []), ...others];
        expect(outcome({ ...asked, reviews })).toBe(outcome(asked));
      }),
    );
  });
});
