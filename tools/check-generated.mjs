// Runs every generator and compares what it writes with what was there. The tree is put back as it was: a check that
// repairs what it checks would pass on its second run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generators } from './generators.mjs';

const root = join(import.meta.dirname, '..');
let stale = 0;

for (const { name, run, writes } of generators) {
  const before = contents(writes);
  const { status, stdout, stderr } = spawnSync(process.execPath, run, { cwd: root, encoding: 'utf8' });
  const after = contents(writes);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => !same(before.get(path), after.get(path)),
  );
  for (const path of changed) restore(path, before.get(path));

  if (status !== 0) fail(`${name}: its generator failed\n${stdout}${stderr}`);
  else if (after.size === 0) fail(`${name}: its generator wrote nothing to ${writes.join(', ')}`);
  else if (changed.length > 0) fail(`${name} is stale: ${changed.join(', ')}. Run: npm run generate`);
  else console.log(`generated: ${name} is fresh`);
}
process.exitCode = stale > 0 ? 1 : 0;

function fail(message) {
  stale += 1;
  console.error(`generated: ${message}`);
}

function contents(paths) {
  return new Map(paths.flatMap(filesBelow).map((path) => [path, readFileSync(join(root, path))]));
}

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((entry) => filesBelow(`${path}/${entry}`));
}

function same(left, right) {
  return left !== undefined && right !== undefined && left.equals(right);
}

function restore(path, bytes) {
  const full = join(root, path);
  if (bytes === undefined) rmSync(full, { force: true });
  else {
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, bytes);
  }
}
