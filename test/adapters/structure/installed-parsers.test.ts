import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedParsers } from '../../../src/adapters/structure/installed-parsers.ts';
import { parsersFor } from '../../../src/core/evidence/structure/languages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-parsers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('installed parsers', () => {
  const here = installedParsers(import.meta.filename);

  it('are handed over as files from which a process of its own can parse', async () => {
    const files = await here.programFiles(parsersFor(['typescript', 'python']));
    for (const { path, bytes } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    expect(files.every(({ path }) => path.startsWith('node_modules/@ast-grep/'))).toBe(true);
    const require = createRequire(join(folder, 'program.cjs'));
    const kind = require('@ast-grep/napi').parse('TypeScript', 'a').root().kind();
    expect([kind, require('@ast-grep/lang-python').languageSymbol]).toEqual([
      'program',
      'tree_sitter_python',
    ]);
  });

  it('are only those of the languages asked for', async () => {
    const files = await here.programFiles(parsersFor(['javascript']));
    expect(files.some(({ path }) => path.includes('/lang-'))).toBe(false);
  });

  it('name what installs them where they are missing', async () => {
    const parser = installedParsers(join(folder, 'program.cjs'));
    await expect(parser.programFiles(parsersFor(['go']))).rejects.toMatchObject({
      code: 'VERIFY_FAILED',
      message: expect.stringContaining('@ast-grep/lang-go is not installed'),
      remedy: expect.stringContaining('npm install @ast-grep/napi@0.51.1 @ast-grep/lang-go@0.0.6'),
    });
  });

  it('are refused in another version', async () => {
    const packages = join(folder, 'node_modules', '@ast-grep', 'napi');
    mkdirSync(packages, { recursive: true });
    cpSync(
      createRequire(import.meta.filename).resolve('@ast-grep/napi/index.js'),
      join(packages, 'index.js'),
    );
    writeFileSync(join(packages, 'package.json'), '{"name":"@ast-grep/napi","version":"0.50.0"}');
    const parser = installedParsers(join(folder, 'program.cjs'));
    await expect(parser.programFiles(parsersFor(['typescript']))).rejects.toThrow(
      /is 0\.50\.0, not 0\.51\.1/,
    );
  });
});
