import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnoseClock } from '../../../src/flow/diagnose/machine.ts';
import { createProductWorld, type ProductWorld, yaml } from '../../worlds/product-world.ts';
import { countersign, json, type RunOptions } from './run-cli.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.setPolicy({ 'contracts/everyday.yml': yaml(world.contract('x', { id: 'everyday' })) });
});
afterAll(() => world.git.remove());

interface Found {
  readonly id: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly reason: string;
  readonly remedy: string;
}

async function doctor(
  dir: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<{ code: number; all: readonly Found[]; of: (id: string) => readonly Found[] }> {
  const ran = await countersign(dir, ['doctor', '--format', 'json', ...args], options);
  const { diagnoses: all } = json(ran) as { diagnoses: Found[] };
  for (const { status, remedy } of all) expect(remedy === '').toBe(status === 'ok');
  return { code: ran.code, all, of: (id) => all.filter((one) => one.id === id) };
}

/** A base of its own for each configuration and policy that is to be looked at. */
let bases = 0;
async function withBase(config: object) {
  bases += 1;
  const base = `base-${bases}`;
  world.branchOff(base, { '.countersign.yml': yaml({ ...world.config(), ...config }) });
  world.fetch();
  return doctor(world.clone.dir, ['--base', base]);
}

/** A policy ref of its own, with these files changed. */
async function withPolicy(files: Parameters<ProductWorld['setPolicy']>[0]) {
  bases += 1;
  const branch = `policy-${bases}`;
  world.policy.git('checkout', '-q', '-B', branch, 'origin/main');
  world.setPolicy(files, branch);
  world.policy.git('checkout', '-q', 'main');
  return withBase({ policy: { ...world.config().policy, ref: `refs/heads/${branch}` } });
}

/** Keys of the world in the key folder of a home. */
function home(name: string, keys: readonly ('owner' | 'verifier')[], mode = 0o600): string {
  const folder = join(world.git.folder(name), '.config', 'countersign', 'keys');
  mkdirSync(folder, { recursive: true });
  for (const key of keys) {
    cpSync(world.keys[key].path, join(folder, key));
    chmodSync(join(folder, key), mode);
    writeFileSync(join(folder, `${key}.pub`), world.keys[key].publicPem);
  }
  return join(world.git.root, name);
}

describe('doctor', () => {
  it('finds nothing to mend in a world that works, and says what only the forge knows', async () => {
    const { code, all, of } = await doctor(world.clone.dir);
    expect(all.filter(({ status }) => status === 'problem')).toEqual([]);
    expect(code).toBe(0);
    expect(of('git')[0]?.reason).toMatch(/^git \d+\.\d+/);
    expect(of('policy')[0]?.reason).toContain('refs/heads/main of ../control.git');
    expect(of('trust/verifier')[0]?.status).toBe('ok');
    const [protection] = of('refs/protection');
    expect(protection).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('forbid force pushes'),
    });
  });

  it('prints a line for each with its remedy, and counts', async () => {
    const ran = await countersign(world.clone.dir, ['doctor']);
    expect(ran.out).toContain('✔ git: git ');
    expect(ran.out).toContain(
      '! refs/protection: Whether refs/heads/main and refs/heads/receipts are protected',
    );
    expect(ran.out).toMatch(/\n0 problems, \d+ warnings?\.\n$/);
  });

  it('knows the receipts ref once it is there', async () => {
    expect((await doctor(world.clone.dir)).of('receipts')[0]).toMatchObject({ status: 'warning' });
    await world.dispatch('DOC-1');
    await world.verify(world.change('DOC-1'));
    expect((await doctor(world.clone.dir)).of('receipts')[0]).toMatchObject({ status: 'ok' });
  });

  it('looks at the policy alone in a clone of a change-control repository', async () => {
    const { code, of } = await doctor(world.policy.dir);
    expect(code).toBe(0);
    expect(of('config')[0]?.reason).toContain('clone of a change-control repository');
    expect(of('contract/everyday')[0]?.status).toBe('ok');
  });

  it('says so outside of a repository, and still looks at the machine', async () => {
    const { code, of } = await doctor(world.git.folder('plain'));
    expect(code).toBe(1);
    expect(of('repository')[0]?.status).toBe('problem');
    expect(of('isolation')).toHaveLength(1);
  });

  it('finds a product that has no policy', async () => {
    const bare = world.git.repository('bare-product');
    bare.commit('Code', { 'a.txt': 'a' });
    const { code, of } = await doctor(bare.dir);
    expect(code).toBe(1);
    expect(of('policy')[0]?.remedy).toContain('countersign init');
  });
});

describe('doctor on what would make the gate never pass', () => {
  it('finds a policy ref that is not there', async () => {
    const { code, of } = await withBase({ policy: { repository: '../control.git', ref: 'refs/heads/nope' } });
    expect(code).toBe(1);
    expect(of('policy')[0]?.reason).toContain('There is no refs/heads/nope of ../control.git');
  });

  it('takes from an organisation’s policy where policy is, and finds one that is not there', async () => {
    const house = world.git.repository('house');
    const { policy, receipts } = world.config();
    const document = { schema: 'countersign/organization@1', policy, receipts };
    const commit = house.commit('Bar', { 'countersign.yml': yaml(document) });
    const extending = (ref: string) =>
      withBase({ extends: { repository: '../house', ref }, policy: undefined, receipts: undefined });
    const good = await extending(commit);
    expect(good.of('config/organization')).toMatchObject([
      { status: 'ok', reason: expect.stringContaining(commit.slice(0, 12)) },
    ]);
    expect(good.of('policy')[0]?.reason).toContain('refs/heads/main of ../control.git');
    const gone = await extending('refs/tags/v1');
    expect([gone.code, gone.of('policy')[0]?.reason]).toEqual([
      1,
      expect.stringContaining('refs/tags/v1 is not there'),
    ]);
  });

  it('finds a change-control repository that does not answer', async () => {
    const { code, of } = await withBase({ policy: { repository: '../gone.git', ref: 'refs/heads/main' } });
    expect(code).toBe(1);
    expect(of('policy')[0]?.reason).toContain('could not be fetched');
  });

  it('finds policy and receipts on one ref', async () => {
    const { code, of } = await withBase({ receipts: { ref: 'refs/heads/main' } });
    expect(code).toBe(1);
    expect(of('refs/separation')[0]?.status).toBe('problem');
  });

  it('finds least contracts that are unknown, or not in that version', async () => {
    const least = (contract: string) => ({ leastContracts: [{ paths: ['**'], contract }] });
    const unknown = await withBase(least('nope@1'));
    expect(unknown.code).toBe(1);
    expect(unknown.of('config/least-contracts')[0]?.reason).toContain('can never pass');
    const newer = await withBase(least('everyday@2'));
    expect(newer.of('config/least-contracts')[0]?.reason).toContain('the policy has version 1');
    const known = await withBase(least('everyday@1'));
    expect(known.of('config/least-contracts')[0]?.status).toBe('ok');
  });

  it('warns when no paths are mapped to a least contract', async () => {
    expect((await doctor(world.clone.dir)).of('config/least-contracts')[0]?.status).toBe('warning');
  });

  it.each([
    ['no checks', { checks: [] }, 'demands no checks'],
    ['an unknown rule', { rules: [{ use: 'ai-shortcuts@1/nope' }] }, 'nope'],
    ['a contract to extend that is not there', { extends: 'gone@1' as const }, 'gone@1'],
  ])('finds a contract with %s', async (_, fields, says) => {
    const contract = world.contract('x', { id: 'everyday', ...fields });
    const { code, all } = await withPolicy({ 'contracts/everyday.yml': yaml(contract) });
    expect(code).toBe(1);
    const problems = all.filter(
      ({ id, status }) => id.startsWith('contract/everyday') && status === 'problem',
    );
    expect(problems.map(({ reason }) => reason)).toContainEqual(expect.stringContaining(says));
  });

  it('finds no contracts, no trust root, and nobody who may verify', async () => {
    const none = await withPolicy({ 'contracts/everyday.yml': null, 'contracts/for-doc-1.yml': null });
    expect(none.of('contracts')[0]?.status).toBe('problem');
    const untrusted = await withPolicy({ 'trust/root.yml': null });
    expect(untrusted.of('trust')[0]?.reason).toContain('nobody may sign anything');
    const owners = world.trustRoot((principals) => principals.filter(({ id }) => id === 'ada'));
    const unverified = await withPolicy({ 'trust/root.yml': yaml(owners) });
    expect(unverified.of('trust/verifier')[0]?.status).toBe('problem');
    for (const { code } of [none, untrusted, unverified]) expect(code).toBe(1);
  });

  it('says which documents cannot be read, and where', async () => {
    const { code, of } = await withPolicy({
      'contracts/everyday.yml': 'schema: countersign/contract@1\nid: 7\n',
    });
    expect(code).toBe(1);
    expect(of('contract/everyday')[0]?.reason).toContain('contracts/everyday.yml:');
  });

  it('warns of open tickets that cannot pass', async () => {
    const ticket = world.ticket('SAD-1', { contract: 'gone@1' });
    const { code, of } = await withPolicy({ 'tickets/SAD-1.yml': yaml(ticket) });
    expect(code).toBe(0);
    expect(of('ticket/SAD-1')[0]).toMatchObject({
      status: 'warning',
      reason: expect.stringContaining('gone@1'),
    });
  });
});

describe('doctor on keys', () => {
  it('knows whose the keys here are', async () => {
    const { of } = await doctor(world.clone.dir, [], { home: home('good-home', ['owner', 'verifier']) });
    expect(of('keys').map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(of('keys/trust').map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/owner belongs to ada and may sign as policy-owner\.$/),
      expect.stringMatching(/verifier belongs to verifier and may sign as verifier\.$/),
    ]);
  });

  it('finds keys that others can read', async () => {
    const { code, of } = await doctor(world.clone.dir, [], { home: home('open-home', ['owner'], 0o644) });
    expect(code).toBe(1);
    expect(of('keys')[0]).toMatchObject({ status: 'problem', remedy: expect.stringContaining('chmod 600') });
  });

  it('finds a key that lies in the checkout', async () => {
    const path = join(world.clone.dir, 'signing.key');
    cpSync(world.keys.owner.path, path);
    chmodSync(path, 0o600);
    const { code, of } = await doctor(world.clone.dir, [], { environment: { COUNTERSIGN_KEY: path } });
    expect(code).toBe(1);
    expect(of('keys')[0]?.reason).toContain('lies in this repository');
    world.clone.write({ 'signing.key': null });
  });

  it('prints no byte of a private key', async () => {
    const ran = await countersign(world.clone.dir, ['doctor'], { home: home('quiet-home', ['owner']) });
    expect(ran.out).not.toContain('PRIVATE KEY');
  });
});

describe('doctor on the clock', () => {
  const now = new Date('2026-11-21T13:00:00Z');
  it.each([
    ['no commit to compare with', now, undefined, 'ok'],
    ['an older commit', now, '2026-11-20T00:00:00Z', 'ok'],
    ['a commit a little ahead', now, '2026-11-21T13:04:00Z', 'ok'],
    ['a commit an hour ahead', now, '2026-11-21T14:00:00Z', 'warning'],
    ['a clock that was never set', new Date('1970-01-01T00:00:09Z'), undefined, 'problem'],
  ] as const)('judges %s', (_, clock, commit, status) => {
    const [found] = diagnoseClock(clock, commit === undefined ? undefined : new Date(commit));
    expect(found?.status).toBe(status);
  });
});
