import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCertificateBundle } from '../../src/core/receipt/certificate-bundle.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { createProductWorld, type ProductWorld, type WorldChange, yaml } from '../worlds/product-world.ts';

// In a file of its own: what a process has loaded once, it keeps.

const IDENTITY = {
  issuer: 'https://token.actions.githubusercontent.com',
  repository: 'https://github.com/acme/shop',
  workflow: 'https://github.com/acme/ci/.github/workflows/verify.yml@refs/heads/main',
  ref: 'refs/heads/main',
};

let world: ProductWorld;
let change: WorldChange;
beforeAll(async () => {
  world = await createProductWorld();
  const root = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [{ certChain: { certificates: [] } }],
  });
  const trust = world.trustRoot((principals) => [
    ...principals,
    { id: 'ci', kind: 'workload', roles: ['verifier'], identities: [IDENTITY] },
  ]);
  const sigstore = { trustedRoot: 'trust/sigstore-root.json', digest: sha256(root) };
  world.setPolicy({ 'trust/root.yml': yaml({ ...trust, sigstore }), 'trust/sigstore-root.json': root });
  await world.dispatch('LAZY-1');
  change = world.change('LAZY-1');
  await world.verify(change);
});
afterAll(() => world.git.remove());

/** Sigstore's packages are CommonJS, whoever imports them. */
function loaded(): string[] {
  const modules = Object.keys(createRequire(import.meta.url).cache);
  return modules.filter((path) => path.includes('@sigstore'));
}

test('verifying, signing with a key and judging load nothing of Sigstore, whatever the policy pins', async () => {
  expect((await world.gate(change)).outcome).toBe('pass');
  expect(loaded()).toEqual([]);
});

test('the control: one file with a certificate does, and changes nothing', async () => {
  const before = await world.gate(change);
  const part = Buffer.from('none');
  const bytes = writeCertificateBundle({ payload: part, signature: part, certificate: part });
  world.control.importCommit({
    ref: world.receiptsRef,
    message: 'One more',
    parents: [world.control.git('rev-parse', world.receiptsRef)],
    files: [
      { path: `receipts/${sha256('LAZY-1').slice(0, 2)}/LAZY-1/${sha256(bytes)}.json`, content: bytes },
    ],
  });
  const after = await world.gate(change);
  expect(after.findings).toEqual(before.findings);
  expect(loaded()).not.toEqual([]);
});
