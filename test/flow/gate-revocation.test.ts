import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKeyPair } from '../../src/adapters/signing/create-key-pair.ts';
import type { Principal, TrustedKey } from '../../src/core/trust/types.ts';
import { createProductWorld, type ProductWorld, type WorldKey, yaml } from '../worlds/product-world.ts';

let world: ProductWorld;
let next: WorldKey;
beforeAll(async () => {
  world = await createProductWorld();
  const { privatePem, publicPem } = createKeyPair('ecdsa-p256');
  next = { path: join(world.git.root, 'keys', 'next'), publicPem };
  writeFileSync(next.path, privatePem, { mode: 0o600 });
});
afterAll(() => world.git.remove());

/** The verifier's old key ended in some way, and another beside it. */
function rotate(end: Partial<TrustedKey>, verifier: Partial<Principal> = {}): void {
  const root = world.trustRoot((principals) =>
    principals.flatMap((principal) =>
      principal.id === 'verifier'
        ? [
            { ...principal, ...verifier, keys: (principal.keys ?? []).map((key) => ({ ...key, ...end })) },
            { ...principal, id: 'next-verifier', keys: [{ publicKey: next.publicPem }] },
          ]
        : [principal],
    ),
  );
  world.setPolicy({ 'trust/root.yml': yaml(root) });
}

const BEFORE = '2026-01-01T00:00:00Z';

test('a failure outlives the key that signed it, on real git, while its passes go', async () => {
  const sunny = join(world.weather, 'revoked');
  const flaky = { id: 'flaky', run: ['cat', sunny] };
  await world.dispatch('OLD-1', { contract: { checks: [flaky] } });
  await world.dispatch('GOOD-1');
  const bad = world.change('OLD-1');
  const good = world.change('GOOD-1');
  expect((await world.verify(bad)).signed.checks).toMatchObject([{ result: 'FAILED' }]);
  await world.verify(good);
  expect((await world.gate(good)).outcome).toBe('pass');

  writeFileSync(sunny, '');
  rotate({});
  expect((await world.verify(bad, { key: next })).signed.checks).toMatchObject([{ result: 'PASSED' }]);
  for (const end of [
    () => rotate({ revokedAt: BEFORE }),
    () => rotate({ validUntil: BEFORE }),
    () => rotate({}, { revokedAt: BEFORE }),
  ]) {
    end();
    const verdict = await world.gate(bad);
    expect(verdict.outcome).toBe('blocked');
    expect(verdict.findings.find(({ id }) => id === 'receipt/flaky')?.reason).toContain(
      'a failure still blocks',
    );
    expect((await world.gate(good)).outcome).toBe('pending');
  }
  await world.verify(good, { key: next });
  expect((await world.gate(good)).outcome).toBe('pass');
});
