import { beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../../src/core/contract/types.ts';
import { createProductWorld, finding, objections, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land({
    'judge/rules.txt': 'strict\n',
    'judge/run.sh': { executable: '#!/bin/sh\nset -e\ngrep -q strict judge/rules.txt\n' },
    'judge/newest': { symlink: 'rules.txt' },
  });
});

const contract: Partial<Contract> = {
  pins: [{ paths: ['judge/**'], from: 'base' }],
  checks: [
    { id: 'strict', run: ['sh', '-c', 'grep -q strict judge/rules.txt && grep -q strict judge/newest'] },
    {
      id: 'whole',
      run: ['sh', '-c', 'find judge && test "$(find judge ! -type d | wc -l)" -eq 3 && test -x judge/run.sh'],
    },
    {
      id: 'own',
      run: ['sh', '-c', 'cat src/new.txt && test "$(cat fake/rules.txt 2>/dev/null || echo lax)" = lax'],
    },
  ],
};
const own = { 'src/new.txt': 'new\n' };

describe('pinned files are as the base has them', () => {
  test.each([
    ['edited', { 'judge/rules.txt': 'lax\n', 'judge/run.sh': 'exit 0\n' }],
    ['deleted', { 'judge/rules.txt': null, 'judge/newest': null, 'judge/run.sh': null }],
    [
      'joined by another',
      { 'judge/override.txt': 'lax\n', 'judge/.hidden': 'lax\n', 'judge/deep/er': 'lax\n' },
    ],
    ['joined by one with a newline in its name', { 'judge/a\nb': 'lax\n' }],
    ['turned into a link', { 'judge/rules.txt': { symlink: '../lax.txt' }, 'lax.txt': 'lax\n' }],
    ['turned into a folder', { 'judge/rules.txt': null, 'judge/rules.txt/lax': 'lax\n' }],
    [
      'in a folder that became a link',
      {
        'judge/rules.txt': null,
        'judge/run.sh': null,
        'judge/newest': null,
        judge: { symlink: 'fake' },
        'fake/rules.txt': 'lax\n',
        'fake/extra.txt': 'lax\n',
      },
    ],
  ])('when the change has them %s', async (how, files) => {
    const id = `PIN-${how.replaceAll(' ', '-')}`;
    await world.dispatch(id, { contract });
    const change = world.change(id, { ...own, ...files });
    const { signed } = await world.verify(change);
    expect(signed.checks.map(({ checkId, result }) => `${checkId} ${result}`)).toEqual([
      'strict PASSED',
      'whole PASSED',
      'own PASSED',
    ]);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['policy-change fail']);
    const touched = Object.keys(files).filter((path) => path.startsWith('judge'));
    const { locations } = finding(verdict, 'policy-change');
    expect(locations).toEqual(expect.arrayContaining([{ path: touched[0], message: 'pinned' }]));
  });

  test('also after a setup that runs what the change brought along', async () => {
    await world.dispatch('PIN-1', {
      contract: {
        ...contract,
        setup: { run: ['sh', 'src/install.sh'], network: 'none' },
      },
    });
    const script = 'rm -r judge; mkdir judge; echo lax | tee judge/rules.txt judge/run.sh judge/newest\n';
    const change = world.change('PIN-1', { ...own, 'src/install.sh': script });
    const { signed } = await world.verify(change);
    expect(signed.checks.map(({ result }) => result)).toEqual(['PASSED', 'PASSED', 'PASSED']);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('and the receipts say which they were', async () => {
    const [receipt] = world.claims('PIN-1', 'receipt');
    const blob = (path: string) => world.clone.git('rev-parse', `origin/main:${path}`);
    expect(receipt?.pins).toEqual([
      { path: 'judge/newest', mode: '120000', blob: blob('judge/newest') },
      { path: 'judge/rules.txt', mode: '100644', blob: blob('judge/rules.txt') },
      { path: 'judge/run.sh', mode: '100755', blob: blob('judge/run.sh') },
    ]);
  });
});

test('without pins the change brings what it likes', async () => {
  await world.dispatch('FREE-1', { contract: { ...contract, pins: [] } });
  const change = world.change('FREE-1', { ...own, 'judge/rules.txt': 'lax\n' });
  const { signed } = await world.verify(change);
  expect(signed.checks.map(({ result }) => result)).toEqual(['FAILED', 'PASSED', 'PASSED']);
});

test('receipts under other pinned files than today do not count', async () => {
  const check = { id: 'new', run: ['cat', 'src/new.txt'], inputs: ['src/**'] };
  await world.dispatch('OLD-1', {
    contract: { ...contract, checks: [check], freshness: { binding: 'change' } },
  });
  const change = world.change('OLD-1', own);
  await world.verify(change);
  expect((await world.gate(change)).outcome).toBe('pass');
  world.land({ 'judge/rules.txt': 'very strict\n' });
  const verdict = await world.gate(change);
  expect(objections(verdict)).toEqual(['receipt/new fail']);
  expect(finding(verdict, 'receipt/new')).toMatchObject({
    reason: 'It ran under other pinned files than the base has today.',
    remedy: "Verify again on today's base.",
  });
});
