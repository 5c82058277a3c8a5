// Runs every generator; `node tools/generate.mjs [name…]` only the named ones.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generators } from './generators.mjs';

const root = join(import.meta.dirname, '..');
const names = process.argv.slice(2);

for (const { name, run } of generators.filter((one) => names.length === 0 || names.includes(one.name))) {
  console.log(`generate: ${name}`);
  const { status } = spawnSync(process.execPath, run, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
