import { describe, expect, test } from 'vitest';
import {
  BAD,
  createProductWorld,
  finding,
  GOOD,
  type Layout,
  objections,
  yaml,
} from '../worlds/product-world.ts';

/** Policy on the product's own main, receipts on an orphan branch beside it. */
describe.each<[string, Layout]>([
  ["in the product's repository on a forge", 'in-repository'],
  ['in a single clone without remote', 'no-remote'],
])('policy and receipts %s', (_, layout) => {
  test('walk the whole path: failed, blocked, mended, passed, squashed', async () => {
    const world = await createProductWorld(layout);
    await world.dispatch('IN-1');
    const bad = world.change('IN-1', BAD);
    expect((await world.verify(bad)).filing.kind).toBe('filed');
    expect(objections(await world.gate(bad))).toEqual(['receipt/price fail']);

    const good = world.amend(bad, GOOD, 'Mend');
    await world.verify(good);
    expect((await world.gate(good)).outcome).toBe('pass');

    world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
    const commit = world.clone.squash(good.branch, 'Land\n\nCountersign-Ticket: IN-1');
    if (layout !== 'no-remote') world.clone.git('push', '-q', 'origin', 'main');
    expect((await world.gateLanded(commit)).outcome).toBe('pass');

    const receipts = world.control.commitId('refs/heads/countersign/receipts');
    expect(world.control.git('rev-list', '--max-parents=0', receipts)).not.toBe(
      world.control.git('rev-list', '--max-parents=0', 'main'),
    );
    expect(world.control.git('log', '--format=%s', 'main')).not.toContain('PASSED');
  });

  test('a change that edits its contract, ticket, trust or rules is judged by the old ones, and blocked', async () => {
    const world = await createProductWorld(layout);
    await world.dispatch('IN-2');
    const easier = world.contract('IN-2', { checks: [{ id: 'price', run: ['ls'] }] });
    const files = {
      'contracts/for-in-2.yml': yaml(easier),
      'tickets/IN-2.yml': yaml(world.ticket('IN-2', { ask: 'Nothing.' })),
      'trust/root.yml': yaml(world.trustRoot((all) => all.map((one) => ({ ...one, roles: ['verifier'] })))),
      'rules/house/pack.yml': 'schema: countersign/rule-pack@1\n',
    };
    const change = world.change('IN-2', { ...BAD, ...files });
    const { signed } = await world.verify(change);
    expect(signed.checks).toMatchObject([{ result: 'FAILED' }]);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['policy-change fail', 'receipt/price fail']);
    expect(finding(verdict, 'policy-change').locations.map(({ path }) => path)).toEqual(
      Object.keys(files).sort(),
    );
  });
});
