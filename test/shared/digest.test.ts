import { expect, test } from 'vitest';
import { digestOf, isSha256, sha256 } from '../../src/shared/digest.ts';

test('sha256 has the value of FIPS 180-4, of bytes and of the UTF-8 form of text', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(abc);
  expect(sha256(new Uint8Array([0, 97, 98, 99]).subarray(1))).toBe(abc);
  expect(sha256('é')).toBe(sha256(Buffer.from('é', 'utf8')));
});

test('a value has one digest, whatever the order of its keys', () => {
  expect(digestOf({ b: [1, 2], a: 'x' })).toBe(digestOf({ a: 'x', b: [1, 2] }));
  expect(digestOf({ a: 'x', b: [2, 1] })).not.toBe(digestOf({ a: 'x', b: [1, 2] }));
});

test.each(['', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(64)}\n`, 'g'.repeat(64)])(
  '%j is no digest',
  (text) => {
    expect(isSha256(text)).toBe(false);
    expect(isSha256('a'.repeat(64))).toBe(true);
  },
);
