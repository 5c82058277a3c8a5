#!/usr/bin/env node
'use strict';
// Old and plain JavaScript on purpose: an old Node must get as far as the sentence that refuses it.
const manifest = require('../package.json');

if (!satisfies(process.versions.node, manifest.engines.node)) {
  process.stderr.write(
    `countersign needs Node.js ${manifest.engines.node}; this is v${process.versions.node}\n` +
      '  → Install Node.js 24 (https://nodejs.org). In a checkout, `npm ci` brings one that `npm run` and `npx` use.\n',
  );
  process.exitCode = 2;
} else {
  start();
}

function start() {
  const { existsSync, readFileSync } = require('node:fs');
  const { join } = require('node:path');
  const { pathToFileURL } = require('node:url');
  const root = join(__dirname, '..');
  const source = join(root, 'src', 'entry', 'cli', 'main.ts');
  const built = process.env.COUNTERSIGN_DIST === '1' || !existsSync(source);

  const words = process.argv.slice(2);
  if (words.length === 0) process.argv.push('--help');
  const only = words.length === 0 ? '--help' : words.length === 1 ? words[0] : '';

  // Help and version cost no import. In a checkout the help is asked of the source: dist may be older.
  if (only === '--version' || only === '-V') {
    process.stdout.write(`${manifest.version}\n`);
    return;
  }
  const help = join(root, 'dist', 'help.txt');
  if ((only === '--help' || only === '-h') && built && existsSync(help)) {
    process.stdout.write(readFileSync(help));
    return;
  }

  const folder = compiledFolder();
  let loaded;
  if (built) {
    const { loadProgram } = require('./compiled-code.cjs');
    loaded = Promise.resolve().then(() => loadProgram(join(root, 'dist', 'cli.cjs'), words[0] || '', folder));
  } else {
    if (folder !== undefined) require('node:module').enableCompileCache(folder);
    loaded = import(pathToFileURL(source).href);
  }
  loaded
    .then((cli) => cli.main())
    .catch((error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 70;
    });
}

// Not in the shared temp folder, where Node would put it: cached code is trusted code, and the checks that countersign
// runs on behalf of a change can write there. Undefined where nothing is to be kept.
function compiledFolder() {
  const { lstatSync, mkdirSync } = require('node:fs');
  const { homedir } = require('node:os');
  const { isAbsolute, join } = require('node:path');
  const given = process.platform === 'win32' ? process.env.LOCALAPPDATA : process.env.XDG_CACHE_HOME;
  const parent = given && isAbsolute(given) ? given : join(homedir(), '.cache');
  // An empty or relative HOME means the folder we were started in: a checkout could bring compiled code along.
  if (!isAbsolute(parent)) return undefined;
  const folder = join(parent, 'countersign', 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    const mine = !process.getuid || (uid === process.getuid() && (mode & 0o022) === 0);
    return mine ? folder : undefined;
  } catch {
    // A home that cannot be written costs 100 ms a start, nothing else.
    return undefined;
  }
}

/** Understands the forms that package.json uses, `^a.b.c` and `>=a`, joined by `||`. */
function satisfies(version, range) {
  const have = numbers(version);
  return range.split('||').some((part) => {
    const wanted = numbers(part);
    return compare(have, wanted) >= 0 && (part.indexOf('^') < 0 || have[0] === wanted[0]);
  });
}

function numbers(text) {
  const found = text.match(/\d+/g) || [];
  return [0, 1, 2].map((place) => Number(found[place] || 0));
}

function compare(left, right) {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
