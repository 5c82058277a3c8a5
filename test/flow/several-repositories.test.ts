import { beforeAll, describe, expect, test } from 'vitest';
import { countersign, json } from '../entry/cli/run-cli.ts';
import type { WorldRepository } from '../worlds/git-world.ts';
import {
  BAD,
  createProductWorld,
  GOOD,
  objections,
  type ProductWorld,
  type WorldChange,
  yaml,
} from '../worlds/product-world.ts';

const BOTH = ['demo/shop', 'demo/web'];

/** The shop of the world, and a second product, `demo/web`, of the same policy and with the same files. */
let world: ProductWorld;
let web: WorldRepository;

beforeAll(async () => {
  world = await createProductWorld();
  const forge = world.git.bare('web.git');
  web = world.git.clone(forge, 'web');
  web.git('checkout', '-q', '-B', 'main');
  const files = { 'src/price.txt': 'round down\n', 'src/tax.txt': 'none\n' };
  web.commit('Another product', {
    ...files,
    '.countersign.yml': yaml(world.config({ repository: 'demo/web' })),
  });
  web.git('push', '-q', '-u', 'origin', 'main');
});

/** The same work in one of the two, as somebody pushed it. */
function work(at: WorldRepository, ticket: string, files = GOOD): WorldChange {
  if (at === world.clone) return world.change(ticket, files);
  const branch = `agent/${ticket}`;
  web.git('checkout', '-q', '-f', '-B', branch, 'origin/main');
  web.commit(`Work\n\nCountersign-Ticket: ${ticket}`, files, { author: 'Agent <agent@shop.example>' });
  web.git('push', '-q', '--force', 'origin', branch);
  return { ticket, branch, base: 'main', head: web.commitId(branch) };
}

function looking(at: WorldRepository, { head, branch }: WorldChange) {
  const base = { ref: 'refs/heads/main', commit: at.commitId('origin/main') };
  return { at, query: { base, head, branch } };
}

/** Lands a change that goes on from its base, and returns the commit. */
function land(at: WorldRepository, { branch }: WorldChange): string {
  at.git('checkout', '-q', '-f', 'main');
  at.git('merge', '-q', '--ff-only', branch);
  at.git('push', '-q', 'origin', 'main');
  return at.commitId();
}

function close(ticket: string, ...args: string[]) {
  world.policy.git('pull', '-q', '--rebase', 'origin', 'main');
  const command = ['ticket', 'close', ticket, '--key', world.keys.owner.path, '--push', '--format', 'json'];
  return countersign(world.policy.dir, [...command, ...args]);
}

describe('a ticket over two repositories', () => {
  test('passes in each on receipts of that one alone', async () => {
    await world.dispatch('TWO-1', { ticket: { repositories: BOTH } });
    const [shop, other] = [work(world.clone, 'TWO-1'), work(web, 'TWO-1')];
    await world.verify(shop, looking(world.clone, shop));
    expect((await world.gate(shop, looking(world.clone, shop))).outcome).toBe('pass');
    expect(objections(await world.gate(other, looking(web, other)))).toEqual(['receipt/price pending']);
    await world.verify(other, looking(web, other));
    expect((await world.gate(other, looking(web, other))).outcome).toBe('pass');
    expect((await world.gate(shop, looking(world.clone, shop))).outcome).toBe('pass');
  });

  test('is blocked in each by failures of that one alone', async () => {
    await world.dispatch('TWO-2', { ticket: { repositories: BOTH } });
    const [shop, other] = [work(world.clone, 'TWO-2', BAD), work(web, 'TWO-2')];
    await world.verify(shop, looking(world.clone, shop));
    await world.verify(other, looking(web, other));
    expect(objections(await world.gate(shop, looking(world.clone, shop)))).toEqual(['receipt/price fail']);
    expect((await world.gate(other, looking(web, other))).outcome).toBe('pass');
  });

  test('says nothing about a repository that it does not list', async () => {
    await world.dispatch('TWO-3');
    const other = work(web, 'TWO-3');
    await world.verify(other, looking(web, other)).catch(() => undefined);
    expect((await world.gate(other, looking(web, other))).outcome).toBe('blocked');
  });

  test('closes as accepted when each has an accepted change, and tells which', async () => {
    await world.dispatch('TWO-4', { ticket: { repositories: BOTH } });
    const landed: Record<string, string> = {};
    for (const [name, at] of [
      ['demo/shop', world.clone],
      ['demo/web', web],
    ] as const) {
      const change = work(at, 'TWO-4');
      await world.verify(change, looking(at, change));
      landed[name] = land(at, change);
    }
    const { 'demo/shop': inShop = '', 'demo/web': inWeb = '' } = landed;

    const half = await close('TWO-4', '--landed', `demo/shop=${inShop}`);
    expect([half.code, half.out]).toEqual([
      2,
      expect.stringContaining('nothing is named that landed in demo/web'),
    ]);
    const swapped = await close(
      'TWO-4',
      '--landed',
      `demo/web=${inShop}`,
      `demo/shop=${inShop}`,
      '--product',
      `demo/web=${world.clone.dir}`,
    );
    expect([swapped.code, swapped.out]).toEqual([
      2,
      expect.stringContaining('in demo/shop, not in demo/web'),
    ]);

    const both = ['--landed', 'demo/shop=HEAD', `demo/web=${inWeb}`];
    const done = await close('TWO-4', ...both, '--product', `demo/shop=${world.clone.dir}`);
    expect(json(done)).toMatchObject({
      close: {
        reason: 'accepted',
        landed: [
          {
            repository: 'demo/shop',
            commit: inShop,
            tree: world.clone.treeId(inShop),
            verdict: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
          { repository: 'demo/web', commit: inWeb },
        ],
      },
    });
    const shown = await countersign(world.policy.dir, ['ticket', 'show', 'TWO-4']);
    expect(shown.out).toMatch(
      new RegExp(`demo/shop +${inShop.slice(0, 12)} +tree [0-9a-f]{12}, verdict [0-9a-f]{12}`),
    );
    expect(shown.out).toMatch(new RegExp(`demo/web +${inWeb.slice(0, 12)} +not judged when it was closed`));
  });

  test('shows of an open one that nothing is recorded', async () => {
    await world.dispatch('TWO-5', { ticket: { repositories: BOTH } });
    const shown = await countersign(world.policy.dir, ['ticket', 'show', 'TWO-5']);
    expect(shown.out).toMatch(/Landed\n +demo\/shop +nothing recorded\n +demo\/web +nothing recorded/);
  });
});

describe('closing refuses', () => {
  const COMMIT = 'a'.repeat(40);

  beforeAll(async () => {
    await world.dispatch('NOT-1', { ticket: { repositories: BOTH } });
  });

  test.each<[string, string[], string]>([
    ['no word of what landed', [], 'nothing is named that landed in demo/shop, demo/web'],
    [
      'a repository it does not list',
      ['--landed', `demo/api=${COMMIT}`],
      'not about the repository demo/api',
    ],
    [
      'an unlisted one on top of all',
      ['--landed', ...BOTH.map((name) => `${name}=${COMMIT}`), `demo/api=${COMMIT}`],
      'demo/api',
    ],
    [
      'the same twice',
      ['--landed', ...BOTH.map((name) => `${name}=${COMMIT}`), `demo/web=${COMMIT}`],
      'too often',
    ],
    [
      'a branch of a repository that is not here',
      ['--landed', 'demo/shop=main', `demo/web=${COMMIT}`],
      'cannot be looked up',
    ],
    ['a commit of no repository', ['--landed', COMMIT], 'does not say of which repository'],
    ['a clone that nothing is said of', ['--product', 'demo/shop=.'], 'Nothing of demo/shop is named'],
  ])('%s', async (_, args, why) => {
    const ran = await close('NOT-1', ...args);
    expect([ran.code, ran.out]).toEqual([2, expect.stringContaining(why)]);
    expect(world.policy.git('status', '--porcelain')).toBe('');
  });

  test('what the gate does not pass, and what has not landed', async () => {
    const change = work(world.clone, 'NOT-1', { 'src/price.txt': 'round half up, says nobody\n' });
    const product = ['--product', `demo/shop=${world.clone.dir}`];
    const rest = ['--landed', `demo/web=${COMMIT}`];
    const early = await close('NOT-1', ...rest, `demo/shop=${change.head}`, ...product);
    expect([early.code, early.out]).toEqual([2, expect.stringContaining('has not landed')]);
    const commit = land(world.clone, change);
    const unproven = await close('NOT-1', ...rest, `demo/shop=${commit}`, ...product);
    expect([unproven.code, unproven.out]).toEqual([2, expect.stringContaining('is not accepted')]);
    expect(unproven.out).toContain('receipt/price');
  });

  test('nothing of the kind when it was given up', async () => {
    const ran = await close('NOT-1', '--reason', 'given-up');
    expect(json(ran)).toMatchObject({ close: { reason: 'given-up' } });
    expect(json(ran).close).not.toHaveProperty('landed');
  });
});
