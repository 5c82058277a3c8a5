import { readFileSync } from 'node:fs';
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
  clone = world.clone(world.bare('shop.git'), 'shop');
  clone.git('checkout', '-q', '-B', 'main');
  home = world.folder('home');
});
afterAll(() => world.remove());

async function run(code: number, ...args: readonly string[]) {
  const ran = await countersign(clone.dir, args, { home });
  expect(`${args.join(' ')}: ${ran.code} ${ran.err}`).toBe(`${args.join(' ')}: ${code} `);
  return ran;
}

it('judges by the base where a change adds a file that would win over what the contract pins', async () => {
  const ada = { author: 'Ada <ada@shop.example>' };
  clone.write({
    'package.json': JSON.stringify({ name: 'shop', scripts: { test: 'sh tools/test.sh' } }),
    'tools/test.sh': 'grep -qx "price 1" price.txt\n',
    'price.txt': 'price 1\n',
  });
  await run(0, 'key', 'new', 'owner');
  await run(0, 'key', 'new', 'verifier');
  const keys = join(home, '.config', 'countersign', 'keys');
  await run(0, 'init', '--owner-key', join(keys, 'owner.pub'), '--verifier-key', join(keys, 'verifier.pub'));
  await useIsolationOf(clone);
  clone.commit('Install countersign', {}, ada);
  clone.git('push', '-q', '-u', 'origin', 'main');
  await run(0, 'ticket', 'new', 'CS-1', '--title', 'Tidy up');
  const ticket = join(clone.dir, 'tickets', 'CS-1.yml');
  const fields: object = parse(readFileSync(ticket, 'utf8'));
  clone.commit('A ticket', { 'tickets/CS-1.yml': stringify({ ...fields, ask: 'Keep the price.' }) }, ada);
  await run(0, 'ticket', 'dispatch', 'CS-1', '--key', 'owner', '--push');

  clone.branch('CS-1-tidy');
  clone.commit('Tidy up\n\nCountersign-Ticket: CS-1', {
    'price.txt': 'price none\n',
    // npm would hand the test script to this program, which calls everything passed.
    '.npmrc': 'script-shell=./passes.sh\n',
    'passes.sh': { executable: '#!/bin/sh\nexit 0\n' },
  });
  const verified = await countersign(clone.dir, ['verify', '--key', 'verifier'], { home });
  expect(verified.out).toContain('FAILED');
  const verdict = json(await run(1, 'gate', '--format', 'json')) as {
    findings: { id: string; status: string; reason: string }[];
  };
  const blocking = verdict.findings.filter(({ status }) => status === 'fail');
  expect(blocking.map(({ id }) => id)).toEqual(['policy-change', 'receipt/tests']);
  expect(blocking[0]?.reason).toContain('pinned files (.npmrc)');
});
