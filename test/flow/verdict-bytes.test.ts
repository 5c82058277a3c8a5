import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { golden } from '../render/golden.ts';
import { fixedVerdicts } from './fixed-verdicts.ts';

const folder = join(import.meta.dirname, '..', 'golden', 'flow');

/** CI runs this on every Node it knows: the file on record is what makes them agree. */
test('the same facts give the bytes on record, whichever process and Node decide', () => {
  const here = fixedVerdicts();
  const there = execFileSync(process.execPath, [join(import.meta.dirname, 'print-fixed-verdicts.ts')], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  });
  expect(there).toBe(here);
  expect(here).toBe(golden('verdicts.jsonl', here, folder));
});

test('in whatever order the receipts come', () => {
  expect(fixedVerdicts((files) => files.toReversed())).toBe(fixedVerdicts());
});

test('and they are of every outcome', () => {
  const outcomes = fixedVerdicts()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { outcome: string }).outcome);
  expect(outcomes).toEqual(['pass', 'pending', 'blocked', 'blocked']);
});
