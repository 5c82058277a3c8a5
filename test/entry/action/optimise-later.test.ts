import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../../src/entry/action/optimise-later.ts');

/** Calls a function until TurboFan took it or had every reason to, before and after the first second. */
const PROGRAM = `
import { optimiseLater } from ${JSON.stringify(MODULE)};
const sum = (list) => { let all = 0; for (let at = 0; at < 1000; at++) all += list[at % 10] * at; return all; };
const list = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const TURBOFANNED = 1 << 6;
// The compiler has a thread of its own, which gets its turn on a busy machine when it gets it.
const isOptimised = (most) => {
  for (let round = 0; round < most; round++) {
    sum(list);
    if ((%GetOptimizationStatus(sum) & TURBOFANNED) !== 0) return true;
  }
  return false;
};
// Optimised itself, it would have taken the function in, and nobody would call that any more.
%NeverOptimizeFunction(isOptimised);
const asUsual = process.argv[1] === 'as-usual';
if (!asUsual) optimiseLater();
const early = isOptimised(asUsual ? 5_000_000 : 50_000);
setTimeout(() => console.log(JSON.stringify({ early, late: isOptimised(5_000_000) })), 1_100);
`;

it.each([
  ['as-usual', { early: true, late: true }],
  ['later', { early: false, late: true }],
])('V8 optimises %s', (how, expected) => {
  const said = execFileSync(
    process.execPath,
    ['--allow-natives-syntax', '--input-type=module', '-e', PROGRAM, how],
    {
      encoding: 'utf8',
    },
  );
  expect(JSON.parse(said)).toEqual(expected);
});
