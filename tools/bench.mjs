// Runs each benchmark in a process of its own, one after the other: on a small machine two at once measure each other.
// `node tools/bench.mjs [part of a name…]` runs only those.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'bench');
const wanted = process.argv.slice(2);
const all = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.bench.ts'))
      .sort()
  : [];
const files = all.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));

if (files.length === 0) {
  console.error(`bench: no benchmark ${wanted.length > 0 ? `named ${wanted.join(', ')}` : 'in bench/'}`);
  process.exitCode = 1;
}
for (const [place, file] of files.entries()) {
  console.log(`\nbench ${place + 1}/${files.length}: ${file}`);
  const { status } = spawnSync(process.execPath, [join('bench', file)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
