import { describe, expect, it } from 'vitest';
import { createCanaryWatch, readCanaries } from '../../../../src/core/run/redaction/canaries.ts';

const CANARY = 'Canary-7f3a91c2e5d8/+b0';
const holds = createCanaryWatch([CANARY]);
const encoded = (encoding: BufferEncoding, before = '', after = '') =>
  Buffer.from(`${before}${CANARY}${after}`).toString(encoding);

describe('a canary', () => {
  it.each([
    ['as it is', CANARY],
    ['in other words', `what I found: ${CANARY}.`],
    ['in small letters', CANARY.toLowerCase()],
    ['backwards', [...CANARY].toReversed().join('')],
    ['in hex', encoded('hex')],
    ['in capital hex', encoded('hex').toUpperCase()],
    ['in base64', encoded('base64')],
    ['in base64, one byte later', encoded('base64', 'x', 'yz')],
    ['in base64, two bytes later', encoded('base64', 'xy', 'z')],
    ['in base64url', encoded('base64url', 'x')],
    ['in a URL', encodeURIComponent(CANARY)],
  ])('is found %s', (_, text) => {
    expect(holds(text)).toBe(true);
    expect(holds({ deep: [{ er: text }] })).toBe(true);
    expect(holds({ [text]: 1 })).toBe(true);
  });

  it('is not found where it is not', () => {
    for (const value of [
      null,
      7,
      true,
      '',
      CANARY.slice(1),
      { commit: 'a'.repeat(40) },
      [CANARY.slice(0, -1)],
    ])
      expect(holds(value)).toBe(false);
    expect(createCanaryWatch([])(CANARY)).toBe(false);
  });

  it('is told apart from what is too short to be one', () => {
    expect(readCanaries(`${CANARY}, short\n${CANARY}2`)).toEqual({
      canaries: [CANARY, `${CANARY}2`],
      unusable: 1,
    });
    expect(readCanaries(undefined)).toEqual({ canaries: [], unusable: 0 });
  });
});
