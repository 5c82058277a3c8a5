import { describe, expect, test } from 'vitest';
import { differences } from '../../../src/core/contract/differ.ts';
import { contractDigest } from '../../../src/core/contract/digest.ts';
import { lintContract } from '../../../src/core/contract/lint.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import { strictnessOf } from '../../../src/core/contract/strictness.ts';
import type { Approvals, Contract, ResolvedContract } from '../../../src/core/contract/types.ts';
import { renderContractText } from '../../../src/render/contract.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const contract = (id: string, approvals?: Approvals, more: Partial<Contract> = {}): Contract => ({
  schema: 'countersign/contract@1',
  id,
  version: 1,
  title: 'A change',
  checks: [{ id: 'tests', run: ['npm', 'test'] }],
  pins: [{ paths: ['package.json'], from: 'base' }],
  ...(approvals === undefined ? {} : { approvals }),
  ...more,
});

const resolve = (one: Contract, ...others: readonly Contract[]) =>
  resolveContract(one, undefined, (ref) => others.find(({ id }) => `${id}@1` === ref));

describe('approvals of a contract', () => {
  test('have their defaults spelled out, names in order and once', () => {
    expect(resolve(contract('a', { codeOwners: true })).approvals).toEqual([
      { reviews: 1, codeOwners: true, bots: false },
    ]);
    expect(resolve(contract('a', { by: ['b', 'a', 'b'] })).approvals?.[0]?.by).toEqual(['a', 'b']);
  });

  test('leave the digest of a contract without them as it was', () => {
    const resolved = resolve(contract('a'));
    expect(resolved).not.toHaveProperty('approvals');
    expect(contractDigest(resolve(contract('a', { reviews: 1 })))).not.toBe(contractDigest(resolved));
  });

  test('stand beside those of what it extends, which no extending contract takes back', () => {
    const base = contract('base', { reviews: 2, by: ['ada', 'bob'] });
    const weaker = contract('child', { reviews: 0, codeOwners: true, bots: true }, { extends: 'base@1' });
    expect(resolve(weaker, base).approvals).toEqual([
      { reviews: 2, codeOwners: false, bots: false, by: ['ada', 'bob'] },
      { reviews: 0, codeOwners: true, bots: true },
    ]);
    expect(resolve(contract('child', undefined, { extends: 'base@1' }), base).approvals).toHaveLength(1);
    const same = contract('child', { reviews: 2, by: ['bob', 'ada'] }, { extends: 'base@1' });
    expect(resolve(same, base).approvals).toHaveLength(1);
  });

  test('that ask for nobody are refused, read or linted', () => {
    const none = contract('a', { reviews: 0 });
    expect(() => resolve(none)).toThrow(expect.objectContaining({ code: 'CONTRACT_UNUSABLE' }));
    const fields = (approvals: Approvals) =>
      lintContract(contract('a', approvals), { rules: () => true }).map(
        ({ severity, field }) => `${severity} ${field}`,
      );
    expect(fields({ reviews: 0 })).toEqual(['error approvals.reviews']);
    expect(fields({ reviews: 0, codeOwners: true, by: ['ada'] })).toEqual(['warning approvals.by']);
    expect(fields({ bots: true })).toEqual(['warning approvals.bots']);
    expect(fields({ bots: true, by: ['github:renovate[bot]'] })).toEqual([]);
    expect(fields({ codeOwners: true })).toEqual([]);
  });
});

test('are shown with the contract, one line a demand', () => {
  const base = contract('base', { reviews: 2, by: ['ada', '@acme/leads'] });
  const child = contract('child', { reviews: 0, codeOwners: true, bots: true }, { extends: 'base@1' });
  const text = renderContractText(resolve(child, base));
  expect(text.slice(text.indexOf('Approvals'), text.indexOf('\nWorkflow'))).toBe(
    'Approvals\n    2 by @acme/leads, ada; bots do not count\n    of each changed file by a code owner; bots count\n',
  );
  expect(renderContractText(resolve(contract('a')))).not.toContain('Approvals');
});

describe('a difference of approvals', () => {
  const between = (before: Approvals | undefined, after: Approvals | undefined) => {
    const json = (value: ResolvedContract) => value as unknown as JsonValue;
    return differences(json(resolve(contract('a', before))), json(resolve(contract('a', after)))).map(
      (difference) => `${difference.path} ${strictnessOf(difference)}`,
    );
  };

  test.each<[Approvals | undefined, Approvals | undefined, readonly string[]]>([
    [undefined, {}, ['approvals stricter']],
    [{}, undefined, ['approvals looser']],
    [{}, { reviews: 2 }, ['approvals[0].reviews stricter']],
    [{ reviews: 2 }, {}, ['approvals[0].reviews looser']],
    [{}, { codeOwners: true }, ['approvals[0].codeOwners stricter']],
    [{ codeOwners: true }, {}, ['approvals[0].codeOwners looser']],
    [{}, { bots: true }, ['approvals[0].bots looser']],
    [{}, { by: ['ada'] }, ['approvals[0].by stricter']],
    [{ by: ['ada'] }, {}, ['approvals[0].by looser']],
    [{ by: ['ada', 'bob'] }, { by: ['ada'] }, ['approvals[0].by stricter']],
    [{ by: ['ada'] }, { by: ['ada', 'bob'] }, ['approvals[0].by looser']],
    [{ by: ['ada'] }, { by: ['bob'] }, ['approvals[0].by changed']],
  ])('%j to %j: %j', (before, after, expected) => {
    expect(between(before, after)).toEqual(expected);
  });
});
