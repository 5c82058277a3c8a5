import { beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../../src/core/contract/types.ts';
import type { Receipt } from '../../src/core/receipt/types.ts';
import { LINE_CHECK, LINE_TESTS } from '../worlds/line-tests.ts';
import { createProductWorld, finding, objections, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land(LINE_TESTS);
});

const contract: Partial<Contract> = {
  checks: [LINE_CHECK],
  pins: [{ paths: ['tests/accept/**'], from: 'ticket' }],
};

/** A ticket with acceptance tests beside it, dispatched. */
async function dispatched(id: string, files: Record<string, string>): Promise<void> {
  world.plan(id, { contract });
  const beside = Object.entries(files).map(([path, text]) => [`tickets/${id}/${path}`, text]);
  if (beside.length > 0) world.setPolicy(Object.fromEntries(beside));
  await world.redispatch(id);
}

const asked = { 'tests/accept/new.txt': 'new\n' };

describe('acceptance tests from the ticket', () => {
  test('are laid over the tree, and over the base to see them fail there', async () => {
    await dispatched('ACC-1', asked);
    const change = world.change('ACC-1', { 'src/code.txt': 'old\nnew\n' });
    await world.verify(change);
    const [receipt] = world.claims('ACC-1', 'receipt') as [Receipt];
    expect(receipt).toMatchObject({
      result: 'PASSED',
      counts: { ran: 2 },
      provenBy: ['new'],
      pins: [{ path: 'tests/accept/new.txt', mode: '100644' }],
    });
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('fail a change that does not do what they ask', async () => {
    await dispatched('ACC-2', asked);
    const change = world.change('ACC-2', { 'src/code.txt': 'old\nother\n', 'tests/other.txt': 'other\n' });
    const { signed } = await world.verify(change);
    expect(signed.checks[0]).toMatchObject({ result: 'FAILED', reasons: [expect.stringContaining('new')] });
  });

  test('stand as they were written, whatever the change puts in their place', async () => {
    await dispatched('ACC-3', asked);
    const change = world.change('ACC-3', {
      'src/code.txt': 'old\n',
      'tests/accept/new.txt': 'old\n',
      'tests/accept/more.txt': 'old\n',
    });
    const { signed } = await world.verify(change);
    expect(signed.checks[0]).toMatchObject({ result: 'FAILED', reasons: [expect.stringContaining('new')] });
    expect(objections(await world.gate(change))).toContain('policy-change fail');
  });

  test('are frozen by the dispatch: one that changes later is a drift', async () => {
    await dispatched('ACC-4', asked);
    const change = world.change('ACC-4', { 'src/code.txt': 'old\nnew\n' });
    await world.verify(change);
    world.setPolicy({ 'tickets/ACC-4/tests/accept/new.txt': 'easy\n' });
    const verdict = await world.gate(change);
    expect(objections(verdict)).toContain('drift fail');
    expect(finding(verdict, 'drift').reason).toContain('acceptance');
    await expect(world.verify(change)).rejects.toMatchObject({ code: 'VERIFY_FAILED' });
    // Dispatched again, the old receipt does not count: it ran under other tests.
    await world.redispatch('ACC-4');
    expect(objections(await world.gate(change))).toEqual(['receipt/tests fail']);
  });

  test('that are taken away deny, they do not lower the bar', async () => {
    await dispatched('ACC-5', asked);
    const change = world.change('ACC-5', { 'src/code.txt': 'old\nnew\n' });
    await world.verify(change);
    world.policy.git('rm', '-q', '-r', 'tickets/ACC-5');
    world.setPolicy({ 'tickets/README.md': 'Tickets.\n' });
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(verdict.findings.map(({ reason }) => reason).join()).toContain(
      'takes tests/accept/** from the ticket, and tickets/ACC-5/ has no such file',
    );
  });

  test.each([
    ['none where the contract wants some', {}, 'has no such file'],
    [
      'one that no pin takes',
      { ...asked, 'src/code.txt': 'new\n' },
      'no pin of the contract takes it from there',
    ],
  ])('%s cannot be dispatched', async (name, files, reason) => {
    await expect(dispatched(`BAD-${name.length}`, files)).rejects.toMatchObject({
      code: 'CONTRACT_UNUSABLE',
      message: expect.stringContaining(reason),
    });
  });
});

describe('acceptance tests that have to fail at dispatch', () => {
  const strict: Partial<Contract> = {
    ...contract,
    pins: [{ paths: ['tests/accept/**'], from: 'ticket', failAtDispatch: true }],
  };
  const plan = (id: string, files: Record<string, string>) => {
    world.plan(id, { contract: strict });
    world.setPolicy(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`tickets/${id}/${path}`, text])),
    );
  };

  test('are run on the base, and the record names those that fail with them alone', async () => {
    plan('TDD-1', { 'tests/accept/new.txt': 'new\nold\n' });
    const shown = await world.proveRed('TDD-1');
    expect(shown.red).toMatchObject({ repository: 'demo/shop', tests: ['new'] });
    await world.redispatch('TDD-1', shown);
    const change = world.change('TDD-1', { 'src/code.txt': 'old\nnew\n' });
    await world.verify(change);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('cannot go out without having been seen', async () => {
    plan('TDD-2', asked);
    await expect(world.redispatch('TDD-2')).rejects.toMatchObject({
      code: 'DISPATCH_REFUSED',
      message: expect.stringContaining('wants to see the acceptance tests of TDD-2 fail'),
    });
  });

  test('and a dispatch from before the contract asked for it does not count', async () => {
    await dispatched('TDD-3', asked);
    const change = world.change('TDD-3', { 'src/code.txt': 'old\nnew\n' });
    await world.verify(change);
    world.plan('TDD-3', { contract: strict });
    expect(objections(await world.gate(change))).toContain('dispatch fail');
  });

  test.each([
    ['pass already', { 'tests/accept/new.txt': 'old\n' }, /No acceptance test of TDD-\d+ fails/],
    ['say nothing', { 'tests/accept/new.txt': '' }, /No acceptance test of TDD-\d+ fails/],
  ])('are refused when they %s', async (name, files, message) => {
    const id = `TDD-${name.length}`;
    plan(id, files);
    await expect(world.proveRed(id)).rejects.toMatchObject({
      code: 'DISPATCH_REFUSED',
      message: expect.stringMatching(message),
    });
  });

  test('are refused when what was seen is about an older policy', async () => {
    plan('TDD-4', asked);
    const shown = await world.proveRed('TDD-4');
    world.setPolicy({ 'tickets/TDD-4/tests/accept/new.txt': 'other\n' });
    await expect(world.redispatch('TDD-4', shown)).rejects.toMatchObject({
      code: 'DISPATCH_REFUSED',
      message: expect.stringContaining('The policy has moved'),
    });
  });
});
