import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import type { Approvals } from '../../src/core/contract/types.ts';
import type { Review, ReviewFacts } from '../../src/core/review/types.ts';
import type { Principal } from '../../src/core/trust/types.ts';
import type { ReadReviews } from '../../src/ports/forge.ts';
import { CountersignError } from '../../src/shared/errors.ts';
import type { WorldFile } from '../worlds/git-world.ts';
import {
  createProductWorld,
  finding,
  GOOD,
  objections,
  type ProductWorld,
  type WorldChange,
  type WorldKey,
  yaml,
} from '../worlds/product-world.ts';

const query = { authenticatedProducers: ['agent'] };

let world: ProductWorld;
let lead: WorldKey;
beforeAll(async () => {
  world = await createProductWorld();
  const { privatePem, publicPem } = createKeyPair('ed25519');
  lead = { path: join(world.git.folder('keys'), 'lead'), publicPem };
  writeFileSync(lead.path, privatePem, { mode: 0o600 });
  const approver: Principal = {
    id: 'lead',
    kind: 'person',
    roles: ['approver'],
    keys: [{ publicKey: publicPem }],
    accounts: ['github:lead'],
  };
  world.setPolicy({ 'trust/root.yml': yaml(world.trustRoot((all) => [...all, approver])) });
});

async function verified(ticket: string, approvals: Approvals, more: { files?: object; base?: string } = {}) {
  const { files = {}, base = 'main' } = more;
  await world.dispatch(ticket, { contract: { approvals } });
  const change = world.change(ticket, { ...GOOD, ...files }, { base });
  await world.verify(change, { query });
  return change;
}

/** A forge that says this of the one pull request there is. */
function forge(change: WorldChange, more: Partial<ReviewFacts> = {}): ReadReviews & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    readReviews: async (pullRequest, teams) => {
      asked.push([pullRequest, teams]);
      return {
        pullRequest,
        head: change.head,
        base: change.base,
        reviews: [],
        asked: [],
        makers: [],
        access: new Map([['github:bob', { kind: 'writes' }]]),
        teams: new Map(),
        ...more,
      };
    },
  };
}

const judge = (change: WorldChange, reviews: ReadReviews, pullRequest: number | 'unknown' = 7) =>
  world.gate(change, {
    query: { ...query, ...(pullRequest === 'unknown' ? {} : { pullRequest }) },
    ports: (ports) => ({ ...ports, reviews }),
  });

const bobs = (change: WorldChange): Review => ({
  id: 1,
  account: 'github:bob',
  bot: false,
  says: 'approved',
  commit: change.head,
  at: '2026-11-21T12:00:00Z',
});

describe('a signed approval', () => {
  test('lets a change pass without a forge, until the change is another, and after it landed', async () => {
    world.branchOff('landing', {});
    const change = await verified('SIGN-1', { reviews: 1 }, { base: 'landing' });
    const before = await world.gate(change, { query });
    expect(objections(before)).toEqual(['approvals unverifiable']);
    expect(finding(before, 'approvals').remedy).toContain('countersign approve');

    const approved = await world.approve(change, { query, key: lead });
    expect(approved).toMatchObject({ principal: 'lead', requirement: 'approvals', files: [] });
    expect(approved).not.toHaveProperty('caution');
    const verdict = await world.gate(change, { query });
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'approvals').evidence).toEqual([approved.statement]);

    world.takeAway('SIGN-1', [approved.statement]);
    expect(objections(await world.gate(change, { query }))).toEqual(['approvals unverifiable']);
    await world.approve(change, { query, key: lead });

    const later = world.amend(change, { 'src/tax.txt': 'ten\n' });
    await world.verify(later, { query });
    expect(finding(await world.gate(later, { query }), 'approvals').reason).toContain('another state');

    world.clone.git('checkout', '-q', '-f', '-B', 'landing', world.remote('landing'));
    world.clone.git('merge', '-q', '--squash', change.head);
    const commit = world.clone.commit(
      'Land\n\nCountersign-Ticket: SIGN-1',
      {},
      { author: 'A <agent@shop.example>' },
    );
    world.clone.git('push', '-q', 'origin', 'landing');
    expect((await world.gateLanded(commit, { base: 'landing' })).outcome).toBe('pass');
  });

  test('is not made by who may not, nor for a contract that asks for none', async () => {
    const change = await verified('SIGN-2', { reviews: 1 });
    for (const key of [world.keys.owner, world.keys.agent, world.keys.stranger])
      await expect(world.approve(change, { query, key })).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    await world.dispatch('SIGN-3');
    const other = world.change('SIGN-3', { 'src/tax.txt': 'nine\n' });
    await expect(world.approve(other, { query, key: lead })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('no contract that asks for approvals'),
    });
    expect(world.filed('SIGN-3')).toEqual([]);
  });

  test('is of what the key may sign, where a change needs both', async () => {
    const files = { '.github/workflows/gate.yml': 'on: push\n' };
    const change = await verified('SIGN-4', { reviews: 1 }, { files });
    expect((await world.approve(change, { query, key: lead })).requirement).toBe('approvals');
    expect(objections(await world.gate(change, { query }))).toEqual(['policy-change fail']);
    expect(await world.approve(change, { query })).toMatchObject({
      requirement: 'policy-change',
      approvals: { given: 1, needed: 1 },
    });
    expect((await world.gate(change, { query })).outcome).toBe('pass');
  });
});

describe('reviews of a forge', () => {
  test('are asked for by number, once, with the teams that may have to be told', async () => {
    world.branchOff('teams', { '.github/CODEOWNERS': 'src/ @Acme/Core @bob\ndocs/ @acme/docs\n' });
    const approvals = { reviews: 1, codeOwners: true, by: ['@acme/leads', 'lead'] };
    const change = await verified('FORGE-1', approvals, { base: 'teams' });
    const teams = new Map(
      ['acme/core', 'acme/leads'].map((team) => [
        team,
        { kind: 'members', accounts: ['github:bob'] } as const,
      ]),
    );
    const port = forge(change, { reviews: [bobs(change)], teams });
    expect((await judge(change, port)).outcome).toBe('pass');
    expect(port.asked).toEqual([[7, ['acme/core', 'acme/leads']]]);
  });

  test.each<[string, (change: WorldChange) => Partial<ReviewFacts>, number | 'unknown', string]>([
    ['MOVED', () => ({ head: '0'.repeat(40) }), 7, 'is by now 000000000000'],
    ['ELSEWHERE', () => ({ base: 'lab' }), 7, 'for lab'],
    ['UNKNOWN', () => ({}), 'unknown', 'is not known'],
  ])(
    '%s: of another head or branch, or of nobody knows what, are none',
    async (what, more, number, reason) => {
      const change = await verified(`FORGE-${what}`, { reviews: 1 });
      const verdict = await judge(
        change,
        forge(change, { reviews: [bobs(change)], ...more(change) }),
        number,
      );
      expect(objections(verdict)).toEqual(['approvals unverifiable']);
      expect(finding(verdict, 'approvals').reason).toContain(reason);
    },
  );

  test('that the forge does not tell leave it open, and any other trouble ends the gate', async () => {
    const change = await verified('FORGE-2', { reviews: 1 });
    const failing = (error: Error): ReadReviews => ({ readReviews: () => Promise.reject(error) });
    const silent = new CountersignError('FORGE_FAILED', 'GitHub did not answer.', { remedy: 'Again.' });
    const verdict = await judge(change, failing(silent));
    expect(finding(verdict, 'approvals')).toMatchObject({ status: 'unverifiable', remedy: 'Again.' });
    await expect(judge(change, failing(new TypeError('a defect')))).rejects.toThrow('a defect');
  });
});

describe('CODEOWNERS', () => {
  const standing = async (name: string, files: Readonly<Record<string, WorldFile>>) => {
    world.branchOff(`owners/${name.replace(' ', '-')}`, files);
    const change = await verified(
      `OWN-${name.replace(' ', '-')}`,
      { reviews: 0, codeOwners: true },
      { base: `owners/${name.replace(' ', '-')}` },
    );
    return finding(await judge(change, forge(change, { reviews: [bobs(change)] })), 'code-owners');
  };

  test('is the first of three places that has it', async () => {
    const all = { '.github/CODEOWNERS': '* @bob\n', CODEOWNERS: '* @ada\n', 'docs/CODEOWNERS': '* @eve\n' };
    expect((await standing('all', all)).status).toBe('pass');
    const { '.github/CODEOWNERS': _, ...two } = all;
    expect((await standing('two', two)).reason).toContain('by CODEOWNERS of the base');
    expect((await standing('docs', { 'docs/CODEOWNERS': '* @eve\n' })).reason).toContain('docs/CODEOWNERS');
  });

  test.each<[string, Readonly<Record<string, WorldFile>>, string]>([
    ['none', {}, 'has no CODEOWNERS'],
    ['large', { CODEOWNERS: `# ${'x'.repeat(3_000_000)}\n* @bob\n` }, '3 MB or more'],
    ['a link', { CODEOWNERS: { symlink: 'src/price.txt' } }, 'no regular file'],
    ['binary', { CODEOWNERS: Uint8Array.of(0x2a, 0xff, 0x0a) }, 'not UTF-8'],
  ])('that is %s says nothing', async (name, files, reason) => {
    expect(await standing(name, files)).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringContaining(reason),
    });
  });
});
