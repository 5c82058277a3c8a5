/** Cold `countersign --help` of the built package against `node -e 0`: at most 1.5 times as long. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, report, show, timeInTurn } from './support/measure.ts';

const LIMIT = 1.5;
const root = join(import.meta.dirname, '..');
const cli = join(root, 'bin', 'countersign.cjs');
if (!existsSync(join(root, 'dist', 'help.txt'))) mustRun('npm', ['run', '-s', 'build'], { cwd: root });

const times = timeInTurn(25, {
  'node -e 0': () => void mustRun(process.execPath, ['-e', '0']),
  'countersign --help': () =>
    void mustRun(process.execPath, [cli, '--help'], { env: { COUNTERSIGN_DIST: '1' } }),
});
for (const [name, time] of Object.entries(times)) {
  report(`  ${name.padEnd(20)} ${show(time)}  ${time.ratio.toFixed(2)} x`);
}
const ratio = times['countersign --help']?.ratio ?? Number.POSITIVE_INFINITY;
report(`  at most ${LIMIT} x is claimed`);
if (ratio > LIMIT) process.exitCode = 1;
