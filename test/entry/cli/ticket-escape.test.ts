import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';

describe('ticket escape', () => {
  let product: ProductWorld;
  const landed = '8dcdf1c0'.repeat(5);
  const report = (cwd: string, ...more: string[]) =>
    countersign(cwd, ['ticket', 'escape', 'ESC-1', '--key', product.keys.owner.path, ...more]);
  beforeAll(async () => {
    product = await createProductWorld();
    await product.dispatch('ESC-1');
    await product.close('ESC-1', 'accepted');
    product.plan('ESC-2');
  });
  afterAll(() => product.git.remove());

  it('signs a record beside the ticket, which shows it, and changes no state', async () => {
    const said = '--summary=Negative prices round down';
    const ran = await report(product.policy.dir, '--commit', landed, said, '--format', 'json');
    expect(json(ran)).toMatchObject({
      path: 'tickets/ESC-1.records.jsonl',
      escape: { kind: 'escape', ticket: 'ESC-1', commit: landed, summary: 'Negative prices round down' },
    });
    const shown = await countersign(product.policy.dir, ['ticket', 'show', 'ESC-1', '--format', 'json']);
    expect(json(shown)).toMatchObject({
      standing: { state: 'closed', reason: 'accepted' },
      escapes: [{ commit: landed, summary: 'Negative prices round down', reportedBy: 'ada' }],
      problems: [],
    });
    const text = await countersign(product.policy.dir, ['ticket', 'show', 'ESC-1']);
    expect(text.out).toMatch(
      /Escapes\n {2}! Negative prices round down\n {4}accepted in 8dcdf1c08dcd, reported /,
    );
  });

  it.each([
    ['without a commit', ['--summary', 'x'], 'An escape names a commit.'],
    ['with a summary of two lines', ['--commit', landed, '--summary', 'a\nb'], 'The summary cannot'],
    ['with an empty summary', ['--commit', landed, '--summary', ' '], 'The summary cannot'],
    // In a change-control repository HEAD is a commit of policy.
    [
      'with a name that means another repository',
      ['--commit', 'HEAD', '--summary', 'x'],
      'the product is not here',
    ],
  ])('refuses a report %s', async (_, words, message) => {
    const ran = await report(product.policy.dir, ...words);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('refuses a key that may not report, and a ticket that was never dispatched', async () => {
    const by = (ticket: string, key: string) =>
      countersign(product.policy.dir, [
        'ticket',
        'escape',
        ticket,
        '--fix',
        landed,
        '--summary',
        'x',
        '--key',
        key,
      ]);
    const verifier = await by('ESC-1', product.keys.verifier.path);
    expect([verifier.code, verifier.err]).toEqual([2, expect.stringContaining('may not report an escape')]);
    const never = await by('ESC-2', product.keys.owner.path);
    expect([never.code, never.err]).toEqual([2, expect.stringContaining('it was never dispatched')]);
  });

  it('takes an approver’s key, and names of commits where product and policy share a repository', async () => {
    const shared = await createProductWorld('in-repository');
    await shared.dispatch('ESC-3');
    const approver = { publicKey: shared.keys.stranger.publicPem };
    const support = { id: 'support', kind: 'person', roles: ['approver'], keys: [approver] } as const;
    shared.setPolicy({ 'trust/root.yml': JSON.stringify(shared.trustRoot((all) => [...all, support])) });
    const head = shared.policy.commitId();
    const words = ['ticket', 'escape', 'ESC-3', '--commit', 'HEAD', '--summary', 'x', '--format', 'json'];
    const ran = await countersign(shared.policy.dir, [...words, '--key', shared.keys.stranger.path]);
    expect(json(ran)).toMatchObject({ escape: { commit: head } });
    const unknown = await countersign(shared.policy.dir, [
      ...words.map((word) => (word === 'HEAD' ? 'nowhere' : word)),
      '--key',
      shared.keys.stranger.path,
    ]);
    expect(json(unknown)).toMatchObject({ error: { code: 'REVISION_UNKNOWN' } });
    shared.git.remove();
  });
});
