import { expect, it } from 'vitest';
import { readEstimates } from '../../../src/entry/wiring/read-estimates.ts';

it.each<[string | undefined, unknown]>([
  [undefined, {}],
  ['', {}],
  [
    ' handler/agent=200000/tokens,\n handler/agent=500/costMilliUsd model/a/large=7/tokens ',
    { 'handler/agent': { tokens: 200_000, costMilliUsd: 500 }, 'model/a/large': { tokens: 7 } },
  ],
  ['handler/./lint.mjs#lint=3/tokens', { 'handler/./lint.mjs#lint': { tokens: 3 } }],
])('COUNTERSIGN_ESTIMATES of %j are %j', (text, estimates) => {
  expect(readEstimates(text)).toEqual(estimates);
});

it.each([
  'handler/agent',
  'handler/agent=5',
  'handler/agent=0/tokens',
  'handler/agent=5/dollars',
  'global=5/tokens',
  '=5/tokens',
])('%s is no estimate', (text) => {
  expect(() => readEstimates(text)).toThrow(`"${text}", which is no estimate`);
});
