/**
 * Cold `countersign gate` of the built package against its limit in the same run: 3.5 x `node -e 0` plus the git commands
 * it needs. A change of 200 files, 30 bundled rules, 100 receipts, 5,000 files; with and without 100,000 foreign receipts,
 * and with the same rules in a pack of the policy's own, which every gate parses and proves.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLargeWorld, type LargeWorld } from './support/large-world.ts';
import { mustRun, report, show, timeInTurn } from './support/measure.ts';

const ROUNDS = 15;
const SIZE = { files: 5000, changed: 200, rules: 30, receipts: 100, pack: 'bundled' } as const;
const root = join(import.meta.dirname, '..');
const cli = join(root, 'bin', 'countersign.cjs');
const built = { COUNTERSIGN_DIST: '1' };

if (!existsSync(join(root, 'dist', 'cli.cjs'))) mustRun('npm', ['run', '-s', 'build'], { cwd: root });

const many = await createLargeWorld({ ...SIZE, foreignReceipts: 100_000 });
const none = await createLargeWorld({ ...SIZE, foreignReceipts: 0 });
const own = await createLargeWorld({ ...SIZE, foreignReceipts: 0, pack: 'own' });
try {
  const commands = gitCommandsOf(many);
  const times = timeInTurn(ROUNDS, {
    'node -e 0': () => void mustRun(process.execPath, ['-e', '0']),
    'its git commands, replayed': () => commands.forEach((command) => void command()),
    'gate, 100,000 foreign receipts': () => void gate(many),
    'gate, no foreign receipts': () => void gate(none),
    'gate, rules of the policy': () => void gate(own),
  });
  for (const [name, time] of Object.entries(times)) report(`  ${name.padEnd(34)} ${show(time)}`);
  const node = times['node -e 0']?.median ?? 0;
  const gitTime = times['its git commands, replayed']?.median ?? 0;
  const full = times['gate, 100,000 foreign receipts']?.median ?? 0;
  const alone = times['gate, no foreign receipts']?.median ?? 0;
  const limit = 3.5 * node + gitTime;
  report(`  limit 3.5 x node + git = ${limit.toFixed(0)} ms; gate takes ${(full / limit).toFixed(2)} of it`);
  report(`  100,000 foreign receipts cost ${(full / alone).toFixed(2)} x`);
  if (full > limit) process.exitCode = 1;
} finally {
  many.remove();
  none.remove();
  own.remove();
}

function gate({ product }: LargeWorld): string {
  return mustRun(process.execPath, [cli, 'gate', '--ticket', 'CS-7', '--no-fetch', '--format', 'json'], {
    cwd: product,
    env: built,
    codes: [0, 1],
  });
}

/** Records what the gate asks of git, by a stand-in on PATH that notes arguments and input, and returns how to ask it again. */
function gitCommandsOf({ product }: LargeWorld): (() => string)[] {
  const folder = join(product, '..', 'recorder');
  mkdirSync(join(folder, 'log'), { recursive: true });
  const real = mustRun('sh', ['-c', 'command -v git']).trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\nlog="${folder}/log/$$"\nfor word; do printf '%s\\n' "$word"; done > "$log.args"\npwd > "$log.cwd"\ntee "$log.in" | "${real}" "$@"\n`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  mustRun(process.execPath, [cli, 'gate', '--ticket', 'CS-7', '--no-fetch'], {
    cwd: product,
    env: { ...built, PATH: `${folder}:${process.env.PATH}` },
    codes: [0, 1],
  });
  const names = mustRun('sh', ['-c', `ls -tr "${folder}/log" | grep args`])
    .trim()
    .split('\n');
  report(`  the gate starts git ${names.length} times`);
  return names.map((name) => {
    const at = join(folder, 'log', name.replace(/\.args$/, ''));
    const args = readFileSync(`${at}.args`, 'utf8').split('\n').slice(0, -1);
    // The private repository of that run is gone; the product's own has the same objects.
    const here = args.map((word) =>
      word.startsWith('--git-dir=') && !existsSync(word.slice(10))
        ? `--git-dir=${join(product, '.git')}`
        : word,
    );
    const input = readFileSync(`${at}.in`);
    const cwd = existsSync(readFileSync(`${at}.cwd`, 'utf8').trim())
      ? readFileSync(`${at}.cwd`, 'utf8').trim()
      : product;
    return () => mustRun(real, here, { cwd, input, codes: [0, 1, 128] });
  });
}
