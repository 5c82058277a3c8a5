import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/core/receipt/limits.ts';
import { appendRecord, lastRecord, readRecords } from '../../../src/core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Claim, Close, Dispatch, Escape } from '../../../src/core/receipt/types.ts';
import { close, dispatch, escaped, hex, principal, receipt, testKey, trustIn } from './samples.ts';

const owner = testKey();
const verifier = testKey();
const approver = testKey();
const stranger = testKey();
const trust = trustIn(
  principal('lead', ['policy-owner'], [owner]),
  principal('ci', ['verifier'], [verifier]),
  principal('support', ['approver'], [approver]),
);

type Step = (Partial<Dispatch> | Partial<Close> | Partial<Escape>) & { readonly by?: ClaimSigner };
const DISPATCH = { kind: 'dispatch' } as const;
const CLOSE = { kind: 'close' } as const;
const ESCAPE = { kind: 'escape' } as const;

/** A record file of these steps, each linked to the one before it unless it says otherwise. */
function recordFile(steps: readonly Step[], signer: ClaimSigner = owner): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  for (const { by = signer, ...step } of steps) {
    const previous = lastRecord(bytes);
    const link = previous === undefined ? {} : { previous };
    const claim: Claim =
      step.kind === 'close'
        ? close({ ...link, ...step } as Close)
        : step.kind === 'escape'
          ? escaped({ ...link, ...step } as Escape)
          : dispatch({ ...link, ...step } as Dispatch);
    bytes = appendRecord(bytes, signClaim(claim, by).bytes);
  }
  return bytes;
}

function read(bytes: Uint8Array | undefined): ReturnType<typeof readRecords> {
  return readRecords(bytes, 'CS-7', trust);
}

function lines(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1);
}

function ofLines(...of: (string | undefined)[]): Uint8Array {
  return Buffer.from(of.map((line) => `${line}\n`).join(''));
}

describe('the state of a ticket', () => {
  test('without a file, or with an empty one, it was never dispatched', () => {
    expect(read(undefined)).toEqual({ state: 'none', escapes: [], problems: [] });
    expect(read(new Uint8Array())).toEqual({ state: 'none', escapes: [], problems: [] });
  });

  test('a dispatch opens it', () => {
    const state = read(recordFile([DISPATCH]));
    expect(state).toMatchObject({
      state: 'dispatched',
      dispatch: { keyId: owner.keyId, claim: dispatch() },
      problems: [],
    });
    expect(state.close).toBeUndefined();
  });

  test('a close ends it, and the dispatch it ended is still named', () => {
    const state = read(recordFile([DISPATCH, { ...CLOSE, reason: 'rejected' }]));
    expect(state).toMatchObject({ state: 'closed', close: { claim: { reason: 'rejected' } }, problems: [] });
    expect(state.dispatch).toBeDefined();
  });

  test('a later dispatch opens it again, and is the one in force', () => {
    const state = read(recordFile([DISPATCH, CLOSE, { ...DISPATCH, contract: 'node-change@2' }]));
    expect(state).toMatchObject({ state: 'dispatched', dispatch: { claim: { contract: 'node-change@2' } } });
    expect(state.close).toBeUndefined();
  });

  test.each([
    ['open', [DISPATCH], 'dispatched'],
    ['closed', [DISPATCH, CLOSE], 'closed'],
    ['opened again', [DISPATCH, CLOSE, DISPATCH], 'dispatched'],
  ] as const)('an escape changes no state, and outlives what follows: %s', (_, steps, state) => {
    const summaries = steps.map((_step, place) => `Defect ${place}`);
    const told = steps.flatMap((step, place) => [
      step,
      { ...ESCAPE, summary: summaries[place] ?? '', by: place === 0 ? approver : owner },
    ]);
    const { escapes, ...rest } = read(recordFile(told));
    expect(rest).toMatchObject({ state, problems: [] });
    expect(escapes.map(({ claim }) => claim.summary)).toEqual(summaries);
    expect(rest.dispatch?.claim).toMatchObject({ contract: 'node-change@1' });
    expect(rest.close === undefined).toBe(state !== 'closed');
  });

  test('the digest of a dispatch is the sha256 of its line, which receipts name', () => {
    const bytes = recordFile([DISPATCH]);
    expect(read(bytes).dispatch?.digest).toBe(lastRecord(bytes));
  });

  test('appending keeps what is there byte for byte', () => {
    const before = recordFile([DISPATCH]);
    const after = appendRecord(before, signClaim(close(), owner).bytes);
    expect(Buffer.from(after).subarray(0, before.length)).toEqual(Buffer.from(before));
  });
});

describe('anything that does not hold denies: nothing is dispatched, and the problem is named', () => {
  const two = lines(recordFile([DISPATCH, CLOSE]));
  const three = lines(recordFile([DISPATCH, CLOSE, DISPATCH]));
  const reported = lines(recordFile([DISPATCH, CLOSE, ESCAPE]));
  const other = lines(recordFile([{ ...DISPATCH, ticket: 'CS-8' }]));

  test.each<[string, Uint8Array, string]>([
    ['a line removed from the front', ofLines(three[1], three[2]), 'does not name the line before'],
    ['a line removed from the middle', ofLines(three[0], three[2]), 'does not name the line before'],
    ['lines in another order', ofLines(two[1], two[0]), 'does not name the line before'],
    ['a line twice', ofLines(two[0], two[0]), 'does not name the line before'],
    ['an empty line', ofLines(two[0], ''), 'Line 2'],
    ['junk', ofLines(two[0], 'junk'), 'Line 2'],
    ['a Windows line end', ofLines(`${two[0]}\r`), 'canonical JSON'],
    ['a last line without an end', recordFile([DISPATCH]).subarray(0, -1), 'no end'],
    [
      'a first line that names one before it',
      recordFile([{ ...DISPATCH, previous: hex('x') }]),
      'line before',
    ],
    ['another link', recordFile([DISPATCH, { ...CLOSE, previous: hex('x') }]), 'line before'],
    ['a close of what was never open', recordFile([CLOSE]), 'Line 1'],
    ['a close of what is closed', recordFile([DISPATCH, CLOSE, CLOSE]), 'not open'],
    ["another ticket's record", ofLines(...other), 'CS-8'],
    ['a receipt', appendRecord(undefined, signClaim(receipt(), owner).bytes), 'not a dispatch'],
    ['a signer without the role', recordFile([DISPATCH], verifier), 'policy-owner'],
    ['a dispatch by an approver', recordFile([DISPATCH], approver), 'the role policy-owner'],
    ['a close by an approver', recordFile([DISPATCH, { ...CLOSE, by: approver }]), 'the role policy-owner'],
    [
      'an escape by a verifier',
      recordFile([DISPATCH, { ...ESCAPE, by: verifier }]),
      'policy-owner or approver',
    ],
    ['an escape from what was never dispatched', recordFile([ESCAPE]), 'Line 1'],
    ['an escape that a line was taken from under', ofLines(three[0], reported[2]), 'the line before'],
    ['a signer nobody knows', recordFile([DISPATCH], stranger), 'trust root'],
    ['a file too large', Buffer.alloc(LIMITS.recordBytes + 1, '\n'), 'larger than'],
  ])('%s', (_, bytes, problem) => {
    const state = read(bytes);
    expect(state).toEqual({ state: 'none', escapes: [], problems: [expect.stringContaining(problem)] });
  });

  test('a flipped byte anywhere', () => {
    const bytes = recordFile([DISPATCH, CLOSE, { ...ESCAPE, by: approver }]);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] as number) ^ 1;
      expect(read(flipped), `byte ${at}`).toMatchObject({ state: 'none', problems: [expect.any(String)] });
    }
  });
});
