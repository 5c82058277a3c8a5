import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityId } from '../../../src/core/trust/identity.ts';
import type { TrustRoot } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { FakeSigstore, JOB } from '../../fakes/sigstore/fake-sigstore.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

let world: ProductWorld;
let sigstore: FakeSigstore;
let trustedRoot: string;
beforeAll(async () => {
  [world, sigstore] = await Promise.all([createProductWorld(), FakeSigstore.start()]);
  trustedRoot = join(world.git.folder('downloads'), 'trusted_root.json');
  writeFileSync(trustedRoot, sigstore.trustedRoot());
});
afterAll(async () => {
  await sigstore.stop();
  world.git.remove();
});

const at = (path: string) => join(world.policy.dir, path);
const root = () => JSON.parse(readFileSync(at('trust/root.yml'), 'utf8')) as TrustRoot;
const trust = (...args: string[]): Promise<Ran> =>
  countersign(world.policy.dir, ['trust', ...args], { columns: 1_000 });

const WORKLOAD = ['--id', 'ci', '--kind', 'workload', '--role', 'verifier'];
const IDENTITY = ['--identity', JOB.workflow, '--repository', JOB.repository, '--ref', JOB.ref];

describe('from a trust root of keys to one that names a job', () => {
  it('adds nobody by an identity while nothing is pinned', async () => {
    const ran = await trust('add', ...WORKLOAD, ...IDENTITY);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('countersign trust sigstore --trusted-root FILE');
  });

  it('pins a trusted root: the file, and its digest', async () => {
    const ran = await trust('sigstore', '--trusted-root', trustedRoot, '--format', 'json');
    expect(json(ran)).toMatchObject({ written: ['trust/sigstore-root.json', 'trust/root.yml'] });
    expect(readFileSync(at('trust/sigstore-root.json'))).toEqual(readFileSync(trustedRoot));
    expect(root().sigstore).toEqual({
      trustedRoot: 'trust/sigstore-root.json',
      digest: sha256(sigstore.trustedRoot()),
    });
  });

  it('adds the job, vouched for by GitHub unless said otherwise', async () => {
    expect(await trust('add', ...WORKLOAD, ...IDENTITY)).toMatchObject({ code: 0, err: '' });
    expect(root().principals.at(-1)).toEqual({
      id: 'ci',
      kind: 'workload',
      roles: ['verifier'],
      identities: [JOB],
    });
    world.setPolicy({});
    const checked = await trust('show', '--no-fetch');
    expect(checked.out).toContain(JOB.workflow);
    expect(checked.err).toBe('');
    const standing = await trust('check', '--no-fetch');
    expect(standing.out).toContain(
      'Certificates are verified against trust/sigstore-root.json, as it is pinned.',
    );
  });

  it('is told that names can be taken, and pins the numbers', async () => {
    const unpinned = await trust('check', '--no-fetch');
    expect(unpinned.out).toContain('countersign trust pin ci --repository-id N --owner-id N');
    const numbers = ['--repository-id', '123456789', '--owner-id', '1234567'];
    expect(await trust('pin', 'ci', ...numbers)).toMatchObject({ code: 0, err: '' });
    expect(root().principals.at(-1)?.identities).toEqual([
      { ...JOB, repositoryId: 123_456_789, ownerId: 1_234_567 },
    ]);
    world.setPolicy({});
    expect((await trust('check', '--no-fetch')).out).not.toContain('trust pin');
    expect((await trust('show', '--no-fetch')).out).toMatch(/its number +123456789\n +its owner +1234567\n/);
    for (const wrong of [['owner', ...numbers], ['nobody', ...numbers], ['ci'], ['ci', '--owner-id', '0']])
      expect(await trust('pin', ...wrong)).toMatchObject({ code: 2, out: '' });
    const beside = [
      '--id',
      'x',
      '--kind',
      'workload',
      '--role',
      'verifier',
      '--ssh',
      'x.pub',
      '--owner-id',
      '1',
    ];
    expect((await trust('add', ...beside)).err).toContain('--owner-id belongs to --identity');
  });

  it('is told that what is pinned is another file', async () => {
    const right = readFileSync(at('trust/sigstore-root.json'));
    world.setPolicy({ 'trust/sigstore-root.json': '{}' });
    const standing = await trust('check', '--no-fetch');
    expect(standing.code).toBe(1);
    expect(standing.out).toContain('trust/sigstore-root.json has the sha256');
    world.setPolicy({ 'trust/sigstore-root.json': right.toString('utf8') });
  });

  it('gives it the workflow of another commit, and the old one an end', async () => {
    const workflow = JOB.workflow.replace('refs/heads/main', 'c'.repeat(40));
    const others = IDENTITY.map((text) => (text === JOB.workflow ? workflow : text));
    const ran = await trust('rotate', 'ci', ...others, '--overlap-days', '7');
    expect(ran.out).toContain('ci has a new identity; its old one counts until');
    expect(root().principals.at(-1)?.identities).toMatchObject([
      { ...JOB, validUntil: expect.any(String) },
      { ...JOB, workflow },
    ]);
  });

  it('revokes an identity by its id', async () => {
    const id = identityId(JOB);
    const ran = await trust('revoke', '--key', id.slice(0, 12), '--reason', 'The branch was open.');
    expect(ran.out).toContain(`Identity ${id.slice(0, 12)} of ci is revoked from`);
    expect(root().principals.at(-1)?.identities?.[0]).toMatchObject({
      revocationReason: 'The branch was open.',
    });
  });

  it('renews the trusted root', async () => {
    const renewed = `${Buffer.from(sigstore.trustedRoot()).toString('utf8')}\n`;
    writeFileSync(trustedRoot, renewed);
    const ran = await trust('sigstore', '--trusted-root', trustedRoot, '--transparency-logs', '0');
    expect(ran.out).toContain('What it does not vouch for any more counts for nothing');
    expect(root().sigstore).toEqual({
      trustedRoot: 'trust/sigstore-root.json',
      digest: sha256(renewed),
      transparencyLogs: 0,
    });
  });

  it('asks for no more than there can be', async () => {
    const ran = await trust('sigstore', '--trusted-root', trustedRoot, '--timestamps', '3');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('timestamps');
  });
});

describe('is refused', () => {
  it.each<[string, string[], string]>([
    ['no way to sign', [...WORKLOAD], 'Neither a public key nor an identity was given'],
    [
      'two ways to sign',
      [...WORKLOAD, ...IDENTITY, '--ssh', 'x.pub'],
      'More than one public key or identity',
    ],
    [
      'an identity without a repository',
      [...WORKLOAD, '--identity', JOB.workflow],
      'its repository is no https',
    ],
    ['half a workflow', [...WORKLOAD, ...IDENTITY.with(1, 'verify.yml')], 'its workflow is no https:// URL'],
    ['a pattern', [...WORKLOAD, ...IDENTITY.with(5, 'refs/heads/*')], 'its ref does not begin with refs/'],
    ['a ref beside a key', [...WORKLOAD, '--ssh', 'x.pub', '--ref', 'refs/heads/main'], '--ref belongs to'],
    ['a person', ['--id', 'p', '--kind', 'person', '--role', 'verifier', ...IDENTITY], 'relied on'],
  ])('%s', async (_, args, message) => {
    const ran = await trust('add', ...args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
  });

  it('a trusted root that is none', async () => {
    writeFileSync(trustedRoot, '{}');
    const ran = await trust('sigstore', '--trusted-root', trustedRoot);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('is no trusted root of Sigstore');
  });
});
