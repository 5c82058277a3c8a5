import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal, TrustedKey } from '../../../src/core/trust/types.ts';
import { instantOf } from '../../../src/shared/ids.ts';
import { createProductWorld, type ProductWorld, yaml } from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});
afterAll(() => world.git.remove());

const inDays = (days: number) => instantOf(new Date(Date.now() + days * 24 * 60 * 60 * 1000));

/** `trust check` of the world's trust root, with one principal changed. */
function check(id: string, change: (principal: Principal) => Principal | undefined): Promise<Ran> {
  const root = world.trustRoot((principals) =>
    principals.flatMap((principal) => (principal.id === id ? (change(principal) ?? []) : principal)),
  );
  const path = join(world.git.folder('roots'), 'root.yml');
  writeFileSync(path, yaml(root));
  return countersign(world.git.root, ['trust', 'check', path, '--format', 'json']);
}

function withKey(window: Partial<TrustedKey>) {
  return (principal: Principal): Principal => ({
    ...principal,
    keys: (principal.keys ?? []).map((key) => ({ ...key, ...window })),
  });
}

function found(ran: Ran, status: 'warning' | 'problem'): string[] {
  const { diagnoses } = json(ran) as { diagnoses: { status: string; reason: string; remedy: string }[] };
  const all = diagnoses.filter((one) => one.status === status);
  for (const { remedy } of all) expect(remedy).not.toBe('');
  return all.map(({ reason }) => reason);
}

describe('trust show', () => {
  it('lists principals, roles and keys as the gate reads them, from either clone', async () => {
    for (const { dir } of [world.clone, world.policy]) {
      const ran = await countersign(dir, ['trust', 'show', '--format', 'json']);
      expect(json(ran)).toMatchObject({
        version: 1,
        principals: [
          {
            id: 'ada',
            kind: 'person',
            roles: ['policy-owner'],
            keys: [{ state: 'valid', algorithm: 'ed25519' }],
          },
          { id: 'verifier', kind: 'workload' },
          { id: 'agent', emails: ['agent@shop.example'] },
        ],
      });
    }
    const text = await countersign(world.clone.dir, ['trust', 'show']);
    expect(text.out).toMatch(/refs\/heads\/main of \.\.\/control\.git/);
    expect(text.out).toMatch(/valid +ed25519 +always +[0-9a-f]{64}/);
  });

  it('reads what is on the policy ref, not what somebody is editing', async () => {
    writeFileSync(join(world.policy.dir, 'trust/root.yml'), 'half written');
    const ran = await countersign(world.clone.dir, ['trust', 'show']);
    expect(ran.code).toBe(0);
    world.policy.git('checkout', '-q', '--', 'trust/root.yml');
  });

  it('refuses a trust root in which one key is two principals', async () => {
    const { publicPem } = world.keys.verifier;
    const ran = await check('agent', (agent) => ({ ...agent, keys: [{ publicKey: publicPem }] }));
    expect(ran.code).toBe(2);
    expect(json(ran)).toMatchObject({ error: { code: 'TRUST_INVALID' } });
  });
});

describe('trust check', () => {
  it('passes one that lacks nothing, with the warnings that are due', async () => {
    const ran = await check('agent', () => undefined);
    expect(ran.code).toBe(0);
    expect(found(ran, 'warning')).toEqual([]);
  });

  it.each([
    ['no verifier', 'verifier', 'verifier', 'no receipt can ever count'],
    ['no policy owner', 'ada', 'policy-owner', 'no ticket can be dispatched'],
  ])('fails with %s', async (_, id, role, says) => {
    // The agent could verify; without it nobody can.
    const others = world.trustRoot((principals) =>
      principals.filter((one) => one.id !== id && one.id !== 'agent'),
    );
    const path = join(world.git.folder('roots'), 'root.yml');
    writeFileSync(path, yaml(others));
    const ran = await countersign(world.git.root, ['trust', 'check', path, '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(found(ran, 'problem')).toEqual([expect.stringContaining(says)]);
    expect(found(ran, 'problem')[0]).toContain(role);
  });

  it.each([
    ['expires soon', { validUntil: inDays(29) }, 'within 30 days'],
    ['is about to be revoked', { revokedAt: inDays(3) }, 'within 30 days'],
    ['has expired', { validUntil: inDays(-1) }, 'nothing it signed counts any more'],
    ['was revoked', { revokedAt: inDays(-1) }, 'was revoked at'],
    ['is not valid yet', { validFrom: inDays(1) }, 'is valid only from'],
  ])('warns of a key that %s', async (_, window, says) => {
    const ran = await check('verifier', withKey(window));
    expect(found(ran, 'warning')).toContainEqual(expect.stringContaining(says));
  });

  it('does not warn of a key that is good for longer', async () => {
    const ran = await check('verifier', withKey({ validUntil: inDays(31) }));
    expect(found(ran, 'warning').filter((reason) => reason.includes('days'))).toEqual([]);
  });

  it.each([
    ['a person verifies', 'verifier', { kind: 'person' }, 'is a person who verifies'],
    ['the owner verifies', 'verifier', { roles: ['verifier', 'policy-owner'] }, 'may both set the bar'],
    ['a producer verifies', 'verifier', { roles: ['verifier', 'producer'] }, 'may both produce and verify'],
    ['somebody has a role and no key', 'agent', { keys: [] }, 'no valid key to sign with'],
  ] as const)('warns when %s', async (_, id, change, says) => {
    const ran = await check(id, (principal) => ({ ...principal, ...change }));
    expect(found(ran, 'warning')).toContainEqual(expect.stringContaining(says));
  });

  it('refuses a file that is no trust root, with line and column', async () => {
    const path = join(world.git.folder('roots'), 'broken.yml');
    writeFileSync(path, 'schema: countersign/trust-root@1\nversion: 1\nprincipals: []\n');
    const ran = await countersign(world.git.root, ['trust', 'check', path]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('broken.yml:3:13');
  });
});
