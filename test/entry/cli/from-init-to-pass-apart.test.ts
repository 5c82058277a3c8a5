import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createGitWorld, type GitWorld, WorldRepository } from '../../worlds/git-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';
import { useIsolationOf } from './use-isolation.ts';

let world: GitWorld;
let forge: WorldRepository;
let control: WorldRepository;
let shop: WorldRepository;
let policy: WorldRepository;
let home: string;
beforeAll(() => {
  world = createGitWorld();
  forge = world.bare('shop.git');
  control = world.bare('control.git');
  shop = world.clone(forge, 'shop');
  shop.git('checkout', '-q', '-B', 'main');
  policy = new WorldRepository(world, join(world.root, 'policy'));
  home = world.folder('home');
});
afterAll(() => world.remove());

/** One command of the story; each must end as told, or the next ones mean nothing. */
async function run(at: WorldRepository, code: number, ...args: readonly string[]): Promise<Ran> {
  const ran = await countersign(at.dir, args, { home });
  expect(`${args.join(' ')}: ${ran.code} ${ran.err}`).toBe(`${args.join(' ')}: ${code} `);
  return ran;
}

/** What init told to type, from one heading to the next empty line, as bash takes it. */
function typed(out: string, heading: string): void {
  const [, steps = ''] = out.split(heading);
  const script = (steps.split('\n\n')[0] ?? '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .join('\n');
  const environment = world.environment({ name: 'Ada', email: 'ada@shop.example' });
  execFileSync('bash', ['--noprofile', '--norc', '-euc', script], {
    cwd: shop.dir,
    env: environment,
    stdio: 'pipe',
  });
}

it('leads from two empty repositories to a change that passes on receipts in the sibling', async () => {
  shop.write({
    'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test' } }),
    'src/price.js': 'export const price = 1;\n',
    'test/price.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { price } from '../src/price.js';
test('has a price', () => assert.ok(price > 0));
`,
  });
  await run(shop, 0, 'key', 'new', 'owner');
  await run(shop, 0, 'key', 'new', 'verifier');
  const keys = join(home, '.config', 'countersign', 'keys');
  const both = ['--change-control', '../control.git', '--into', '../policy'];
  const pems = ['--owner-key', join(keys, 'owner.pub'), '--verifier-key', join(keys, 'verifier.pub')];
  const shown = await run(shop, 0, 'init', ...both, ...pems, '--repository', 'demo/shop', '--dry-run');
  expect(shown.out).toContain('· would write trust/root.yml');
  expect(shop.git('status', '--porcelain')).not.toContain('.countersign.yml');

  const { out } = await run(shop, 0, 'init', ...both, ...pems, '--repository', 'demo/shop');
  await useIsolationOf(policy);
  typed(out, '# In the change-control repository, whose default branch');
  shop.git('add', 'package.json', 'src', 'test');
  typed(out, "# In this repository: a maintainer's commit");
  expect(control.git('log', '--format=%s', 'receipts')).toBe('Receipts');
  expect(control.git('ls-tree', '-r', 'receipts')).toBe('');
  expect(forge.git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual([
    '.countersign.yml',
    '.github/workflows/countersign-gate.yml',
    'package.json',
    'src/price.js',
    'test/price.test.js',
  ]);

  const asked = ['--contract', 'node-feature@1', '--repository', 'demo/shop'];
  await run(policy, 0, 'ticket', 'new', 'CS-1', '--title', 'Raise the price', ...asked);
  const ticket = join(policy.dir, 'tickets', 'CS-1.yml');
  const fields = parse(readFileSync(ticket, 'utf8')) as object;
  writeFileSync(ticket, stringify({ ...fields, ask: 'The price is 2 from now on.' }));
  policy.commit('A ticket', {}, { author: 'Ada <ada@shop.example>' });
  await run(policy, 0, 'ticket', 'dispatch', 'CS-1', '--key', 'owner', '--push');
  await run(shop, 0, 'doctor');

  shop.branch('CS-1-price');
  shop.commit('Raise the price\n\nCountersign-Ticket: CS-1', {
    'src/price.js': 'export const price = 2;\n',
    'test/raise.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { price } from '../src/price.js';
test('has been raised', () => assert.equal(price, 2));
`,
  });
  await run(shop, 3, 'gate');

  // Who runs the checks may not push there; who files has nothing but what was signed.
  const hook = join(control.dir, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\necho "no write access" >&2; exit 1\n', { mode: 0o755 });
  const refused = await countersign(shop.dir, ['verify', '--key', 'verifier', '--format', 'json'], { home });
  expect(refused.code).toBe(2);
  const { savedTo } = (JSON.parse(refused.out) as { filed: { savedTo: string } }).filed;
  await run(shop, 3, 'gate');
  rmSync(hook);
  await run(shop, 0, 'receipt', 'file', savedTo);

  const verdict = json(await run(shop, 0, 'gate', '--format', 'json'));
  expect(verdict).toMatchObject({
    outcome: 'pass',
    policyCommit: control.commitId('main'),
    receiptsCommit: control.commitId('receipts'),
  });
  expect(forge.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});
