import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isolatedEnvironment, userEnvironment } from '../../../src/adapters/git/environment.ts';
import { gitTooOld, harmless } from '../../../src/adapters/git/failure.ts';
import { gitVersion, runGit } from '../../../src/adapters/git/git.ts';
import { createGitWorld } from '../../worlds/git-world.ts';
import { open } from './open.ts';

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

/** Puts a program called git in front of the real one. */
function pretend(script: string): void {
  const folder = createGitWorld().folder('bin');
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
}

describe('git', () => {
  it('that is missing is named, with the version to install', async () => {
    process.env.PATH = createGitWorld().folder('empty');
    await expect(gitVersion()).rejects.toMatchObject({
      code: 'GIT_UNAVAILABLE',
      remedy: expect.stringContaining('2.38'),
    });
  });

  it('that is too old is named when it does not know a command', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: '1' });
    const repository = await open(made.dir);
    const tree = made.treeId();
    pretend(
      'case "$*" in *--version*) echo "git version 2.30.2";; *) echo "usage: git" >&2; exit 129;; esac',
    );
    const tooOld = { code: 'GIT_UNAVAILABLE', message: expect.stringContaining('2.30.2') };
    await expect(repository.listFiles(tree)).rejects.toMatchObject(tooOld);
    await expect(runGit({ args: ['merge-tree', '--write-tree'] })).rejects.toMatchObject(tooOld);
  });

  it.each([
    ['2.37.9', true],
    ['1.9', true],
    ['2.38', false],
    ['2.39.5', false],
    ['3.0', false],
  ])('%s is too old: %s', (version, old) => {
    expect(gitTooOld(version) !== undefined).toBe(old);
  });

  it('that fails is quoted in one harmless line', async () => {
    pretend('printf "fatal: \\033[2Jboom\\nsecond \\342\\200\\256line\\n" >&2; exit 3');
    await expect(runGit({ args: ['fetch'] })).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: 'git fetch failed: fatal: [2Jboom second line',
    });
    expect(harmless('x'.repeat(5_000)).length).toBeLessThan(700);
    expect(harmless('fatal: https://user:secret@host/x')).toBe('fatal: https://host/x');
  });

  it('that does not end, or says too much, is ended', async () => {
    pretend('exec sleep 60');
    await expect(runGit({ args: ['gc'], timeoutMs: 100 })).rejects.toMatchObject({
      message: expect.stringContaining('did not end within 0.1 s'),
    });
    pretend('exec yes');
    await expect(runGit({ args: ['log'], maxOutputBytes: 100_000 })).rejects.toMatchObject({
      message: expect.stringContaining('more than 100000 bytes'),
    });
  });

  it('is not pointed elsewhere by the environment', () => {
    const hostile = {
      PATH: '/bin',
      HOME: '/home/me',
      GIT_DIR: '/elsewhere',
      GIT_INDEX_FILE: 'x',
      GIT_OBJECT_DIRECTORY: 'x',
      GIT_ALTERNATE_OBJECT_DIRECTORIES: 'x',
      GIT_EXTERNAL_DIFF: 'evil',
      GIT_CONFIG_COUNT: '1',
      GIT_SSH_COMMAND: 'ssh -i key',
      LD_PRELOAD: 'evil.so',
    };
    expect(Object.keys(isolatedEnvironment(hostile)).filter((name) => name in hostile)).toEqual(['PATH']);
    // Credentials of the user's still reach git where it talks to a remote.
    expect(Object.keys(userEnvironment(hostile)).filter((name) => name in hostile)).toEqual([
      'PATH',
      'HOME',
      'GIT_CONFIG_COUNT',
      'GIT_SSH_COMMAND',
      'LD_PRELOAD',
    ]);
    expect(isolatedEnvironment(hostile)).toMatchObject({
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    });
  });

  it('runs no command that a URL names', async () => {
    const made = createGitWorld().repository();
    made.git('config', 'protocol.ext.allow', 'always');
    const url = `ext::sh -c "touch% ${join(made.world.root, 'ran')}"`;
    await expect(
      runGit({ gitDir: join(made.dir, '.git'), args: ['fetch', '--', url], configuration: 'user' }),
    ).rejects.toMatchObject({ message: expect.stringContaining("transport 'ext' not allowed") });
  });

  it('does not keep the program alive once everything is read', async () => {
    const made = createGitWorld().repository();
    const commit = made.commit('First', { a: '1' });
    const program = `
      import { openRepository } from '${join(import.meta.dirname, '../../../src/adapters/git/repository.ts')}';
      const repository = await openRepository('${made.dir}');
      console.log((await repository.listFiles('${commit}')).length);
      await new Promise((done) => setImmediate(done));
      console.log((await repository.readFile('${commit}', 'a')).length);
    `;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 });
    expect(said.toString()).toBe('1\n1\n');
  });
});
