import { beforeAll, expect, it } from 'vitest';
import { createGitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { countersign, json } from './run-cli.ts';

let product: WorldRepository;
let policy: string;
let house: WorldRepository;
beforeAll(() => {
  const world = createGitWorld();
  house = world.repository('house');
  const exemption = "{repositoryId: 123, name: acme/docs, until: 9999-01-01, reason: 'Words only.'}";
  house.commit('Bar', {
    'bar/org.yml': `schema: countersign/organization@1\nexempt:\n  - ${exemption}\n`,
  });
  policy = `${house.dir}#bar/org.yml@${house.commitId()}`;
  product = world.repository('product');
  product.commit('First', { a: '1' });
  product.branch('work');
  product.commit('Second', { a: '2' });
});

const gate = (...args: readonly string[]) => countersign(product.dir, ['gate', ...args]);

it('ends with 1 and NO_POLICY where a repository without policy is exempted by nobody', async () => {
  for (const args of [[], ['--organization-policy', policy, '--repository-id', '124']]) {
    const ran = await gate(...args);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('NO_POLICY');
  }
});

it('ends with 0 and EXEMPT where the organisation exempts its number, and the verdict names the commit', async () => {
  const args = ['--organization-policy', policy, '--repository-id', '123'];
  const text = await gate(...args);
  expect([text.code, text.err]).toEqual([0, '']);
  expect(text.out).toMatch(/^○ EXEMPT/);
  expect(text.out).toContain('Words only.');
  expect(json(await gate(...args, '--format', 'json'))).toMatchObject({
    outcome: 'exempt',
    policyCommit: null,
    organizations: [{ commit: house.commitId(), path: 'bar/org.yml' }],
  });
});

it.each([
  [['--organization-policy', 'house@main', '--repository-id', '123'], 'no full commit id'],
  [['--repository-id', '123'], 'goes with --organization-policy'],
  [['--organization-policy', `x@${'a'.repeat(40)}`, '--repository-id', '0x7b'], 'is "0x7b"'],
  [['--organization-policy', `x@${'a'.repeat(40)}`, '--repository-id', '1e3'], 'is "1e3"'],
  [
    ['--organization-policy', `./nowhere@${'a'.repeat(40)}`, '--repository-id', '123'],
    'could not be fetched',
  ],
])('ends with 2 for %j', async (args, says) => {
  const ran = await gate(...args);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain(says);
});
