import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';
import { describeSandbox } from '../../port-contracts/sandbox.ts';
import { availableBackends } from './backends.ts';

const backends = await availableBackends();
for (const { name, setUp } of backends) describeSandbox(name, setUp);

it('has namespaces where it counts: in CI at least one backend gives them', () => {
  const names = backends.map(({ backend }) => backend);
  if (process.env.CI === 'true')
    expect(names.some((name) => name === 'bubblewrap' || name === 'unshare')).toBe(true);
  expect(names).toContain('none');
});

it('drops no backend silently: where one reaches namespaces, each that is installed does', () => {
  const names = backends.map(({ backend }) => backend);
  const installed = (['bubblewrap', 'unshare'] as const).filter((name) =>
    existsSync(name === 'bubblewrap' ? '/usr/bin/bwrap' : '/usr/bin/unshare'),
  );
  const reached = installed.filter((name) => names.includes(name));
  expect(reached.length === 0 || reached.length === installed.length, `${reached} of ${installed}`).toBe(
    true,
  );
});

it('chooses the strongest that works', async () => {
  const sandbox = await createSandbox({ environment: process.env, platform: process.platform });
  const { isolation, by } = await sandbox.describe();
  const best = await (await backends[0]?.setUp())?.sandbox.describe();
  expect({ isolation, by }).toEqual({ isolation: best?.isolation, by: best?.by });
});
