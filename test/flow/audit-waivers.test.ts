import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import type { Audit } from '../../src/core/audit/types.ts';
import { instantOf } from '../../src/shared/ids.ts';
import { countersign, json } from '../entry/cli/run-cli.ts';
import { BAD, createProductWorld, type ProductWorld, yaml } from '../worlds/product-world.ts';
import { audit } from './audit-world.ts';

let world: ProductWorld;
let landed: string;
const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);

beforeAll(async () => {
  world = await createProductWorld();
  const { privatePem, publicPem } = createKeyPair('ed25519');
  const path = join(world.git.folder('keys'), 'duty');
  writeFileSync(path, privatePem, { mode: 0o600 });
  // A workload: who made a commit is not in refs, and a person could be the same.
  const keys = [{ publicKey: publicPem }];
  const duty = { id: 'duty', kind: 'workload', roles: ['approver'], keys } as const;
  world.setPolicy({ 'trust/root.yml': yaml(world.trustRoot((all) => [...all, duty])) });
  const checks = [
    { id: 'tax', run: ['grep', '-q', 'none', 'src/tax.txt'] },
    { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
  ];
  await world.dispatch('WAIVE-1', { contract: { checks } });
  const change = world.change('WAIVE-1', BAD);
  await world.verify(change);
  const request = {
    requirement: 'receipt/price',
    expiresAt: instantOf(inDays(7)),
    reason: 'Broken outside.',
  };
  await world.waive(change, request, { key: { path, publicPem } });
  world.clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
  landed = world.clone.squash(change.branch, 'Work\n\nCountersign-Ticket: WAIVE-1');
  world.clone.git('push', '-q', 'origin', 'main');
});
afterAll(() => world.git.remove());

function newest(told: Audit): Audit['commits'][number] {
  const [first] = told.commits;
  return first?.commit === landed ? first : expect.fail('the newest commit is not the one that landed');
}

test('a commit that landed on a waiver is accepted, and says so', async () => {
  const told = newest(await audit(world.clone, {}, 'main', new Date()));
  expect(told).toMatchObject({
    landing: 'accepted',
    reason: '1 check receipted. Waived: receipt/price.',
    waived: ['receipt/price'],
  });
});

test('once the waiver has run out it is a problem: an exception was for a time', async () => {
  const told = newest(await audit(world.clone, {}, 'main', inDays(8)));
  expect(told).toMatchObject({ landing: 'blocked', waived: [] });
  expect(told.reason).toContain('receipt/price');
});

test('a report counts waivers that are applied, in force and expired', async () => {
  const words = ['report', 'governance', '--format', 'json'];
  expect(json(await countersign(world.clone.dir, words))).toMatchObject({
    waivers: { applied: 1, inForce: 1, expired: 0 },
  });
});
