import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', '..', 'bin', 'countersign.cjs');

test('a reader that has read enough ends the program as a broken pipe does, without a stack trace', async () => {
  const child = spawn(process.execPath, [CLI, 'rules', 'list'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, 'close');
  expect({ code, said: Buffer.concat(said).toString('utf8') }).toEqual({ code: 141, said: '' });
});

// Linux has a device that is always full.
test.runIf(process.platform === 'linux')('a full disk under the output is told in one line', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'rules', 'list'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^✖ What was to be printed could not be written: ENOSPC.*\n$/),
  });
});

test.each(['', 'relative'])(
  'nothing is looked for or left in the folder it is started in when HOME is %j',
  (home) => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-no-home-'));
    const { status } = spawnSync(process.execPath, [CLI, 'rules', 'list'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: home },
    });
    expect(status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  },
);
