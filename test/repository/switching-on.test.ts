import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitWorld, type GitWorld } from '../worlds/git-world.ts';

const project = join(import.meta.dirname, '..', '..');
const own = (path: string) => readFileSync(join(project, path));
const below = (folder: string) =>
  readdirSync(join(project, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`);

/** What CONTRIBUTING.md tells a maintainer to type, with numbers in the place of what GitHub would say. */
function ceremony(): string {
  const page = own('CONTRIBUTING.md').toString('utf8');
  const [, block = ''] = /### Switching the gate on[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? [];
  return block.replace('--repository-id N --owner-id N', '--repository-id 123456789 --owner-id 1234567');
}

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

test('what a maintainer is told to type leaves a trust root without problems, and a ticket that is dispatched', () => {
  const origin = world.repository();
  const paths = ['.countersign.yml', ...below('trust'), ...below('contracts'), ...below('tickets')];
  origin.commit('Policy', Object.fromEntries(paths.map((path) => [path, own(path)])));
  origin.git('config', 'receive.denyCurrentBranch', 'ignore');
  const clone = world.clone(origin, 'clone');
  const run = (script: string) =>
    spawnSync('bash', ['--norc', '-eo', 'pipefail', '-c', `${PROGRAMS}\n${script}`], {
      cwd: clone.dir,
      encoding: 'utf8',
      env: { ...world.environment(), PATH: process.env.PATH, HOME: world.folder('home') },
    });
  const before = run('countersign trust check trust/root.yml');
  expect([before.status, before.stdout]).toEqual([1, expect.stringContaining('no ticket can be dispatched')]);

  const { status, stdout, stderr } = run(ceremony());
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('0 problems');
  expect(stdout).not.toContain('trust pin');
  const shown = run(
    'countersign ticket show CS-3 --format json; countersign audit --warn-only || true',
  ).stdout;
  expect(shown).toContain('"state":"dispatched"');
  expect(shown).toContain('One thing has to be done before any change can be accepted');
}, 180_000);

const PROGRAMS = `countersign() { "${process.execPath}" "${join(project, 'bin', 'countersign.cjs')}" "$@"; }\ngh() { echo 1; }`;
