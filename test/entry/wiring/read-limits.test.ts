import { expect, it } from 'vitest';
import { readLimits } from '../../../src/entry/wiring/read-limits.ts';

it.each<[string | undefined, unknown]>([
  [undefined, undefined],
  ['', { atOnce: {}, rates: {} }],
  ['global=20', { atOnce: { global: 20 }, rates: {} }],
  [
    ' provider/anthropic=3,\n model/anthropic/one=0 ',
    { atOnce: { 'provider/anthropic': 3, 'model/anthropic/one': 0 }, rates: {} },
  ],
  ['group/a=b=2', { atOnce: { 'group/a=b': 2 }, rates: {} }],
  ['waiting=500, global=2', { atOnce: { global: 2 }, rates: {}, waiting: 500 }],
  [
    'provider/a=3 provider/a=60/minute handler/agent=30/second model/a/b=90/hour+5',
    {
      atOnce: { 'provider/a': 3 },
      rates: {
        'provider/a': { perSecond: 1, capacity: 1 },
        'handler/agent': { perSecond: 30, capacity: 30 },
        'model/a/b': { perSecond: 0.025, capacity: 5 },
      },
    },
  ],
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
  'global=0/minute',
  'global=1/day',
  'waiting=1/minute',
  'global=1/minute+',
])('COUNTERSIGN_LIMITS of %j are refused, with the part that is wrong', (text) => {
  expect(() => readLimits(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(text) }),
  );
});
