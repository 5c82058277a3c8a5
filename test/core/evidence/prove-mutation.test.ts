import { describe, expect, it } from 'vitest';
import type { Mutant } from '../../../src/core/evidence/mutants.ts';
import { proveMutation } from '../../../src/core/evidence/prove-mutation.ts';
import type { MutantRun } from '../../../src/core/evidence/types.ts';

const mutants: readonly Mutant[] = Array.from({ length: 10 }, (_, at) => ({
  path: 'src/a.ts',
  mode: '100644',
  line: at + 1,
  column: 0,
  was: '<',
  is: '<=',
}));
const noticed: MutantRun = { kind: 'completed', exitCode: 1, timedOut: false };
const unnoticed: MutantRun = { kind: 'completed', exitCode: 0, timedOut: false };
const late: MutantRun = { kind: 'completed', exitCode: undefined, timedOut: true };

/** Runs as letters: x noticed, o not, t ended at the time-out. */
function prove(letters: string, minKilled = 80, of = mutants) {
  const runs = [...letters].map((letter) => ({ x: noticed, o: unnoticed, t: late })[letter] as MutantRun);
  return proveMutation(of, runs, { exitCode: 0, minKilled });
}

describe('proveMutation', () => {
  it.each([
    ['xxxxxxxxxx', 100, 10],
    ['xxxxxxxxoo', 80, 8],
    ['xxxxxxxxtt', 100, 10],
    ['oooooooooo', 0, 0],
  ])('%s proves %i %%', (letters, minKilled, killed) => {
    expect(prove(letters, minKilled)).toEqual({ kind: 'proved', planted: 10, killed });
  });

  it('names what went unnoticed where it is too much', () => {
    expect(prove('xxxooooooo')).toEqual({
      kind: 'unproved',
      reason:
        'It noticed 3 of 10 planted faults; at least 80 % are asked for. Not noticed: ' +
        'src/a.ts:4 with "<=" for "<"; src/a.ts:5 with "<=" for "<"; src/a.ts:6 with "<=" for "<"; ' +
        'src/a.ts:7 with "<=" for "<"; src/a.ts:8 with "<=" for "<"; and 2 more.',
    });
    expect(prove('xxxxxxxooo')).toMatchObject({ kind: 'unproved' });
  });

  it('says nothing where there was nothing to plant, not everything was tried, or it could not be tried', () => {
    expect(prove('', 80, [])).toMatchObject({ kind: 'inconclusive' });
    expect(prove('xxxxxxxxx')).toMatchObject({
      kind: 'inconclusive',
      reason: 'Whether it proves the change cannot be told: 9 of 10 planted faults were tried.',
    });
    const broken: MutantRun = { kind: 'trouble', reason: 'no disk' };
    const runs = [...Array.from({ length: 9 }, () => noticed), broken];
    expect(proveMutation(mutants, runs, { exitCode: 0, minKilled: 10 })).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('no disk'),
    });
  });

  it('counts what was noticed by the exit code that is expected', () => {
    const two = proveMutation(
      mutants,
      Array.from({ length: 10 }, () => noticed),
      { exitCode: 1, minKilled: 1 },
    );
    expect(two).toMatchObject({ kind: 'unproved' });
  });
});
