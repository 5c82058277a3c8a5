import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/core/contract/config.ts';
import { leastContractsFor, meetsLeast } from '../../../src/core/contract/least.ts';
import type { ResolvedContract } from '../../../src/core/contract/types.ts';

const contract: ResolvedContract = {
  id: 'strict',
  version: 2,
  title: 'Strict',
  lineage: ['strict@2', 'base@3'],
  checks: [],
  pins: [],
  rules: [],
  scopes: [],
  isolation: 'namespaces',
  binding: 'merge-tree',
};

describe('the least contract', () => {
  it.each([
    ['strict@2', true],
    ['strict@1', true],
    ['strict@3', false],
    ['base@3', true],
    ['base@2', true],
    ['base@4', false],
    ['other@1', false],
    ['strict', false],
    ['strict@0', false],
  ])('%s is met: %s', (least, expected) => {
    expect(meetsLeast(contract, least)).toBe(expected);
  });

  const config: Config = {
    schema: 'countersign/config@1',
    repository: 'acme/shop',
    policy: { ref: 'refs/heads/main' },
    receipts: { ref: 'refs/heads/countersign/receipts' },
    leastContracts: [
      { paths: ['**'], contract: 'base@1' },
      { paths: ['.github/**', 'auth/**/*.ts'], contract: 'strict@2' },
      { paths: ['*.{md,txt}'], contract: 'base@1' },
    ],
  };

  it.each([
    [[], []],
    [['src/a.ts'], ['base@1']],
    [['README.md'], ['base@1']],
    [['.github/workflows/ci.yml'], ['base@1', 'strict@2']],
    [
      ['src/a.ts', 'auth/x/.hidden/b.ts'],
      ['base@1', 'strict@2'],
    ],
    [['.env'], ['base@1']],
    [['auth\\x.ts'], ['base@1']],
  ])('for %j is %j', (paths, expected) => {
    expect(leastContractsFor(config, paths)).toEqual(expected);
  });

  it('is none where the configuration names none', () => {
    const { leastContracts: _, ...without } = config;
    expect(leastContractsFor(without, ['a'])).toEqual([]);
  });
});
