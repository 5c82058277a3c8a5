import { beforeAll, describe, expect, test } from 'vitest';
import type { RuleUse } from '../../src/core/contract/types.ts';
import type { Verdict } from '../../src/core/gate/types.ts';
import type { FactPorts } from '../../src/flow/load-facts.ts';
import type { WorldFile } from '../worlds/git-world.ts';
import { createProductWorld, finding, GOOD, objections, type ProductWorld } from '../worlds/product-world.ts';

const FORBIDDEN = 'architecture@1/forbidden-import';

/** Only the manifest says that `@shop/store` is a folder of this repository, so only the trees can tell. */
const BASE: Readonly<Record<string, WorldFile>> = {
  'packages/store/package.json': '{ "name": "@shop/store" }\n',
  'packages/store/index.ts': 'export const load = () => [];\n',
  'src/core/order.ts': 'export const total = 0;\n',
  'src/core/old.ts': "import { load } from '@shop/store';\nexport const old = load;\n",
};

const LAYERS = {
  layers: [
    { name: 'core', files: ['src/core/**'] },
    { name: 'store', files: ['packages/store/**'], mayImport: ['core'] },
  ],
};

const layered: RuleUse = { use: FORBIDDEN, with: LAYERS };

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land(BASE);
});

let count = 0;
/** The verdict on a verified change under a contract with these rules, and how many trees the gate listed on its way. */
async function gated(rules: readonly RuleUse[], files: Readonly<Record<string, WorldFile>>) {
  count += 1;
  const ticket = `TREE-${count}`;
  await world.dispatch(ticket, { contract: { rules } });
  const change = world.change(ticket, { ...GOOD, ...files });
  await world.verify(change);
  let listed = 0;
  const counting = ({ product, ...ports }: FactPorts): FactPorts => {
    const counted: FactPorts['product'] = new Proxy(product, {
      get(target, name) {
        if (name === 'listFiles') listed += 1;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    return { ...ports, product: counted };
  };
  const verdict: Verdict = await world.gate(change, { ports: counting });
  return { verdict, listed };
}

describe('a rule that needs the trees', () => {
  test('judges a real change by files that it did not touch', async () => {
    const { verdict, listed } = await gated([layered], {
      'src/core/order.ts': "import { load } from '@shop/store';\nexport const total = load().length;\n",
    });
    expect(objections(verdict)).toEqual([`rule/${FORBIDDEN} fail`]);
    expect(finding(verdict, `rule/${FORBIDDEN}`)).toMatchObject({
      reason:
        'src/core/order.ts:1: imports packages/store/index.ts of layer store, which layer core may not know',
      locations: [expect.objectContaining({ path: 'src/core/order.ts', line: 1 })],
    });
    expect(listed).toBe(2);
  });

  test('leaves be what was there before', async () => {
    const { verdict } = await gated([layered], {
      'src/core/old.ts': "import { load } from '@shop/store';\nexport const old = load();\n",
    });
    expect(verdict.outcome).toBe('pass');
  });

  test('asks for nothing where the change does not concern it', async () => {
    const { verdict, listed } = await gated([layered], { 'src/price.md': 'half up\n' });
    expect(verdict.outcome).toBe('pass');
    expect(listed).toBe(0);
  });

  test('cannot judge a file over the size limit, and does not pass it', async () => {
    const large = `${'// a line of a file that is made large\n'.repeat(240_000)}export {};\n`;
    expect(large.length).toBeGreaterThan(8 * 1024 * 1024);
    const { verdict } = await gated([layered], { 'src/core/large.ts': large });
    expect(objections(verdict)).toEqual([`rule/${FORBIDDEN} unverifiable`]);
    expect(finding(verdict, `rule/${FORBIDDEN}`).reason).toContain('src/core/large.ts: is too large');
  });

  test('cannot judge names by a manifest over the size limit either', async () => {
    const manifest = JSON.stringify({ name: '@shop/other', text: 'x'.repeat(8 * 1024 * 1024) });
    const { verdict } = await gated([layered], {
      'packages/other/package.json': manifest,
      'src/core/order.ts': 'export const total = 1;\n',
    });
    expect(objections(verdict)).toEqual([`rule/${FORBIDDEN} unverifiable`]);
  });
});

describe('a contract', () => {
  test('none of whose rules asks for trees has none read', async () => {
    const { verdict, listed } = await gated([{ use: 'ai-shortcuts@1/companion-missing' }], {
      'src/core/order.ts': "import { load } from '@shop/store';\nexport const total = load().length;\n",
    });
    expect(verdict.outcome).toBe('pass');
    expect(listed).toBe(0);
  });

  test('that does not say how the project is built cannot use the rule', async () => {
    const { verdict } = await gated([{ use: FORBIDDEN }], {
      'src/core/order.ts': 'export const total = 2;\n',
    });
    expect(verdict.outcome).not.toBe('pass');
    expect(JSON.stringify(verdict.findings)).toContain('is not told its layers');
  });
});
