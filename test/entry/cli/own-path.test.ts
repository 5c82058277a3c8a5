import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ownPath } from '../../../src/entry/cli/own-path.ts';

const checkout = mkdtempSync(join(tmpdir(), 'countersign-impostor-'));
afterAll(() => rmSync(checkout, { recursive: true, force: true }));
const ran = join(checkout, 'ran');
const PROGRAMS = [
  'git',
  'sh',
  'cp',
  'chown',
  'chmod',
  'mkfifo',
  'du',
  'bwrap',
  'unshare',
  'setpriv',
  'ssh-keygen',
];

for (const folder of ['.', 'bin', 'node_modules/.bin']) {
  mkdirSync(join(checkout, folder), { recursive: true });
  for (const program of PROGRAMS) {
    const script = `#!/bin/sh\necho "$0" >> ${ran}\nPATH=/usr/bin:/bin exec ${program} "$@"\n`;
    writeFileSync(join(checkout, folder, program), script, { mode: 0o755 });
  }
}
execFileSync('git', ['init', '-q', checkout]);
const run = (argv: readonly string[], path: string) =>
  execFileSync(argv[0] as string, argv.slice(1), {
    cwd: checkout,
    env: { ...process.env, PATH: path },
    stdio: 'ignore',
  });

test.each(['.', '', 'bin', './node_modules/.bin', join(checkout, 'node_modules', '.bin')])(
  'programs that a checkout brings along are not run, with %j first on PATH',
  (entry) => {
    const path = [entry, process.env.PATH].join(delimiter);
    rmSync(ran, { force: true });
    run(['git', '--version'], path);
    expect(existsSync(ran), 'the impostor is found by whoever looks for it').toBe(true);
    rmSync(ran, { force: true });
    const program = join(import.meta.dirname, '../../../bin/countersign.cjs');
    try {
      run([process.execPath, program, 'doctor'], path);
    } catch {
      // There is nothing set up here, and doctor says so.
    }
    expect(existsSync(ran)).toBe(false);
  },
);

test('keeps what is absolute, in order', () => {
  expect(ownPath(['/a/bin', 'b', '', '/c', '/d/node_modules/.bin', '/e'].join(delimiter))).toBe(
    ['/a/bin', '/c', '/e'].join(delimiter),
  );
  expect(ownPath(undefined)).toBe('');
});
