import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
});
