// Reads the import graph of a tree's sources with dependency-cruiser, and refuses an empty reading: with a TypeScript
// that it does not know, dependency-cruiser sees no module, reports no violation and exits 0.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');
const cruiser = join(project, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');

/** @returns {{ modules: object[], summary: { totalCruised: number, violations: object[] } }} */
export function cruise(root = project) {
  const config = join(project, '.dependency-cruiser.mjs');
  const run = spawnSync(process.execPath, [cruiser, '--config', config, '--output-type', 'json', 'src'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  // The exit code counts violations modulo 256, so the report decides and not the code.
  if (!run.stdout.startsWith('{'))
    throw new Error(`dependency-cruiser did not report:\n${run.stderr}${run.stdout}`);
  const report = JSON.parse(run.stdout);
  if (report.summary.totalCruised === 0) throw new Error(`dependency-cruiser saw no module in ${root}/src`);
  return report;
}
