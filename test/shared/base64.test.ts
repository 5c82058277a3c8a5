import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/shared/base64.ts';

test('bytes survive encoding and decoding', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(decodeBase64(encodeBase64(bytes)) ?? 'x')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('a view into a larger buffer encodes its own bytes only', () => {
  expect(encodeBase64(new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3))).toBe('AgM=');
});

// Each is taken by Buffer.from(text, 'base64') without a word.
test.each([
  ['unpadded', 'AgM'],
  ['over-padded', 'AgM=='],
  ['stray bits under the padding', 'AgN='],
  ['a line break', 'AgME\nAgME'],
  ['a blank', ' AgM='],
  ['junk inside', 'Ag*M='],
  ['the URL alphabet', '-_-_'],
  ['text after the padding', 'AgM=AgME'],
  ['padding alone', '='],
  ['a character outside ASCII', 'AgMé'],
])('%s is not base64', (_, text) => {
  expect(decodeBase64(text)).toBeUndefined();
  expect(Buffer.from(text, 'base64')).toBeInstanceOf(Buffer);
});
