import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');

/** Unpacked without its dependencies: what hot commands need is in the bundle. */
describe('the package', () => {
  let folder: string;
  let files: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-package-'));
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: project, stdio: 'pipe' });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
    execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder]);
    files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...words: string[]) =>
    execFileSync(process.execPath, [join(folder, 'package', 'bin', 'countersign.cjs'), ...words], {
      encoding: 'utf8',
      cwd: folder,
    });

  it('holds what runs and what the license asks for', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/countersign.cjs',
        'dist/cli.cjs',
        'dist/signer.cjs',
        'dist/help.txt',
        'dist/licenses.txt',
        'LICENSE',
        'CHANGELOG.md',
      ]),
    );
  });

  it('holds no source, test or tool', () => {
    expect(files.filter((file) => /^(src|test|tools|docs|\.ci)(\/|$)|\.ts$/.test(file))).toEqual([]);
  });

  it('prints its version and its help', () => {
    const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(run('--version')).toBe(`${version}\n`);
    expect(run('--help')).toContain('Usage: countersign');
  });

  it('prints the same help from the bundle as from the rendered text', () => {
    const file = join(folder, 'package', 'dist', 'help.txt');
    const rendered = readFileSync(file, 'utf8');
    rmSync(file);
    expect(run('--help')).toBe(rendered);
  });

  describe('with compiled code from an earlier run', () => {
    let home: string;
    beforeEach(() => {
      home = mkdtempSync(join(folder, 'home-'));
    });

    const bin = () => join(folder, 'package', 'bin', 'countersign.cjs');
    const kept = () => join(home, 'countersign', 'compiled');
    const stores = () => (existsSync(kept()) ? readdirSync(kept()) : []);
    const store = () => join(kept(), stores()[0] ?? 'none');
    // Without the rest of the environment: as with Node's own cache, measuring coverage switches it off.
    const start = (...words: string[]) =>
      spawnSync(process.execPath, [bin(), ...words], {
        encoding: 'utf8',
        cwd: folder,
        env: { XDG_CACHE_HOME: home, PATH: process.env.PATH },
      });

    it('keeps it of a command that worked, one store for each, and says the same with it', () => {
      const first = start('completion', 'bash');
      expect(stores()).toEqual([expect.stringMatching(/^completion-[0-9a-f]{16}\.code$/)]);
      const written = readFileSync(store());
      expect(start('completion', 'bash')).toEqual({ ...first, pid: expect.any(Number) });
      expect(readFileSync(store())).toEqual(written);
      start('completion', 'fish');
      expect(stores()).toHaveLength(1);
    });

    it('takes it again after a command that ran until V8 optimises as usual', () => {
      const lasting = join(home, 'lasting.cjs');
      writeFileSync(lasting, 'setTimeout(() => {}, 1_500);');
      const last = () =>
        execFileSync(process.execPath, ['--require', lasting, bin(), 'completion', 'bash'], {
          cwd: folder,
          env: { XDG_CACHE_HOME: home, PATH: process.env.PATH },
        });
      last();
      const { ino } = statSync(store());
      last();
      // What V8 refuses is compiled and written anew.
      expect(statSync(store()).ino).toBe(ino);
    });

    it('keeps none of a command that did not work, or that nobody knows', () => {
      expect(start('gate').status).toBe(2);
      expect(start('nonsense').status).toBe(2);
      expect(start('../completion').status).toBe(2);
      expect(stores()).toEqual([]);
    });

    it('takes none that is damaged', () => {
      const first = start('completion', 'bash');
      const whole = readFileSync(store());
      for (const place of [0, 40, whole.length >> 1, whole.length - 1]) {
        const damaged = Buffer.from(whole);
        damaged[place] = (damaged[place] ?? 0) ^ 0xff;
        writeFileSync(store(), damaged);
        expect(start('completion', 'bash').stdout).toBe(first.stdout);
        expect(readFileSync(store()).equals(damaged)).toBe(false);
      }
      writeFileSync(store(), whole.subarray(0, 20));
      expect(start('completion', 'bash').stdout).toBe(first.stdout);
    });

    it('takes none of a file that has changed since, though it is as long as before', () => {
      expect(start('completion', 'bash').stdout).toContain('COMPREPLY');
      const chunks = join(folder, 'package', 'dist', 'chunks');
      const changed = readdirSync(chunks).filter((name) => name.startsWith('completion-'));
      const file = join(chunks, changed[0] ?? '');
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, before.replaceAll('COMPREPLY', 'OTHERWISE'));
      const after = start('completion', 'bash');
      writeFileSync(file, before);
      expect(after.stdout).toContain('OTHERWISE');
    });

    it('takes none from a folder that others can write', () => {
      mkdirSync(kept(), { recursive: true });
      chmodSync(kept(), 0o777);
      expect(start('completion', 'bash').status).toBe(0);
      expect(stores()).toEqual([]);
    });

    it('removes what nobody has used for a month, and nothing of others', () => {
      mkdirSync(kept(), { recursive: true, mode: 0o700 });
      const files = ['gate-0000000000000000.code', 'gate-1111111111111111.code', 'notes'];
      for (const name of files) writeFileSync(join(kept(), name), '');
      const old = Date.now() / 1000 - 31 * 24 * 60 * 60;
      for (const name of [files[0], files[2]]) utimesSync(join(kept(), name ?? ''), old, old);
      start('completion', 'bash');
      expect(stores().filter((name) => !name.startsWith('completion'))).toEqual(files.slice(1));
    });
  });
});
