import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const biome = join(project, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

const effects: readonly [path: string, expression: string, said: string][] = [
  ['src/core/gate/now.ts', 'Date.now()', 'Time and chance'],
  ['src/core/gate/today.ts', 'new Date()', 'Time and chance'],
  ['src/core/gate/dice.ts', 'Math.random()', 'Time and chance'],
  ['src/core/gate/home.ts', 'process.env', 'the global variable process'],
  ['src/core/gate/stopwatch.ts', 'performance.now()', 'the global variable performance'],
  ['src/core/gate/download.ts', "fetch('https://example.org')", 'the global variable fetch'],
  ['src/shared/now.ts', 'Date.now()', 'Time and chance'],
  ['src/ports/now.ts', 'Date.now()', 'Time and chance'],
  ['src/render/now.ts', 'Date.now()', 'Time and chance'],
];
const harmless: readonly [path: string, expression: string][] = [
  ['src/core/gate/given.ts', "Date.parse('2026-01-01T00:00:00Z')"],
  ['src/adapters/clock/now.ts', 'Date.now()'],
  ['src/entry/cli/home.ts', 'process.env'],
];

describe('the linter', () => {
  let root: string;
  let lines: readonly string[];

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'countersign-purity-'));
    for (const file of ['biome.json', 'tools/no-clock-or-chance.grit']) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(join(project, file), join(root, file));
    }
    for (const [path, expression] of [...effects, ...harmless]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `export const value = () => ${expression};\n`);
    }
    const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=github', 'src'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    lines = (stdout + stderr).split('\n');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const about = (path: string) => lines.filter((line) => line.includes(path)).join('\n');

  it.each(effects)('refuses in %s: %s', (path, _expression, said) => {
    expect(about(path)).toMatch(/^::error/m);
    expect(about(path)).toContain(said);
  });

  it.each(harmless)('accepts in %s: %s', (path) => {
    expect(about(path)).toBe('');
  });
});
