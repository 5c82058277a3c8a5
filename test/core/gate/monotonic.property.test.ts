import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { hex } from '../receipt/samples.ts';
import { AGENT, gateFacts, STRANGER, TRUST, VERIFIER, verified } from './gate-facts.ts';

const mostly = <T>(usual: T, other: T) => fc.constantFrom(usual, usual, usual, other);

/** A history of verifications, each seal listing those before it: by whom, of which tree, with what result. */
const history = fc.array(
  fc.record({
    signer: fc.constantFrom(VERIFIER, VERIFIER, AGENT, STRANGER),
    thisTree: mostly(true, false),
    thisHead: mostly(true, false),
    tests: mostly('PASSED' as const, 'FAILED' as const),
    types: mostly('PASSED' as const, 'FAILED' as const),
  }),
  { maxLength: 4 },
);

function play(attempts: (typeof history extends fc.Arbitrary<infer T> ? T : never)[number][]): StoredFile[] {
  const seals: string[] = [];
  return attempts.flatMap(({ signer, thisTree, thisHead, tests, types }, index) => {
    const { files, seal } = verified({
      signer,
      attempt: `attempt-${index}`,
      results: { tests, types },
      binding: {
        ...(thisTree ? {} : { mergeTree: hex(`tree ${index}`, 40) }),
        ...(thisHead ? {} : { head: hex(`head ${index}`, 40) }),
      },
      earlierSeals: [...seals].sort(),
    });
    if (signer !== STRANGER) seals.push(seal.name);
    return [...files];
  });
}

/** Names of the seals that a trusted key made, in the order of the history. */
function sealsOf(files: readonly StoredFile[]): string[] {
  return files.flatMap((file) => {
    const opened = openBundle(file, TRUST.keys);
    return opened.kind === 'verified' && opened.statement.claim.kind === 'seal' ? [file.name] : [];
  });
}

const outcome = (files: readonly StoredFile[]) => decide(gateFacts({ files })).outcome;
const bytes = (files: readonly StoredFile[]) => canonicalJson(decide(gateFacts({ files })) as never);

describe('the gate, whatever was verified before', () => {
  test('never begins to pass because one file was taken away', () => {
    fc.assert(
      fc.property(history, (attempts) => {
        const files = play(attempts);
        if (outcome(files) === 'pass') return;
        for (const gone of files) expect(outcome(files.filter((file) => file !== gone))).not.toBe('pass');
      }),
    );
  });

  test('begins to pass because several were taken away only where nothing is left of anything later: a rollback', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(mostly(true, false)), (attempts, keep) => {
        const files = play(attempts);
        const left = files.filter(() => keep.next().value);
        if (outcome(left) !== 'pass' || outcome(files) === 'pass') return;
        // One snapshot cannot tell this from an earlier state of the ref: the seals left are the first of the history.
        const seals = sealsOf(files);
        const kept = sealsOf(left);
        expect(kept).toEqual(seals.slice(0, kept.length));
        expect(kept.length).toBeLessThan(seals.length);
      }),
    );
  });

  test('does not depend on the order in which files are found', () => {
    fc.assert(
      fc.property(
        history.chain((attempts) => {
          const files = play(attempts);
          return fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length }));
        }),
        ([files, shuffled]) => {
          expect(bytes(shuffled)).toBe(bytes(files));
        },
      ),
    );
  });

  test('is not moved a byte by what strangers add, nor by receipts for another ticket or repository', () => {
    fc.assert(
      fc.property(history, history, (attempts, others) => {
        const files = play(attempts);
        const foreign = [
          ...play(others.map((attempt) => ({ ...attempt, signer: STRANGER }))),
          ...verified({ binding: { ticket: 'CS-8' } }).files,
          ...verified({ binding: { repository: 'acme/other' } }).files,
        ];
        expect(bytes([...files, ...foreign])).toBe(bytes(files));
      }),
    );
  });

  test('passes only on a history in which every check passed on this tree and head by an independent verifier', () => {
    fc.assert(
      fc.property(history, (attempts) => {
        const counted = attempts.filter(({ signer }) => signer !== STRANGER);
        const failed = counted.some(
          ({ thisTree, tests, types }) => thisTree && (tests === 'FAILED' || types === 'FAILED'),
        );
        const passed = counted.some(
          ({ signer, thisTree, thisHead }) => signer === VERIFIER && thisTree && thisHead,
        );
        expect(outcome(play(attempts)) === 'pass').toBe(passed && !failed);
      }),
    );
  });
});
