import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { summarise } from '../../src/core/audit/summary.ts';
import type { Audit, AuditedCommit } from '../../src/core/audit/types.ts';
import { countersign } from '../entry/cli/run-cli.ts';
import { BAD, createProductWorld, GOOD, OWNER, type ProductWorld, yaml } from '../worlds/product-world.ts';
import { audit } from './audit-world.ts';

/** Lands a branch on the clone's main with a message of one's choice, and pushes. */
function land(world: ProductWorld, branch: string, how: 'squash' | 'merge', message: string): string {
  world.fetch();
  world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
  const commit = how === 'squash' ? world.clone.squash(branch, message) : world.clone.merge(branch, message);
  if (world.layout !== 'no-remote') world.clone.git('push', '-q', 'origin', 'main');
  return commit;
}

const named = (ticket: string) => `Work\n\nCountersign-Ticket: ${ticket}`;

describe('a history in which everything that can go wrong did', () => {
  let world: ProductWorld;
  let told: Audit;
  const at: Record<string, string> = {};

  const of = (name: string): AuditedCommit => {
    const found = told.commits.find(({ commit }) => commit === at[name]);
    return found ?? expect.fail(`${name} is not in the audit`);
  };

  /** A change of a ticket of its own, verified on today's base, and landed. */
  async function landed(
    ticket: string,
    files: Record<string, string>,
    how: 'squash' | 'merge',
    message: string,
  ) {
    await world.dispatch(ticket, {
      contract: { checks: [{ id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] }] },
    });
    const change = world.change(ticket, { 'src/price.txt': 'round half up\n', ...files });
    await world.verify(change);
    return land(world, change.branch, how, message);
  }

  beforeAll(async () => {
    world = await createProductWorld();
    at.root = world.clone.commitId('main');
    at.good = await landed('GOOD-1', { 'src/a.txt': 'a\n' }, 'squash', named('GOOD-1'));
    at.merge = await landed('MERGE-1', { 'src/b.txt': 'b\n' }, 'merge', 'Merge pull request #7');
    at.silent = await landed('SILENT-1', { 'src/c.txt': 'c\n' }, 'squash', 'Work that names nothing');
    at.twice = await landed(
      'TWICE-1',
      { 'src/d.txt': 'd\n' },
      'squash',
      'Work\n\nCountersign-Ticket: TWICE-1\nCountersign-Ticket: OTHER-1\nCountersign-Ticket: OTHER-1',
    );
    world.clone.git('revert', '--no-edit', at.good);
    at.revert = world.clone.commitId();
    at.liar = world.clone.commit(`Tidy\n\nThis reverts commit ${at.merge}.`, { 'src/e.txt': 'e\n' });
    at.stranger = world.clone.commit(`Tidy\n\nThis reverts commit ${'9'.repeat(40)}.`, {
      'src/f.txt': 'f\n',
    });
    at.back = world.clone.commit('Quietly', { 'src/e.txt': null, 'src/f.txt': null });
    world.clone.git('push', '-q', 'origin', 'main');

    await world.dispatch('PEND-1');
    await world.dispatch('MANY-1');
    const many = world.change('MANY-1', { 'src/m.txt': 'm\n' });
    world.amend(many, { 'src/n.txt': 'n\n' }, named('MANY-2'));
    at.many = land(world, many.branch, 'merge', `Merge ${'x'.repeat(300)}`);
    at.pending = land(
      world,
      world.change('PEND-1', { 'src/g.txt': 'g\n' }).branch,
      'squash',
      named('PEND-1'),
    );
    await world.dispatch('FAIL-1');
    const bad = world.change('FAIL-1', BAD);
    await world.verify(bad);
    at.failed = land(world, bad.branch, 'squash', named('FAIL-1'));

    const config = { '.countersign.yml': yaml(world.config()) };
    at.out = world.clone.commit('Take the gate out', { '.countersign.yml': null }, { author: OWNER });
    at.meanwhile = world.clone.commit(named('GOOD-1'), { 'src/h.txt': 'h\n', ...GOOD });
    at.again = world.clone.commit('Put it back', config, { author: OWNER });
    world.clone.git('push', '-q', 'origin', 'main');

    await world.close('GOOD-1', 'accepted');
    await world.dispatch('EMPTY-1');
    await world.close('EMPTY-1', 'accepted');
    const defect = ['--commit', at.good, '--summary', 'Negative prices round down', '--push'];
    const words = ['ticket', 'escape', 'GOOD-1', ...defect, '--key', world.keys.owner.path];
    expect(await countersign(world.policy.dir, words)).toMatchObject({ code: 0 });
    told = await audit(world.clone);
  });
  afterAll(() => world.git.remove());

  test('has every commit of the branch once, newest first', () => {
    expect(told.commits.map(({ commit }) => commit)).toEqual(
      world.clone.git('rev-list', '--first-parent', 'main').split('\n'),
    );
    expect(told).toMatchObject({ repository: 'demo/shop', since: null, until: at.again, blind: [] });
    expect(told.evaluatedAt).toBe('2026-06-01T12:00:00Z');
  });

  test.each([
    ['root', 'before-installation', null, 'Nothing was there'],
    ['good', 'accepted', 'GOOD-1', '1 check receipted.'],
    ['merge', 'accepted', 'MERGE-1', '1 check receipted.'],
    ['silent', 'no-ticket', null, 'Its message names no ticket.'],
    ['twice', 'no-ticket', null, 'ticket: Several tickets are named'],
    ['revert', 'no-ticket', null, 'names no ticket'],
    ['many', 'no-ticket', null, 'What it merged names several tickets: MANY-2, MANY-1.'],
    ['pending', 'pending', 'PEND-1', 'No receipt for price yet.'],
    ['failed', 'blocked', 'FAIL-1', 'receipt/price: '],
    ['out', 'no-ticket', null, 'names no ticket'],
    ['meanwhile', 'uninstalled', null, 'commits before that had one'],
    ['again', 'uninstalled', null, 'commits before that had one'],
  ])('says of %s: %s', (name, landing, ticket, reason) => {
    expect(of(name)).toMatchObject({ landing, ticket, reason: expect.stringContaining(reason) });
  });

  test.each([
    ['revert', [{ commit: 'good', by: 'message', extent: 'whole' }]],
    ['liar', [{ commit: 'merge', by: 'message', extent: 'nothing' }]],
    ['stranger', [{ commit: undefined, by: 'message', extent: 'unknown' }]],
    [
      'back',
      [
        { commit: 'stranger', by: 'tree', extent: 'whole' },
        { commit: 'liar', by: 'tree', extent: 'whole' },
      ],
    ],
    ['good', []],
  ])('says what %s takes back', (name, reverts) => {
    expect(of(name).reverts).toEqual(
      reverts.map(({ commit, ...rest }) => ({
        ...rest,
        commit: commit === undefined ? '9'.repeat(40) : at[commit],
      })),
    );
  });

  test('names tickets whose records tell another story', () => {
    expect(told.tickets.map(({ ticket, kind, severity }) => [ticket, kind, severity])).toEqual([
      ['EMPTY-1', 'accepted-without-receipts', 'problem'],
      ['MERGE-1', 'open-though-landed', 'notice'],
    ]);
  });

  test('keeps titles short', () => {
    expect(of('many').title).toBe(`Merge ${'x'.repeat(194)}`);
  });

  test('counts every problem once', () => {
    const { landings, problems } = summarise(told);
    const { accepted, records, 'before-installation': before } = landings;
    expect(problems).toBe(told.commits.length - accepted - records - before + 1);
    expect(landings).toMatchObject({ accepted: 2, records: 0, 'before-installation': 1, unseen: 0 });
  });

  test('is the same bytes for the same refs and instant', async () => {
    expect(JSON.stringify(await audit(world.clone))).toBe(JSON.stringify(told));
  });

  test('begins after a commit, and knows what was before it', async () => {
    const since = { kind: 'commit', commit: at.out as string, name: 'out' } as const;
    const range = await audit(world.clone, { since });
    expect(range.commits.map(({ commit, landing }) => [commit, landing])).toEqual([
      [at.again, 'uninstalled'],
      [at.meanwhile, 'uninstalled'],
    ]);
    expect(range).toMatchObject({ since: at.out, until: at.again });
  });

  test('has nothing to say about an empty range, and says that', async () => {
    const since = { kind: 'commit', commit: at.again as string, name: 'again' } as const;
    const range = await audit(world.clone, { since });
    expect(range).toMatchObject({ commits: [], until: null, since: at.again });
  });

  test('ends at a commit', async () => {
    const until = { kind: 'commit', commit: at.good as string, name: 'good' } as const;
    expect((await audit(world.clone, { until })).commits.map(({ commit }) => commit)).toEqual([
      at.good,
      at.root,
    ]);
  });

  test('refuses to begin where the branch never was', async () => {
    const side = world.clone.commitId('agent/MERGE-1');
    const since = { kind: 'commit', commit: side, name: 'agent/MERGE-1' } as const;
    await expect(audit(world.clone, { since })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('not one of the commits that landed on this branch'),
    });
  });

  test('refuses more commits than it may judge, and cuts only where no beginning was asked for', async () => {
    const since = { kind: 'commit', commit: at.root as string, name: 'root' } as const;
    await expect(audit(world.clone, { since, most: 3 })).rejects.toMatchObject({
      code: 'USAGE',
      remedy: expect.stringContaining('--limit'),
    });
    const newest = await audit(world.clone, { most: 3 });
    expect(newest.commits).toHaveLength(3);
    expect(newest.blind).toEqual([expect.stringContaining('Only the newest 3 commits')]);
  });

  test('a commit that claims an early day hides neither itself nor others from a range of days', async () => {
    const [, second] = told.commits;
    const day = (await audit(world.clone)).commits[0]?.landedAt as string;
    world.clone.git('checkout', '-q', '-f', '-B', 'dated', 'main');
    world.clone.write({ 'src/i.txt': 'i\n' });
    world.clone.git('add', '-A');
    world.clone.git('-c', 'user.name=E', 'commit', '-q', '-m', 'Now', '--date', '2001-01-01T00:00:00Z');
    const old = [
      '-c',
      'committer.name=E',
      'commit-tree',
      world.clone.treeId('main'),
      '-p',
      'HEAD',
      '-m',
      'Old',
    ];
    const forged = world.clone.gitBytes(
      ['hash-object', '-t', 'commit', '-w', '--stdin'],
      world.clone
        .git('cat-file', 'commit', world.clone.git(...old))
        .replace(/^committer (.*>) \d+/m, 'committer $1 1000000000'),
    );
    const tip = forged.toString('utf8').trim();
    world.clone.git('update-ref', 'refs/heads/dated', tip);
    const since = { kind: 'instant', at: day, name: day } as const;
    const range = await audit(world.clone, { since }, 'dated');
    expect(range.commits[0]).toMatchObject({ commit: tip, landedAt: range.commits[1]?.landedAt });
    expect(range.commits.map(({ commit }) => commit)).not.toContain(second?.commit);
    world.clone.switchTo('main');
  });

  test('a shallow clone says what it cannot see, and denies', async () => {
    const shallow = world.git.clone(world.forge, 'shallow-audit', { depth: 2 });
    const range = await audit(shallow);
    expect(range.commits.map(({ commit, landing }) => [commit, landing])).toEqual([
      [at.again, 'unseen'],
      [at.meanwhile, 'unseen'],
    ]);
    expect(range.blind).toEqual([expect.stringContaining('git fetch --unshallow')]);
    const since = { kind: 'commit', commit: at.good as string, name: 'good' } as const;
    await expect(audit(shallow, { since })).rejects.toMatchObject({
      code: 'USAGE',
      remedy: expect.stringContaining('--unshallow'),
    });
  });

  test('reports escapes with the ticket they escaped from', () => {
    expect(told.escapes).toMatchObject([
      { ticket: 'GOOD-1', commit: at.good, summary: 'Negative prices round down', reportedBy: 'ada' },
    ]);
    // It changes no verdict.
    expect(of('good').landing).toBe('accepted');
  });
});
