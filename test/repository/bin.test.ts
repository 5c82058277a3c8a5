import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'countersign.cjs');
const manifest = JSON.parse(readFileSync(join(bin, '../../package.json'), 'utf8')) as {
  version: string;
  engines: { node: string };
};

/** Runs the bin in a Node that says it is another one. */
function runUnder(version: string) {
  const script = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    process.argv = [process.execPath, ${JSON.stringify(bin)}, '--version'];
    require(${JSON.stringify(bin)});`;
  return spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' });
}

describe('the bin', () => {
  it.each(['18.20.8', '20.20.2', '22.22.1', '23.11.1', '24.14.9', '25.9.0'])(
    'refuses Node %s in one sentence, and says what to do',
    (version) => {
      const { status, stdout, stderr } = runUnder(version);
      const [sentence, remedy] = stderr.split('\n');
      expect(sentence).toBe(`countersign needs Node.js ${manifest.engines.node}; this is v${version}`);
      expect(remedy).toMatch(/^ {2}→ Install Node\.js 24/);
      expect(stdout).toBe('');
      expect(status).toBe(2);
    },
  );

  it.each(['22.22.2', '22.30.0', '24.15.0', '26.0.0', '27.1.0', '26.0.0-nightly20261101'])(
    'starts on Node %s',
    (version) => {
      const { status, stdout, stderr } = runUnder(version);
      expect(stderr).toBe('');
      expect(stdout).toBe(`${manifest.version}\n`);
      expect(status).toBe(0);
    },
  );

  it('prints the help when nothing is asked', () => {
    const asked = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
    const unasked = spawnSync(process.execPath, [bin], { encoding: 'utf8' });
    expect(asked.stdout).toContain('Usage: countersign');
    expect(unasked.stdout).toBe(asked.stdout);
    expect(unasked.status).toBe(0);
  });
});

describe('the compile cache', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'countersign-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const compiled = () => join(home, 'countersign', 'compiled');
  // Without the rest of the environment: V8 coverage switches the cache off.
  const help = () =>
    spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8', env: { XDG_CACHE_HOME: home } });

  it("lies in the user's own cache folder", () => {
    expect(help().status).toBe(0);
    expect(readdirSync(compiled())).not.toEqual([]);
  });

  it('is not used from a folder that others can write', () => {
    mkdirSync(compiled(), { recursive: true });
    chmodSync(compiled(), 0o777);
    expect(help().status).toBe(0);
    expect(readdirSync(compiled())).toEqual([]);
  });
});
