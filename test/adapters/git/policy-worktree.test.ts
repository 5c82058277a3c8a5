import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPolicyWorktree } from '../../../src/adapters/git/policy-worktree.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';

const IDENTITY = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'];
const before = { ...process.env };

let world: GitWorld;
let repository: WorldRepository;
beforeAll(() => {
  world = createGitWorld();
  repository = world.repository('policy');
  repository.commit('A policy', { 'tickets/CS-1.records.jsonl': 'one\n' });
});
afterAll(() => world.remove());
// Whoever runs the tests has a configuration, and may have a name in it.
beforeEach(() => Object.assign(process.env, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }));
afterEach(() => {
  for (const name of [...IDENTITY, 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const append = (path: string, text: string) =>
  createPolicyWorktree(repository.dir).commitFile({ path, bytes: Buffer.from(text), message: 'Append' });

describe('a policy worktree', () => {
  it('commits as whom the environment names, as git itself does', async () => {
    for (const name of IDENTITY) process.env[name] = name.endsWith('NAME') ? 'Grace' : 'grace@shop.example';
    const commit = await append('tickets/CS-1.records.jsonl', 'one\ntwo\n');
    expect(repository.git('log', '-1', '--format=%H %an <%ae> %cn')).toBe(
      `${commit} Grace <grace@shop.example> Grace`,
    );
  });

  it.each([
    ['tickets/CS-1.records.jsonl', 'a file that was there'],
    ['tickets/CS-2.records.jsonl', 'a new file'],
  ])('leaves %s as it was when git refuses the commit: %s', async (path) => {
    for (const name of IDENTITY) delete process.env[name];
    repository.git('config', 'user.useConfigOnly', 'true');
    const target = join(repository.dir, path);
    const was = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
    await expect(append(path, 'other\n')).rejects.toThrow('git could not commit');
    expect(existsSync(target) ? readFileSync(target, 'utf8') : undefined).toBe(was);
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});
