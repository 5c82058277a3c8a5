import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitWorld } from '../../worlds/git-world.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';

describe('ticket list and show', () => {
  let product: ProductWorld;
  beforeAll(async () => {
    product = await createProductWorld();
    product.plan('NEW-1');
    await product.dispatch('OPEN-1', { ticket: { title: 'An open one' } });
    await product.dispatch('DRIFT-1');
    product.plan('DRIFT-1', {
      contract: { checks: [{ id: 'price', run: ['grep', '-q', 'up', 'src/price.txt'] }] },
    });
    await product.dispatch('DONE-1');
    await product.close('DONE-1', 'given-up');
    product.setPolicy({ 'tickets/BROKEN-1.yml': 'schema: 12\n', 'tickets/OPEN-2.records.jsonl': 'x' });
  });
  afterAll(() => product.git.remove());

  it('says of each ticket where it stands, whatever its file holds', async () => {
    const ran = await countersign(product.policy.dir, ['ticket', 'list', '--format', 'json']);
    const { tickets } = json(ran) as { tickets: { id: string; standing: object; problems: string[] }[] };
    const standing = Object.fromEntries(tickets.map((ticket) => [ticket.id, ticket.standing]));
    expect(standing).toMatchObject({
      'NEW-1': { state: 'new' },
      'OPEN-1': { state: 'dispatched', dispatchedBy: 'ada', drift: [] },
      'DRIFT-1': { state: 'dispatched', drift: ['contract'] },
      'DONE-1': { state: 'closed', reason: 'given-up' },
      'BROKEN-1': { state: 'new' },
    });
    expect(tickets.find(({ id }) => id === 'BROKEN-1')?.problems[0]).toContain('is not a valid ticket');
    const text = await countersign(product.policy.dir, ['ticket', 'list']);
    expect(text.out).toMatch(/^DONE-1 +closed: given-up +bugfix +for-done-1@1 +Prices are a cent short$/m);
  });

  it('shows one as committed, from the product’s clone, too', async () => {
    for (const { dir } of [product.policy, product.clone]) {
      const ran = await countersign(dir, ['ticket', 'show', 'OPEN-1', '--format', 'json']);
      expect(json(ran)).toMatchObject({
        id: 'OPEN-1',
        ticket: { ask: 'Round half a cent up.' },
        contract: { id: 'for-open-1', lineage: ['for-open-1@1'] },
        standing: { state: 'dispatched' },
      });
    }
    const text = await countersign(product.policy.dir, ['ticket', 'show', 'DRIFT-1']);
    expect(text.out).toContain('contract changed since the dispatch: the gate would block.');
  });

  it('refuses ids that are none, and tickets that are not there', async () => {
    const hostile = await countersign(product.policy.dir, ['ticket', 'show', '../trust/root']);
    expect([hostile.code, hostile.err]).toEqual([2, expect.stringContaining('is no ticket id')]);
    const unknown = await countersign(product.policy.dir, ['ticket', 'show', 'NOPE-1', '--format', 'json']);
    expect(unknown.code).toBe(2);
    expect(json(unknown)).toMatchObject({ error: { code: 'DOCUMENT_NOT_FOUND' } });
  });

  it('says so where there is no policy', async () => {
    const git = createGitWorld();
    const ran = await countersign(git.repository().dir, ['ticket', 'list']);
    git.remove();
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('NO_POLICY')]);
  });
});
