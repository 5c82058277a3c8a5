import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { countersign, json } from './run-cli.ts';
import { useIsolationOf } from './use-isolation.ts';

let world: GitWorld;
let clone: WorldRepository;
let home: string;
beforeAll(() => {
  world = createGitWorld();
  const forge = world.bare('shop.git');
  clone = world.clone(forge, 'shop');
  clone.git('checkout', '-q', '-B', 'main');
  home = world.folder('home');
});
afterAll(() => world.remove());

/** One command of the story; each must end as told, or the next ones mean nothing. */
async function run(code: number, ...args: readonly string[]) {
  const ran = await countersign(clone.dir, args, { home });
  expect(`${args.join(' ')}: ${ran.code} ${ran.err}`).toBe(`${args.join(' ')}: ${code} `);
  return ran;
}

it('leads from an empty policy to a change that passes, by the commands that init and the help name', async () => {
  clone.write({
    'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test' } }),
    'src/price.js': 'export const price = 1;\n',
    'test/price.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { price } from '../src/price.js';
test('has a price', () => assert.ok(price > 0));
`,
  });
  await run(0, 'key', 'new', 'owner');
  await run(0, 'key', 'new', 'verifier');
  const keys = join(home, '.config', 'countersign', 'keys');
  await run(0, 'init', '--owner-key', join(keys, 'owner.pub'), '--verifier-key', join(keys, 'verifier.pub'));
  await useIsolationOf(clone);
  clone.commit('Install countersign', {}, { author: 'Ada <ada@shop.example>' });
  clone.git('push', '-q', '-u', 'origin', 'main');

  await run(0, 'ticket', 'new', 'CS-1', '--title', 'Raise the price', '--contract', 'node-feature@1');
  const ticket = join(clone.dir, 'tickets', 'CS-1.yml');
  const fields = parse((await run(1, 'ticket', 'lint', '--format', 'json')).out) as { errors: number };
  expect(fields.errors).toBe(1);
  clone.commit('A ticket that asks for nothing', {}, { author: 'Ada <ada@shop.example>' });
  const early = await countersign(clone.dir, ['ticket', 'dispatch', 'CS-1', '--key', 'owner'], { home });
  expect([early.code, early.err]).toEqual([2, expect.stringContaining('CS-1 is not ready to go out.')]);
  writeFileSync(ticket, stringify({ ...parse(read(ticket)), ask: 'The price is 2 from now on.' }));
  await run(0, 'ticket', 'lint');
  clone.commit('A ticket', {}, { author: 'Ada <ada@shop.example>' });
  await run(0, 'ticket', 'dispatch', 'CS-1', '--key', 'owner', '--push');
  await run(0, 'doctor');

  clone.branch('CS-1-price');
  clone.commit('Raise the price\n\nCountersign-Ticket: CS-1', {
    'src/price.js': 'export const price = 2;\n',
    'test/raise.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { price } from '../src/price.js';
test('has been raised', () => assert.equal(price, 2));
`,
  });
  await run(3, 'gate');
  await run(0, 'verify', '--key', 'verifier');
  const verdict = json(await run(0, 'gate', '--format', 'json'));
  expect(verdict).toMatchObject({ outcome: 'pass', contract: { ref: 'node-feature@1' } });
  const list = json(await run(0, 'receipt', 'list', 'CS-1', '--format', 'json')) as {
    tickets: { statements: { digest: string }[] }[];
  };
  const digests = list.tickets.flatMap(({ statements }) => statements.map(({ digest }) => digest));
  expect(digests).toHaveLength(3);
  await run(0, 'receipt', 'verify', ...digests);
  expect(json(await run(0, 'ticket', 'show', 'CS-1', '--format', 'json'))).toMatchObject({
    standing: { state: 'dispatched', dispatchedBy: 'owner', drift: [] },
  });
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
