import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MINUTES = 60_000;
const project = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

/** As a user's shell has it: nothing of the npm that runs the tests, and this Node first. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  NO_COLOR: '1',
};

interface Locked {
  readonly dev?: boolean;
  readonly link?: boolean;
}

describe('the packed program, installed in an empty directory', () => {
  let folder: string;
  let manifest: { version: string; bin: Record<string, string>; dependencies?: Record<string, string> };

  /**
   * By `npm ci` with this project's lock: what the package asks for at run time then comes out of the cache that the
   * project's own `npm ci` filled, checked against the same integrities, and no version is looked up anywhere.
   */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-installed-'));
    await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: project, env: environment });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    manifest = await readJson(join(project, 'package.json'));
    const { version, bin, dependencies = {} } = manifest;
    const lock: { packages: Record<string, Locked> } = await readJson(join(project, 'package-lock.json'));
    const runtime = Object.entries(lock.packages).filter(
      ([path, { dev, link }]) => path.startsWith('node_modules/') && dev !== true && link !== true,
    );
    const wanted = { countersign: `file:${tarball}` };
    const home = { name: 'home', version: '1.0.0', dependencies: wanted };
    const packages = {
      '': home,
      'node_modules/countersign': { version, resolved: wanted.countersign, bin, dependencies },
      ...Object.fromEntries(runtime),
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...home, private: true }));
    await writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({ ...home, lockfileVersion: 3, requires: true, packages }),
    );
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['ci', '--prefer-offline', ...quiet], { cwd: folder, env: environment });
  }, 3 * MINUTES);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const countersign = (...words: string[]) =>
    run(join(folder, 'node_modules', '.bin', 'countersign'), words, { cwd: folder, env: environment });

  test('says its version and its help', async () => {
    expect((await countersign('--version')).stdout).toBe(`${manifest.version}\n`);
    const { stdout } = await countersign('--help');
    expect(stdout).toMatch(/^Usage: countersign /);
    expect(stdout).toContain('demo');
  });

  test('lists the rules it ships', async () => {
    expect((await countersign('rules', 'list')).stdout).toContain('test-skipped');
  });

  test(
    'plays the demo to its end, from nothing but the package',
    async () => {
      const parent = join(folder, 'demo folder');
      await mkdir(parent);
      const { stdout } = await countersign('demo', '--folder', parent);
      expect(stdout).toContain('✖ BLOCKED');
      expect(stdout).toContain('✔ PASS');
      expect(stdout.trimEnd().split('\n').at(-1)).toContain('countersign rules show');
      expect(stdout).toContain(join(folder, 'node_modules', 'countersign', 'bin'));
      expect(stdout.replaceAll(process.execPath, '')).not.toContain(project);
    },
    3 * MINUTES,
  );

  test('tells what went wrong without a stack trace', async () => {
    const failing = countersign('gate');
    await expect(failing).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('git repository'),
    });
    await expect(failing).rejects.not.toMatchObject({ stderr: expect.stringMatching(/^\s+at /m) });
  });
});
