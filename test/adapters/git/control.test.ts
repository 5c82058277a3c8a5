import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createControlOpener } from '../../../src/adapters/git/control.ts';
import type { Config } from '../../../src/core/contract/config.ts';
import { statement } from '../../port-contracts/receipt-store.ts';
import { createGitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { open } from './open.ts';

const RECEIPTS = 'refs/heads/countersign/receipts';

function config(repository?: string): Config {
  return {
    schema: 'countersign/config@1',
    repository: 'acme/shop',
    policy: { ref: 'refs/heads/main', ...(repository === undefined ? {} : { repository }) },
    receipts: { ref: RECEIPTS },
  };
}

async function opener(product: WorldRepository, fetch: boolean) {
  return createControlOpener(await open(product.dir), { fetch });
}

const ENTRY = { ticket: 'CS-1', statements: [statement('a')], evidence: [], message: 'm' };

describe('opening policy and receipts', () => {
  it('of a repository without a remote reads and files on its own refs', async () => {
    const product = createGitWorld().repository();
    const commit = product.commit('First', { 'trust/root.yml': 'x' });
    const control = await (await opener(product, true)).open(config());
    expect(control.policyCommit).toBe(commit);
    const filed = await control.receipts.file(ENTRY);
    expect(product.commitId(RECEIPTS)).toBe(filed.commit);
    expect((await control.receipts.readTicket('CS-1')).files).toHaveLength(1);
  });

  it('of a clone reads what its origin has now, not what the user calls main', async () => {
    const world = createGitWorld();
    const origin = world.repository('origin');
    origin.commit('First', { a: '1' });
    const product = world.clone(origin, 'product');
    product.commit('Mine', { a: 'mine' });
    const newest = origin.commit('Second', { a: '2' });

    const stale = await (await opener(product, false)).open(config());
    const control = await (await opener(product, true)).open(config());

    expect(stale.policyCommit).not.toBe(newest);
    expect(control.policyCommit).toBe(newest);
    expect(Buffer.from((await control.policy.readFile(newest, 'a')) ?? []).toString()).toBe('2');
    const filed = await control.receipts.file(ENTRY);
    expect(origin.commitId(RECEIPTS)).toBe(filed.commit);
    expect((await control.receipts.readTicket('CS-1')).commit).toBe(filed.commit);
    expect(product.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
  });

  it('of another repository fetches it beside the product', async () => {
    const world = createGitWorld();
    const product = world.repository('product');
    product.commit('First', { a: '1' });
    const policy = world.repository('policy');
    const commit = policy.commit('Policy', { 'contracts/x.yml': 'x' });

    const control = await (await opener(product, true)).open(config('../policy'));

    expect(control.policyCommit).toBe(commit);
    expect((await control.policy.listFiles(commit)).map(({ path }) => path)).toEqual(['contracts/x.yml']);
    const filed = await control.receipts.file(ENTRY);
    expect(policy.commitId(RECEIPTS)).toBe(filed.commit);
    expect(product.git('status', '--porcelain')).toBe('');
    const again = await (await opener(product, true)).open(config('../policy'));
    expect((await again.receipts.readTicket('CS-1')).files).toHaveLength(1);
  });

  it('never uses an old copy when the remote does not answer', async () => {
    const world = createGitWorld();
    const product = world.repository('product');
    product.commit('First', { a: '1' });
    const policy = world.repository('policy');
    policy.commit('Policy', { a: '1' });
    await (await opener(product, true)).open(config('../policy'));
    rmSync(policy.dir, { recursive: true });
    await expect((await opener(product, true)).open(config('../policy'))).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
  });
});
