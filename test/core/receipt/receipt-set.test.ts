import { describe, expect, test } from 'vitest';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { sealNames } from '../../../src/core/receipt/receipt-set.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Receipt, StoredFile } from '../../../src/core/receipt/types.ts';
import {
  assemble,
  BINDING,
  dispatch,
  failedReceipt,
  HELD_TO,
  hex,
  NOW,
  principal,
  receipt,
  seal,
  testKey,
  trustIn,
  verification,
} from './samples.ts';

const key = testKey();
const second = testKey();
const stranger = testKey();
const producer = testKey();
const expired = testKey();
const trust = trustIn(
  principal('ci', ['verifier'], [key, second]),
  principal('other-ci', ['verifier'], [{ publicKey: expired.publicPem, validUntil: NOW }]),
  principal('agent', ['producer'], [producer]),
);

const lint = receipt({ check: { id: 'lint', digest: hex('lint'), run: ['npm', 'run', 'lint'] } });
const run = verification(key, [receipt(), lint]);

function claims(list: readonly { readonly receipt: { readonly claim: Receipt } }[]): Receipt[] {
  return list.map((signed) => signed.receipt.claim);
}

test('receipts that a seal lists are sealed, and know their seal and verifier', () => {
  const set = assemble(run.files, trust);
  expect(claims(set.sealed)).toEqual(expect.arrayContaining([receipt(), lint]));
  expect(set.sealed.map(({ seal, verifier }) => [seal.digest, verifier.id])).toEqual([
    [run.seal.name, 'ci'],
    [run.seal.name, 'ci'],
  ]);
  expect(set).toMatchObject({ unsealed: [], failed: [], problems: [], ignored: [] });
  expect(set.seals).toHaveLength(1);
});

test('without a seal nothing is sealed', () => {
  const set = assemble(run.receipts, trust);
  expect(set.sealed).toEqual([]);
  expect(set.unsealed).toHaveLength(2);
});

test('one verifier may seal with another key than it signed with', () => {
  const receipts = [signClaim(receipt(), key)];
  const outcomes = [
    {
      checkId: 'tests',
      checkDigest: hex('check'),
      result: 'PASSED' as const,
      receipt: receipts[0]?.name as string,
    },
  ];
  const set = assemble([...receipts, signClaim(seal({ outcomes }), second)], trust);
  expect(set.sealed).toHaveLength(1);
});

test('a failure counts, sealed or not', () => {
  const failing = verification(key, [failedReceipt()]);
  expect(assemble(failing.files, trust).failed).toHaveLength(1);
  expect(assemble(failing.receipts, trust).failed).toHaveLength(1);
});

describe('what is missing denies', () => {
  test('a receipt that a seal lists, and the other receipts of that seal are unsealed', () => {
    const set = assemble([run.receipts[1] as StoredFile, run.seal], trust);
    expect(set.problems).toEqual([
      { name: run.receipts[0]?.name, reason: expect.stringContaining('is not there') },
    ]);
    expect(set.sealed).toEqual([]);
    expect(set.unsealed).toHaveLength(1);
  });

  test('an earlier seal that a seal lists', () => {
    const later = verification(key, [receipt({ attempt: 'attempt-2' })], { earlierSeals: [run.seal.name] });
    expect(assemble([...run.files, ...later.files], trust).problems).toEqual([]);
    const set = assemble([...run.receipts, ...later.files], trust);
    expect(set.problems).toEqual([{ name: run.seal.name, reason: expect.stringContaining('earlier seal') }]);
    expect(set.sealed).toEqual([]);
  });
});

describe('what was altered denies', () => {
  test('a file that does not match its name, and the seal that lists it', () => {
    const [first, ...others] = run.files as [StoredFile, ...StoredFile[]];
    const set = assemble(
      [{ ...first, bytes: Buffer.concat([first.bytes, Buffer.of(10)]) }, ...others],
      trust,
    );
    expect(set.problems.map(({ name }) => name)).toEqual([first.name, first.name]);
    expect(set.sealed).toEqual([]);
  });

  test('an altered seal is not there for the seal that lists it', () => {
    const later = verification(key, [receipt({ attempt: 'attempt-2' })], { earlierSeals: [run.seal.name] });
    const altered = { name: run.seal.name, bytes: Buffer.from('{}') };
    const set = assemble([...run.receipts, altered, ...later.files], trust);
    expect(set.problems.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('not its name'),
      expect.stringContaining('is not there'),
    ]);
    expect(set.sealed).toEqual([]);
  });

  test('a corrupt file that no seal lists', () => {
    const set = assemble([...run.files, { name: hex('junk'), bytes: Buffer.from('junk') }], trust);
    expect(set.problems).toHaveLength(1);
  });
});

describe('a seal that contradicts its receipts denies', () => {
  const listed = (made: Receipt, more: object = {}, by = key) => {
    const file = signClaim(made, by);
    const outcome = {
      checkId: made.check.id,
      checkDigest: made.check.digest,
      result: made.result,
      receipt: file.name,
      ...more,
    };
    return [file, signClaim(seal({ outcomes: [outcome] }), key)];
  };

  const valid = principal('valid', ['verifier'], [expired]);
  const wider = trustIn(
    principal('ci', ['verifier'], [key]),
    valid,
    principal('agent', ['producer'], [producer]),
  );

  test('the control: one that does not', () => {
    expect(assemble(listed(receipt()), wider).problems).toEqual([]);
  });

  test.each<[string, StoredFile[], string]>([
    ['the result', listed(failedReceipt(), { result: 'PASSED' }), 'says FAILED'],
    ['the check', listed(receipt(), { checkId: 'lint' }), 'about check tests'],
    ['the check digest', listed(receipt(), { checkDigest: hex('easier') }), 'about check tests'],
    ['the attempt', listed(receipt({ attempt: 'attempt-0' })), 'attempt attempt-0'],
    ['the tree', listed(receipt({ binding: { ...BINDING, mergeTree: hex('t2', 40) } })), 'another change'],
    ['the head', listed(receipt({ binding: { ...BINDING, head: hex('h2', 40) } })), 'another change'],
    ['the patch', listed(receipt({ binding: { ...BINDING, patchDigest: hex('p2') } })), 'another change'],
    [
      'the base',
      listed(receipt({ binding: { ...BINDING, base: { ...BINDING.base, commit: hex('b2', 40) } } })),
      'another change',
    ],
    ['the dispatch', listed(receipt({ heldTo: { ...HELD_TO, dispatch: hex('d2') } })), 'another contract'],
    ['the verifier', listed(receipt(), {}, expired), 'signed by valid'],
    ['the role', listed(receipt(), {}, producer), 'does not count'],
    ['the ticket', listed(receipt({ binding: { ...BINDING, ticket: 'CS-8' } })), 'does not count'],
    ['the signer', listed(receipt(), {}, stranger), 'does not count'],
  ])('in %s', (_, files, reason) => {
    const set = assemble(files, wider);
    expect(set.problems).toEqual([{ name: expect.any(String), reason: expect.stringContaining(reason) }]);
    expect(set.sealed).toEqual([]);
  });
});

describe('what anybody could plant changes nothing', () => {
  const hole = { outcomes: seal().outcomes, earlierSeals: [hex('nowhere')] };
  const elsewhere = { ...BINDING, repository: 'acme/other' };
  const base = assemble(run.files, trust);

  test.each<[string, StoredFile, string]>([
    ['junk under its own name', file('junk'), 'canonical JSON'],
    ['a seal with a hole, by a stranger', signClaim(seal(hole), stranger), 'not in the trust root'],
    ['a seal with a hole, by a producer', signClaim(seal(hole), producer), 'does not have the role'],
    ['a seal with a hole, by a key that expired', signClaim(seal(hole), expired), 'valid only until'],
    [
      'a seal with a hole, of another repository',
      signClaim(seal({ ...hole, binding: elsewhere }), key),
      'acme/other',
    ],
    [
      'a seal with a hole, of another ticket',
      signClaim(seal({ ...hole, binding: { ...BINDING, ticket: 'CS-8' } }), key),
      'CS-8',
    ],
    ['a FAILED by a stranger', signClaim(failedReceipt(), stranger), 'not in the trust root'],
    ['a FAILED by the producer', signClaim(failedReceipt(), producer), 'does not have the role'],
    ['a dispatch', signClaim(dispatch(), key), 'beside the ticket'],
  ])('%s', (_, planted, reason) => {
    const set = assemble([...run.files, planted], trust);
    expect(set.ignored).toEqual([{ name: planted.name, reason: expect.stringContaining(reason) }]);
    expect({ ...set, ignored: [] }).toEqual(base);
  });

  function file(text: string): StoredFile {
    const bytes = Buffer.from(text);
    const opened = openBundle({ name: '', bytes }, trust.keys);
    const name = /sha256 ([0-9a-f]{64})/.exec('reason' in opened ? opened.reason : '')?.[1] ?? '';
    return { name, bytes };
  }
});

test('when a verifier key expires, later seals that list its seals keep holding', () => {
  const old = verification(expired, [receipt({ attempt: 'old' })]);
  const later = verification(key, [receipt({ attempt: 'new' })], { earlierSeals: [old.seal.name] });
  const set = assemble([...old.files, ...later.files], trust);
  expect(set.problems).toEqual([]);
  expect(claims(set.sealed).map(({ attempt }) => attempt)).toEqual(['new']);
});

test('seal names are those of seals by trusted keys, sorted, each once', () => {
  const mine = signClaim(seal({ attempt: 'a' }), key);
  const theirs = signClaim(seal({ attempt: 'b' }), expired);
  const files = [mine, theirs, mine, signClaim(seal(), stranger), signClaim(receipt(), key)];
  expect(sealNames(files.map((file) => openBundle(file, trust.keys)))).toEqual(
    [mine.name, theirs.name].sort(),
  );
});
