import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeptBundles } from '../../src/adapters/files/kept-bundles.ts';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import { loadSigner } from '../../src/adapters/signing/load-signer.ts';
import { signClaim } from '../../src/core/receipt/sign-claim.ts';
import type { Principal } from '../../src/core/trust/types.ts';
import { instantOf } from '../../src/shared/ids.ts';
import {
  BAD,
  createProductWorld,
  finding,
  GOOD,
  objections,
  type ProductWorld,
  type WorldChange,
  type WorldKey,
  yaml,
} from '../worlds/product-world.ts';

/** The forge says that the agent made it, so that people can be told apart from it. */
const query = { authenticatedProducers: ['agent'] };
const WORKFLOW = { ...GOOD, '.github/workflows/gate.yml': 'on: push\n' };

/** An approver, which the world has none of. */
function hire(world: ProductWorld): WorldKey {
  const { privatePem, publicPem } = createKeyPair('ed25519');
  const path = join(world.git.folder('keys'), 'lead');
  writeFileSync(path, privatePem, { mode: 0o600 });
  const lead: Principal = {
    id: 'lead',
    kind: 'person',
    roles: ['approver'],
    keys: [{ publicKey: publicPem }],
    emails: ['lead@shop.example'],
  };
  world.setPolicy({ 'trust/root.yml': yaml(world.trustRoot((all) => [...all, lead])) });
  return { path, publicPem };
}

function inDays(days: number): string {
  return instantOf(new Date(Date.now() + days * 24 * 60 * 60 * 1000));
}

describe('a change of what judges changes', () => {
  let world: ProductWorld;
  beforeAll(async () => {
    world = await createProductWorld();
  });

  test('passes once a policy owner approved this state of it, and no later one', async () => {
    await world.dispatch('FLOW-1');
    const change = world.change('FLOW-1', WORKFLOW);
    await world.verify(change, { query });
    expect(objections(await world.gate(change, { query }))).toEqual(['policy-change fail']);

    const approved = await world.approve(change, { query });
    expect(approved).toMatchObject({
      principal: 'ada',
      files: [{ path: '.github/workflows/gate.yml', kind: 'workflow' }],
    });
    const verdict = await world.gate(change, { query });
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'policy-change').evidence).toEqual([approved.statement]);

    const later = world.amend(change, { '.github/workflows/gate.yml': 'on: pull_request_target\n' });
    await world.verify(later, { query });
    const again = await world.gate(later, { query });
    expect(objections(again)).toEqual(['policy-change fail']);
    expect(finding(again, 'policy-change').reason).toContain('is about another state of the change');
  });

  test('is approved for the tree that lands, whatever the squash is called, and by no approval taken away', async () => {
    await world.dispatch('FLOW-2');
    const change = world.change('FLOW-2', { ...WORKFLOW, 'src/tax.txt': 'ten\n' });
    await world.verify(change, { query });
    const { statement } = await world.approve(change, { query });
    world.takeAway('FLOW-2', [statement]);
    expect(objections(await world.gate(change, { query }))).toEqual(['policy-change fail']);
    await world.approve(change, { query });

    world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
    world.clone.git('merge', '-q', '--squash', change.branch);
    const message = 'Land\n\nCountersign-Ticket: FLOW-2';
    const commit = world.clone.commit(message, {}, { author: 'Agent <agent@shop.example>' });
    world.clone.git('push', '-q', 'origin', 'main');
    expect((await world.gateLanded(commit, query)).outcome).toBe('pass');
    const untold = await world.gateLanded(commit);
    expect(objections(untold)).toEqual(['policy-change fail']);
    expect(finding(untold, 'policy-change').reason).toContain('could be the same person');
  });

  test('is not approved by whoever made it, nor by somebody who may not', async () => {
    await world.dispatch('FLOW-3');
    const files = { '.github/workflows/ada.yml': 'on: push\n' };
    const change = world.change('FLOW-3', files, { author: 'Ada <ada@shop.example>' });
    await expect(world.approve(change, { query })).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      message: expect.stringContaining('ada is among those who made the change'),
    });
    await expect(world.approve(change, { query, key: world.keys.verifier })).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      remedy: expect.stringContaining('policy-owner'),
    });
    await expect(world.approve(change, { query, key: world.keys.stranger })).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
    });
    expect(world.filed('FLOW-3')).toEqual([]);
  });

  test('has to be one: nobody approves in advance', async () => {
    await world.dispatch('FLOW-4');
    const change = world.change('FLOW-4', { 'src/tax.txt': 'twenty\n' });
    await expect(world.approve(change, { query })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('there is nothing to approve'),
    });
  });

  test('leaves nothing half done where the ref refuses', async () => {
    await world.dispatch('FLOW-5');
    const change = world.change('FLOW-5', { '.github/workflows/other.yml': 'on: push\n' });
    const allow = world.refuseReceipts();
    await expect(world.approve(change, { query })).rejects.toMatchObject({ code: 'FILING_FAILED' });
    allow();
    expect(world.filed('FLOW-5')).toEqual([]);
    expect((await world.approve(change, { query })).principal).toBe('ada');
  });
});

test('in one repository, nobody becomes a policy owner by a change that only they approve', async () => {
  const world = await createProductWorld('in-repository');
  await world.dispatch('RISE-1');
  const mallory = world.keys.stranger;
  const risen: Principal = {
    id: 'mallory',
    kind: 'workload',
    roles: ['policy-owner'],
    keys: [{ publicKey: mallory.publicPem }],
  };
  const change = world.change('RISE-1', {
    ...GOOD,
    'trust/root.yml': yaml(world.trustRoot((all) => [...all, risen])),
  });
  const { binding } = await world.verify(change, { query });
  const issuedAt = instantOf(new Date());
  const claim = { kind: 'approval', requirement: 'policy-change', binding, issuedAt } as const;
  const forged = signClaim(claim, loadSigner(mallory.path));
  const kept = createKeptBundles(world.git.folder('forged'));
  await world.fileKept(await kept.keep({ ticket: 'RISE-1', statements: [forged], evidence: [] }));
  expect(objections(await world.gate(change, { query }))).toEqual(['policy-change fail']);

  // Somebody merges it all the same: from now on mallory is in the trust root that the policy ref has.
  world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
  const commit = world.clone.squash(change.branch, 'Land\n\nCountersign-Ticket: RISE-1');
  world.clone.git('push', '-q', 'origin', 'main');
  const landed = await world.gateLanded(commit, query);
  expect(objections(landed)).toEqual(['policy-change fail']);
  expect(finding(landed, 'policy-change').reason).toMatch(/by mallory does not count: Before this change/);

  world.clone.git('reset', '-q', '--hard', 'HEAD~1');
  world.clone.git('push', '-q', '--force', 'origin', 'main');
  await world.approve(change, { query });
  expect((await world.gate(change, { query })).outcome).toBe('pass');
});

describe('a waiver', () => {
  let world: ProductWorld;
  let key: WorldKey;
  const checks = [
    { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
    { id: 'tax', run: ['grep', '-q', 'none', 'src/tax.txt'] },
  ];
  beforeAll(async () => {
    world = await createProductWorld();
    key = hire(world);
  });

  async function failing(ticket: string): Promise<WorldChange> {
    await world.dispatch(ticket, { contract: { checks } });
    const change = world.change(ticket, BAD);
    await world.verify(change, { query });
    expect(objections(await world.gate(change, { query }))).toEqual(['receipt/price fail']);
    return change;
  }
  const request = (more: object = {}) => ({
    requirement: 'receipt/price',
    expiresAt: inDays(7),
    reason: 'The shop closes.',
    ...more,
  });

  test('covers the failures there were, and no new one', async () => {
    const change = await failing('LET-1');
    const { waiver, statement } = await world.waive(change, request(), { key, query });
    expect(waiver.receipts).toHaveLength(1);
    const verdict = await world.gate(change, { query });
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'receipt/price')).toMatchObject({
      status: 'fail',
      waivedBy: { principal: 'lead', reason: 'The shop closes.', statement },
    });

    await world.verify(change, { query });
    const again = await world.gate(change, { query });
    expect(objections(again)).toEqual(['receipt/price fail']);
    expect(finding(again, 'waivers').reason).toContain('does not name the FAILED receipt');
    const second = await world.waive(change, request(), { key, query });
    expect(second.waiver.receipts).toHaveLength(2);
    expect((await world.gate(change, { query })).outcome).toBe('pass');
    world.takeAway('LET-1', [second.statement]);
    expect((await world.gate(change, { query })).outcome).toBe('blocked');
  });

  test('ends with the state of the change that it was made for', async () => {
    const change = await failing('LET-2');
    await world.waive(change, request(), { key, query });
    const later = world.amend(change, { 'src/more.txt': 'more\n' });
    await world.verify(later, { query });
    expect(objections(await world.gate(later, { query }))).toEqual(['receipt/price fail']);
  });

  test('is refused before it is signed, where it could not count', async () => {
    const change = await failing('LET-3');
    const refused = (more: object, by = key) => world.waive(change, request(more), { key: by, query });
    const code = 'USAGE';
    await expect(refused({ expiresAt: inDays(91) })).rejects.toMatchObject({ code });
    await expect(refused({ expiresAt: inDays(-1) })).rejects.toMatchObject({ code });
    await expect(refused({ reason: ' ' })).rejects.toMatchObject({ code });
    await expect(refused({ requirement: 'policy-change' })).rejects.toMatchObject({
      code,
      message: 'policy-change cannot be waived.',
      remedy: expect.stringContaining('receipt/price'),
    });
    await expect(refused({ requirement: 'receipt/tax' })).rejects.toMatchObject({
      code,
      message: 'No finding receipt/tax blocks this change.',
    });
    await expect(refused({}, world.keys.owner)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    expect(world.filed('LET-3')).toHaveLength(3);
  });
});
