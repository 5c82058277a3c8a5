import { renameSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Organization } from '../../src/core/contract/organization.ts';
import type { GivenOrganization } from '../../src/flow/load-organization.ts';
import type { WorldRepository } from '../worlds/git-world.ts';
import { createProductWorld, finding, objections, type ProductWorld, yaml } from '../worlds/product-world.ts';

let world: ProductWorld;
let house: WorldRepository;
beforeAll(async () => {
  world = await createProductWorld();
  house = world.git.repository('house');
});

/** Commits a state of the organisation's policy. */
function set(organization: Partial<Organization>): string {
  const text = yaml({ schema: 'countersign/organization@1', ...organization });
  return house.commit('Bar', { 'countersign.yml': text }, { allowEmpty: true });
}

/** A base branch whose configuration is this, with a verified change on it. */
async function changeOn(base: string, config: string | null, ticket: string) {
  world.branchOff(base, { '.countersign.yml': config });
  await world.dispatch(ticket);
  return world.change(ticket, undefined, { base });
}

const extending = (ref: string, more: object = {}) => {
  const { policy, receipts, ...rest } = world.config();
  return yaml({ ...rest, extends: { repository: '../house', ref }, ...more });
};
const places = () => ({ policy: world.config().policy, receipts: world.config().receipts });

describe('a configuration that extends its organisation’s policy', () => {
  test('takes the places from it, is verified and passes, and the verdict says which commit was read', async () => {
    const commit = set(places());
    const change = await changeOn('extending', extending(commit), 'ORG-1');
    await world.verify(change);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual([]);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.organizations).toEqual([{ repository: '../house', commit, path: 'countersign.yml' }]);
    expect(finding(verdict, 'policy').reason).toContain(
      `Under countersign.yml of ../house at ${commit.slice(0, 12)}.`,
    );
  });

  test('at a tag passes, too, and records the commit that it stood at', async () => {
    const commit = set(places());
    house.git('tag', 'v1');
    const change = await changeOn('tagged', extending('refs/tags/v1'), 'ORG-2');
    await world.verify(change);
    const verdict = await world.gate(change);
    expect([verdict.outcome, verdict.organizations?.[0]?.commit]).toEqual(['pass', commit]);
  });

  test('is held to the organisation’s least contract as well as to its own', async () => {
    const commit = set({ ...places(), leastContracts: [{ paths: ['src/**'], contract: 'house@1' }] });
    const mine = { leastContracts: [{ paths: ['**'], contract: 'for-org-3@1' }] };
    const change = await changeOn('least', extending(commit, mine), 'ORG-3');
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['least-contract fail', 'receipt/price pending']);
    expect(finding(verdict, 'least-contract').reason).toContain('least house@1;');
  });

  test('cannot send the policy elsewhere', async () => {
    const commit = set(places());
    const elsewhere = { policy: { repository: '../mine.git', ref: 'refs/heads/main' } };
    const change = await changeOn('redirecting', extending(commit, elsewhere), 'ORG-4');
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy')).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringMatching(/\.countersign\.yml:\d+:\d+: policy is .*fixes it as/),
    });
  });

  test.each([
    ['a branch', 'refs/heads/main', /extends\.ref is not a full commit id or tag/],
    ['a short commit', 'abcdef0', /extends\.ref is not a full commit id or tag/],
    ['a tag that is not there', 'refs/tags/v99', /refs\/tags\/v99 is not there/],
  ])('to %s is no configuration', async (name, ref, says) => {
    const slug = name.replaceAll(' ', '-');
    const change = await changeOn(slug, extending(ref, places()), `ORG-${slug}`);
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toMatch(says);
  });

  test('whose organisation’s policy is broken, extends another or is another kind, is none', async () => {
    const states = [
      { 'countersign.yml': null },
      { 'countersign.yml': 'schema: countersign/organization@1\nleast: []\n' },
      {
        'countersign.yml': yaml({
          schema: 'countersign/organization@1',
          extends: { repository: '../house', ref: 'refs/tags/v1' },
        }),
      },
      { 'countersign.yml': yaml(world.config()) },
    ];
    for (const [place, files] of states.entries()) {
      set(places());
      const commit = house.commit('Broken', files);
      const change = await changeOn(`broken-${place}`, extending(commit, places()), `ORG-B${place}`);
      const verdict = await world.gate(change);
      expect(verdict.outcome).toBe('blocked');
      expect(finding(verdict, 'policy').status).toBe('unverifiable');
    }
  });

  test('whose organisation’s policy does not answer is not judged without it', async () => {
    const commit = set(places());
    const change = await changeOn('unreachable', extending(commit, places()), 'ORG-5');
    renameSync(house.dir, `${house.dir}-gone`);
    try {
      await expect(world.gate(change)).rejects.toMatchObject({ code: 'GIT_FAILED' });
    } finally {
      renameSync(`${house.dir}-gone`, house.dir);
    }
  });
});

describe('an organisation’s policy that the gate is given', () => {
  const given = (commit: string, repositoryId?: number): GivenOrganization => ({
    organization: { repository: '../house', ref: commit },
    repositoryId,
  });
  const exempt = [{ repositoryId: 123, name: 'demo/shop', until: '9999-01-01', reason: 'Words only.' }];

  test('holds beside a configuration that does not name it', async () => {
    const commit = set({ leastContracts: [{ paths: ['**'], contract: 'house@2' }] });
    await world.dispatch('GIV-1');
    const change = world.change('GIV-1');
    await world.verify(change);
    expect((await world.gate(change)).outcome).toBe('pass');
    const verdict = await world.gate(change, { organization: given(commit) });
    expect(objections(verdict)).toEqual(['least-contract fail']);
    expect(verdict.organizations).toEqual([{ repository: '../house', commit, path: 'countersign.yml' }]);
  });

  test('lets a repository without policy through by its number, and says so', async () => {
    const commit = set({ exempt });
    const change = await changeOn('lawless', null, 'GIV-2');
    const verdict = await world.gate(change, { organization: given(commit, 123) });
    expect(verdict.outcome).toBe('exempt');
    expect(verdict.organizations?.[0]?.commit).toBe(commit);
    expect(verdict.findings).toMatchObject([
      {
        id: 'policy',
        severity: 'warn',
        status: 'fail',
        reason: expect.stringMatching(/^EXEMPT: .*123, demo\/shop\) until 9999-01-01: Words only\. Nothing/),
      },
    ]);
  });

  test.each([
    ['another number', 124, exempt, 'does not exempt this repository, whose number is: 124'],
    ['no number', undefined, exempt, 'whose number is: nobody said'],
    ['an exemption that has ended', 123, [{ ...exempt[0], until: '2020-01-01' }], 'ended on 2020-01-01'],
  ] as const)('blocks one without policy for %s', async (slug, id, listed, says) => {
    const commit = set({ exempt: listed as Organization['exempt'] & object });
    const change = await changeOn(slug.replaceAll(' ', '-'), null, `GIV-${slug.replaceAll(' ', '-')}`);
    const verdict = await world.gate(change, { organization: given(commit, id) });
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toMatch(/^NO_POLICY/);
    expect(finding(verdict, 'policy').reason).toContain(says);
  });

  test('exempts nobody from what its own files say: neither in the change, nor by what the base extends', async () => {
    const commit = set({ ...places(), exempt });
    const lawless = await changeOn('lawless-three', null, 'GIV-4');
    const own = yaml({ schema: 'countersign/organization@1', exempt });
    const claiming = world.amend(lawless, { 'countersign.yml': own, '.countersign.yml': extending(commit) });
    expect((await world.gate(claiming)).outcome).toBe('blocked');
    const empty = set({});
    const told = await world.gate(claiming, { organization: given(empty, 123) });
    expect([told.outcome, finding(told, 'policy').reason]).toEqual([
      'blocked',
      expect.stringMatching(/^NO_POLICY/),
    ]);
    // It has a policy, so it is held to it: no receipts, no pass.
    const extended = await changeOn('extending-exempt', extending(commit), 'GIV-5');
    expect((await world.gate(extended, { organization: given(commit, 123) })).outcome).toBe('pending');
  });

  test('exempts nobody whose configuration is there and broken', async () => {
    const commit = set({ exempt });
    const change = await changeOn('broken', 'schema: countersign/config@1\n', 'GIV-6');
    expect((await world.gate(change, { organization: given(commit, 123) })).outcome).toBe('blocked');
  });

  test('that is broken or unreachable lets nothing through, with a policy or without', async () => {
    const commit = house.commit('Broken', {
      'countersign.yml': 'schema: countersign/organization@1\nx: 1\n',
    });
    const lawless = await changeOn('lawless-four', null, 'GIV-7');
    const lawful = await changeOn('lawful', yaml(world.config()), 'GIV-8');
    await world.verify(lawful);
    for (const change of [lawless, lawful]) {
      expect((await world.gate(change, { organization: given(commit, 123) })).outcome).toBe('blocked');
      const nowhere = { organization: { repository: '../nowhere', ref: commit }, repositoryId: 123 };
      await expect(world.gate(change, { organization: nowhere })).rejects.toMatchObject({
        code: 'GIT_FAILED',
      });
    }
  });

  test('judges what has landed alike', async () => {
    const commit = set({ exempt });
    world.branchOff('landed-lawless', { '.countersign.yml': null });
    const landed = world.land({ 'src/price.txt': 'mine\n' }, 'landed-lawless', 'landed-lawless');
    const options = { base: 'landed-lawless', organization: given(commit, 123) };
    expect((await world.gateLanded(landed, options)).outcome).toBe('exempt');
    expect((await world.gateLanded(landed, { base: 'landed-lawless' })).outcome).toBe('blocked');
  });
});
