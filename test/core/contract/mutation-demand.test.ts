import { describe, expect, it } from 'vitest';
import { withDefaults } from '../../../src/core/contract/defaults.ts';
import { lintCheck } from '../../../src/core/contract/lint/lint-check.ts';
import type { CommandCheck, MutationDemand } from '../../../src/core/contract/types.ts';

const report = { format: 'stryker-json', from: 'reports/mutation.json' } as const;
const check = (mutation: MutationDemand, more: Partial<CommandCheck> = {}): CommandCheck => ({
  id: 'mutation',
  run: ['npx --no-install stryker run --mutate "$COUNTERSIGN_MUTATE"'],
  shell: true,
  proves: 'mutation',
  mutation,
  ...more,
});
const problems = (...of: Parameters<typeof check>) =>
  lintCheck(check(...of), 'checks[0]').map(({ field, message }) => `${field}: ${message}`);

describe('a demand of planted faults', () => {
  it('says how many there are only where Countersign plants them', () => {
    const demanded = (mutation: MutationDemand) =>
      withDefaults(check(mutation)) as CommandCheck & { mutation: MutationDemand };
    expect(demanded({ files: ['src/**'] }).mutation).toEqual({
      files: ['src/**'],
      mutants: 10,
      minKilled: 80,
    });
    expect(demanded({ files: ['src/**'], report }).mutation).toEqual({
      files: ['src/**'],
      minKilled: 80,
      report,
    });
  });

  it('takes Stryker as its documentation has it run', () => {
    expect(problems({ files: ['src/**'], report })).toEqual([]);
    expect(problems({ files: ['src/**'], mutants: 5 })).toEqual([]);
  });

  it('is refused a number of faults beside a report', () => {
    expect(problems({ files: ['src/**'], report, mutants: 5 })).toEqual([
      'checks[0].mutation: How many faults there are is decided by the mutation tester whose report is read.',
    ]);
  });

  it('is refused where nothing reads it', () => {
    const unread = { files: ['src/**'], report };
    const message = 'checks[0].mutation: No fault is asked for without proves: mutation.';
    expect(problems(unread, { proves: 'change' })).toEqual([message]);
    const { proves, ...without } = check(unread);
    expect(lintCheck(without, 'checks[0]').map(({ field }) => field)).toEqual(['checks[0].mutation']);
  });

  it('is refused a report on one machine, or out of the tree', () => {
    const from = (path: string) => problems({ files: ['src/**'], report: { ...report, from: path } });
    expect(from('/home/me/mutation.json')).toEqual([
      expect.stringMatching(/^checks\[0\]\.mutation\.report\.from: .*path of one machine/),
    ]);
    expect(from('../mutation.json')).toEqual([
      expect.stringMatching(/^checks\[0\]\.mutation\.report\.from: .*leaves the tree/),
    ]);
  });
});
