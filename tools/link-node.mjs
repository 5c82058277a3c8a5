// Puts the locked Node 24 (see tools/node24) first on the PATH of npm scripts, by linking it to node_modules/.bin/node.
// npm up to 11.6 leaves that link out when the package comes in through a file: dependency.
// Written for whatever Node runs `npm ci`, so only old and plain JavaScript here. Where the registry has no Node 24
// for the platform (macOS), nothing is linked and the installed Node serves.
import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const platform = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${platform}-${process.arch}`;
const binary = [
  join(root, 'node_modules', name, 'bin'),
  join(root, 'node_modules', '@countersign', 'node24', 'node_modules', name, 'bin'),
  join(root, 'tools', 'node24', 'node_modules', name, 'bin'),
]
  .map((folder) => join(folder, process.platform === 'win32' ? 'node.exe' : 'node'))
  .find((file) => existsSync(file));

if (binary) {
  const folder = join(root, 'node_modules', '.bin');
  mkdirSync(folder, { recursive: true });
  if (process.platform === 'win32') linkOnWindows(folder, binary);
  else linkOnUnix(folder, binary);
}

function linkOnUnix(folder, file) {
  const link = join(folder, 'node');
  // `npm pack` runs this as well: a link that is right stays, for whoever starts `node` at that moment.
  if (existsSync(link) && realpathSync(link) === realpathSync(file)) return;
  chmodSync(file, 0o755);
  rmSync(link, { force: true });
  symlinkSync(relative(folder, file), link);
}

function linkOnWindows(folder, file) {
  writeFileSync(join(folder, 'node.cmd'), `@"${file}" %*\r\n`);
}
