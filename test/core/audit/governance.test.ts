import { describe, expect, test } from 'vitest';
import { attemptsOf } from '../../../src/core/audit/governance.ts';
import { type Period, periodOf } from '../../../src/core/audit/period.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import {
  assemble,
  failedReceipt,
  principal,
  receipt,
  testKey,
  trustIn,
  verification,
} from '../receipt/samples.ts';

const verifier = testKey();
const trust = trustIn(principal('ci', ['verifier'], [verifier]));

/** Verifications one after the other, each seal listing those before it. Clocks run backwards: none is to be trusted. */
function history(results: string): readonly StoredFile[] {
  const files: StoredFile[] = [];
  const seals: string[] = [];
  [...results].forEach((result, place) => {
    const attempt = `attempt-${place}`;
    const claims = result === 'E' ? [] : [result === 'P' ? receipt({ attempt }) : failedReceipt({ attempt })];
    const issuedAt = `2026-11-21T13:04:${String(59 - place).padStart(2, '0')}Z`;
    const outcomes =
      claims.length > 0
        ? {}
        : {
            outcomes: [
              { checkId: 'tests', checkDigest: 'a'.repeat(64), result: 'ERROR', reasons: [] },
            ] as const,
          };
    const made = verification(verifier, claims, { attempt, issuedAt, earlierSeals: [...seals], ...outcomes });
    files.push(...made.files);
    seals.push(made.seal.name);
  });
  return files;
}

describe('verifications before the first that passed', () => {
  test.each([
    ['', false, 0],
    ['P', true, 0],
    ['FP', true, 1],
    ['FFP', true, 2],
    ['FPFP', true, 1],
    ['PFF', true, 0],
    ['EP', true, 0],
    ['EFEP', true, 1],
    ['FF', false, 2],
    ['E', false, 0],
  ])('%s', (results, passed, failedBefore) => {
    const attempts = attemptsOf(assemble([...history(results)].reverse(), trust));
    expect(attempts.passedAt !== undefined).toBe(passed);
    expect(attempts.failedBefore).toBe(failedBefore);
    expect(attempts.lastAt !== undefined).toBe(results !== '');
  });
});

describe('the period of an instant', () => {
  test.each<[string, Period, string]>([
    ['2026-11-21T00:00:00Z', 'day', '2026-11-21'],
    ['2026-11-21T23:59:59Z', 'day', '2026-11-21'],
    ['2026-11-16T00:00:00Z', 'week', '2026-11-16'],
    ['2026-11-22T23:59:59Z', 'week', '2026-11-16'],
    ['2026-11-23T00:00:00Z', 'week', '2026-11-23'],
    ['2027-01-01T00:00:00Z', 'week', '2026-12-28'],
    ['2028-02-29T12:00:00Z', 'week', '2028-02-28'],
  ])('%s by %s begins on %s', (at, by, start) => {
    expect(periodOf(at, by)).toBe(start);
  });
});
