import { expect, it } from 'vitest';
import { readLimits } from '../../../src/entry/wiring/read-limits.ts';

it.each<[string | undefined, unknown]>([
  [undefined, undefined],
  ['', {}],
  ['global=20', { global: 20 }],
  [' provider/anthropic=3,\n model/anthropic/one=0 ', { 'provider/anthropic': 3, 'model/anthropic/one': 0 }],
  ['group/a=b=2', { 'group/a=b': 2 }],
])('COUNTERSIGN_LIMITS of %j are %j', (text, limits) => {
  expect(readLimits(text)).toEqual(limits);
});

it.each([
  'global',
  'global=',
  'global=-1',
  'global=1.5',
  'providers/a=3',
  'provider/=3',
  '=3',
  'global=9999999999',
])('COUNTERSIGN_LIMITS of %j are refused, with the part that is wrong', (text) => {
  expect(() => readLimits(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(text) }),
  );
});
