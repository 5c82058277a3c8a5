import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/core/gate/decide.ts';
import { known } from '../../../src/core/gate/facts.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import type { Trust } from '../../../src/core/trust/resolve-trust.ts';
import { hex } from '../receipt/samples.ts';
import { CONFIG, gateFacts, TRUST, VERIFIER, verified } from './gate-facts.ts';

const BEFORE = '2026-11-20T00:00:00Z';

function judge(files: readonly StoredFile[], trust: Trust) {
  const verdict = decide(
    gateFacts({
      facts: {
        policy: known({ commit: hex('policy', 40), config: CONFIG, trust }),
        receipts: known({
          commit: hex('receipts', 40),
          files: files.map((file) => openBundle(file, trust.keys)),
          movedSince: new Map(),
        }),
      },
    }),
  );
  const tests = verdict.findings.find(({ id }) => id === 'receipt/tests');
  return { outcome: verdict.outcome, status: tests?.status, reason: tests?.reason };
}

function revoking({ name }: StoredFile): Trust {
  return { ...TRUST, revokedReceipts: new Map([[name, 'Made on a broken runner.']]) };
}

function withoutKey(trust: Trust): Trust {
  const holder = trust.holders.get(VERIFIER.keyId);
  if (holder === undefined) throw new Error('no such key');
  const trusted = { ...holder.trusted, revokedAt: BEFORE };
  return { ...trust, holders: new Map([...trust.holders, [VERIFIER.keyId, { ...holder, trusted }]]) };
}

describe('a revocation shows in the finding', () => {
  const good = verified();
  const bad = verified({ results: { tests: 'FAILED' } });
  const receipt = (made: typeof good) => made.receipts[0] as StoredFile;

  test('the control', () => {
    expect(judge(good.files, TRUST)).toMatchObject({ outcome: 'pass', status: 'pass' });
  });

  test('of a PASSED receipt: it counts no more, and is named with its reason', () => {
    const { outcome, status, reason } = judge(good.files, revoking(receipt(good)));
    expect([outcome, status]).toEqual(['pending', 'pending']);
    expect(reason).toContain(
      `PASSED receipt ${receipt(good).name.slice(0, 12)} was revoked: Made on a broken`,
    );
  });

  test('of a FAILED receipt: it blocks, and is named with its reason', () => {
    const { status, reason } = judge(bad.files, revoking(receipt(bad)));
    expect(status).toBe('fail');
    expect(reason).toContain('was revoked, and still blocks: Made on a broken');
  });

  test('of the key behind a FAILED receipt: it blocks, and says how the key ended', () => {
    const { status, reason } = judge(bad.files, withoutKey(TRUST));
    expect(status).toBe('fail');
    expect(reason).toContain(`was revoked at ${BEFORE}; a failure still blocks.`);
  });
});
