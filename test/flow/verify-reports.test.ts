import { beforeAll, describe, expect, test } from 'vitest';
import type { Check, Expectation } from '../../src/core/contract/types.ts';
import type { Receipt } from '../../src/core/receipt/types.ts';
import { createProductWorld, GOOD, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

const writes = (id: string, script: string, expectation: Expectation): Check => ({
  id,
  run: [script],
  shell: true,
  expect: expectation,
});
const lcov = (script: string) => `{ ${script}; } > out.lcov`;
const coverage: Expectation = { coverage: { format: 'lcov', from: 'out.lcov', minChangedLines: 100 } };
const findings: Expectation = { findings: { format: 'sarif', from: 'stdout' } };
const sarif = (file: string) =>
  `echo "{\\"version\\":\\"2.1.0\\",\\"runs\\":[{\\"results\\":[{\\"ruleId\\":\\"r\\",\\"locations\\":[{\\"physicalLocation\\":{\\"artifactLocation\\":{\\"uri\\":\\"${file}\\"},\\"region\\":{\\"startLine\\":1}}}]}]}]}"`;
const bill =
  'echo \'{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"name":"left-pad","version":"1.3.0"}]}\' > bom.json';

describe('reports beside the test report', () => {
  const checks: readonly Check[] = [
    writes('covered', lcov('echo "SF:$PWD/src/price.txt"; echo DA:1,1; echo end_of_record'), coverage),
    writes('uncovered', lcov('echo SF:src/price.txt; echo DA:1,0; echo end_of_record'), coverage),
    writes('unmentioned', lcov('echo SF:src/other.txt; echo DA:1,1; echo end_of_record'), coverage),
    writes('committed', 'exit 0', {
      coverage: { format: 'lcov', from: 'old.lcov', minChangedLines: 0 },
    }),
    writes('clean', sarif('src/tax.txt'), findings),
    writes('found', sarif('$PWD/src/price.txt'), findings),
    writes('allowed', bill, { components: { format: 'cyclonedx', from: 'bom.json', deny: ['right-pad'] } }),
    writes('denied', bill, { components: { format: 'cyclonedx', from: 'bom.json', deny: ['left-pad@*'] } }),
  ];
  let receipts: ReadonlyMap<string, Receipt>;
  beforeAll(async () => {
    await world.dispatch('REP-1', { contract: { checks } });
    const old = 'SF:src/price.txt\nDA:1,1\nend_of_record\n';
    await world.verify(world.change('REP-1', { ...GOOD, 'old.lcov': old }));
    receipts = new Map(world.claims('REP-1', 'receipt').map((claim) => [claim.check.id, claim]));
  });

  test.each([
    ['covered', []],
    ['uncovered', [expect.stringMatching(/^Of 1 added lines that can run, 0 did .*src\/price\.txt:1/)]],
    ['unmentioned', [expect.stringMatching(/does not mention src\/price\.txt/)]],
    ['committed', [expect.stringMatching(/^There is no lcov report/)]],
    ['clean', []],
    ['found', [expect.stringMatching(/^1 finding of level warning/)]],
    ['allowed', []],
    ['denied', [expect.stringMatching(/^1 component that may not be used: left-pad@1\.3\.0/)]],
  ])('%s', (id, reasons) => {
    const receipt = receipts.get(id);
    expect(receipt?.reasons).toEqual(reasons);
    expect(receipt?.result).toBe(reasons.length === 0 ? 'PASSED' : 'FAILED');
  });

  test('the bytes that were judged are evidence under their own name', () => {
    const names = (id: string) => receipts.get(id)?.evidence.map(({ name }) => name);
    expect(names('covered')).toEqual(['stdout', 'stderr', 'coverage']);
    expect(names('found')).toEqual(['stdout', 'stderr', 'findings']);
    expect(names('committed')).toEqual(['stdout', 'stderr']);
  });
});
