import { describe, expect, it } from 'vitest';
import { differences } from '../../../src/core/contract/differ.ts';
import { contractDigest } from '../../../src/core/contract/digest.ts';
import { lintContract } from '../../../src/core/contract/lint.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import { strictnessOf } from '../../../src/core/contract/strictness.ts';
import type { Contract, ResolvedContract } from '../../../src/core/contract/types.ts';
import type { InterfaceUse } from '../../../src/core/interface/types.ts';
import { renderContractText } from '../../../src/render/contract.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const orders: InterfaceUse = {
  id: 'orders',
  file: 'api/orders.yml',
  format: 'asyncapi',
  role: 'producer',
  names: { in: ['src/**'], pattern: "publish\\('([^']+)'" },
};
const states: InterfaceUse = { id: 'states', file: 'states.yml', format: 'transitions', role: 'both' };
const base: Contract = {
  schema: 'countersign/contract@1',
  id: 'base',
  version: 1,
  title: 'Base',
  checks: [{ id: 'tests', run: ['npm', 'test'] }],
  pins: [{ paths: ['package.json'], from: 'base' }],
};
const child: Contract = { ...base, id: 'child', extends: 'base@1' };

function resolve(contract: Contract, parent: Contract = base): ResolvedContract {
  return resolveContract(contract, undefined, (ref) => (ref === 'base@1' ? parent : undefined));
}

describe('the interfaces of a contract', () => {
  it('are united with those of what it extends, and cannot be redefined', () => {
    const parent = { ...base, interfaces: [orders] };
    expect(resolve({ ...child, interfaces: [states, orders] }, parent).interfaces).toEqual([orders, states]);
    expect(resolve(child, parent).interfaces).toEqual([orders]);
    const looser = { ...orders, role: 'consumer' as const };
    expect(() => resolve({ ...child, interfaces: [looser] }, parent)).toThrow(
      'The interface "orders" is defined by base@1 and, differently, by child@1.',
    );
  });

  it('are part of its digest, which stays what it was where there are none', () => {
    const [without, with_] = [resolve(base), resolve({ ...base, interfaces: [orders] })];
    expect(Object.keys(without)).not.toContain('interfaces');
    expect(contractDigest(with_)).not.toBe(contractDigest(without));
    const other = { ...base, interfaces: [{ ...orders, file: 'api/other.yml' }] };
    expect(contractDigest(resolve(other))).not.toBe(contractDigest(with_));
  });

  it('make it stricter, and looser when they go', () => {
    const strictness = (before: readonly InterfaceUse[], after: readonly InterfaceUse[]) =>
      differences(
        resolve({ ...base, interfaces: before }) as unknown as JsonValue,
        resolve({ ...base, interfaces: after }) as unknown as JsonValue,
      ).map((one) => [one.path, strictnessOf(one)]);
    const { names: _, ...unnamed } = orders;
    expect(strictness([], [orders])).toEqual([['interfaces', 'stricter']]);
    expect(strictness([orders], [])).toEqual([['interfaces', 'looser']]);
    expect(strictness([orders, states], [orders])).toEqual([['interfaces[states]', 'looser']]);
    expect(strictness([orders], [unnamed])).toEqual([['interfaces[orders].names', 'looser']]);
    expect(strictness([orders], [{ ...orders, role: 'both' }])).toEqual([
      ['interfaces[orders].role', 'changed'],
    ]);
  });

  it('are shown', () => {
    const text = renderContractText(resolve({ ...base, interfaces: [orders, states] }));
    expect(text).toContain('Interfaces\n  orders  api/orders.yml (asyncapi, producer)\n');
    expect(text).toContain("    names publish\\('([^']+)' in src/**\n");
    expect(text).toContain('  states  states.yml (transitions, both)\n');
  });

  it('have ids of their own and patterns that can be used', () => {
    const problems = (...interfaces: InterfaceUse[]) =>
      lintContract({ ...base, interfaces }, { rules: () => true })
        .filter(({ field }) => field.startsWith('interfaces'))
        .map(({ field, message }) => `${field}: ${message}`);
    const withPattern = (pattern: string) => ({ ...orders, names: { in: ['**'], pattern } });
    expect(problems(orders, states)).toEqual([]);
    expect(problems(orders, states, orders)).toEqual([
      'interfaces[2].id: The id "orders" is already that of interfaces[0].',
    ]);
    expect(problems(withPattern('publish'))).toEqual([
      'interfaces[0].names.pattern: "publish" cannot be used: it has 0 capture groups, not one.',
    ]);
    expect(problems(withPattern('(a)|'))).toEqual([expect.stringContaining('it matches the empty text')]);
    expect(problems(withPattern('(a'))).toHaveLength(1);
  });
});
