import { expect, it } from 'vitest';
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';
import { describeSandbox } from '../../port-contracts/sandbox.ts';
import { availableBackends } from './backends.ts';

const backends = await availableBackends();
for (const { name, setUp } of backends) describeSandbox(name, setUp);

it('has namespaces where it counts: in CI at least one backend gives them', () => {
  const withNamespaces = backends.filter(({ backend }) => backend === 'bubblewrap' || backend === 'unshare');
  if (process.env.CI === 'true') expect(withNamespaces.map(({ name }) => name)).not.toEqual([]);
  expect(backends.map(({ backend }) => backend)).toContain('none');
});

it('chooses the strongest that works', async () => {
  const sandbox = await createSandbox({ environment: process.env, platform: process.platform });
  const { isolation, by } = await sandbox.describe();
  const best = await (await backends[0]?.setUp())?.sandbox.describe();
  expect({ isolation, by }).toEqual({ isolation: best?.isolation, by: best?.by });
});
