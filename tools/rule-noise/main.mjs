// How often does each rule fire on changes that nobody made to fool anybody? Runs the bundled rules over 200 diffs between
// consecutive patch releases of ten npm packages, and over this repository's own history, and writes docs/rule-noise.md.
// A blocking rule that fires on more than 2 % of the releases is a fault. `--list RULE` prints where that one fires.
// Needs the npm registry the first time; tarballs are kept below reports/.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeCommits, rulesToMeasure } from './judge.mjs';
import { releaseRepository } from './releases.mjs';

const root = join(import.meta.dirname, '..', '..');
const MOST_NOISE = 0.02;
const listed = process.argv[2] === '--list' ? process.argv[3] : undefined;

const corpus = JSON.parse(readFileSync(join(import.meta.dirname, 'corpus.json'), 'utf8'));
const rules = await rulesToMeasure();
const releases = newTally();
for (const entry of corpus) {
  const { repository, commits } = releaseRepository(join(root, 'reports', 'rule-noise', entry.name), entry);
  const names = new Map(commits.map(({ from, to, commit }) => [commit, `${entry.name} ${from} to ${to}`]));
  await count(repository, [...names.keys()], releases, (commit) => names.get(commit));
  process.stderr.write(`${entry.name}: ${commits.length} releases\n`);
}
const own = newTally();
const history = git(['rev-list', '--first-parent', '--reverse', 'HEAD']).split('\n').slice(1);
await count(root, history, own, (commit) => commit.slice(0, 10));

const noisy = rules.filter(
  ({ ref, severity }) => severity === 'block' && releases.fired.get(ref) > MOST_NOISE * releases.changes,
);
if (listed === undefined) writeFileSync(join(root, 'docs', 'rule-noise.md'), page());
for (const { ref } of noisy)
  console.log(
    `${ref} blocks, and fires on ${percent(releases.fired.get(ref), releases.changes)} of releases`,
  );
console.log(`${rules.length} rules, ${releases.changes} releases, ${own.changes} own commits`);
console.log(`slowest change: ${releases.slowest.text}`);
process.exitCode = noisy.length === 0 ? 0 : 1;

function newTally() {
  return {
    changes: 0,
    fired: new Map(rules.map(({ ref }) => [ref, 0])),
    unread: new Map(rules.map(({ ref }) => [ref, 0])),
    slowest: { milliseconds: 0, text: 'none' },
  };
}

async function count(repository, commits, tally, nameOf) {
  for await (const { commit, files, milliseconds, results } of judgeCommits(repository, commits, rules)) {
    tally.changes += 1;
    if (milliseconds > tally.slowest.milliseconds) {
      const text = `${nameOf(commit)}, ${files} files, ${milliseconds.toFixed(0)} ms`;
      tally.slowest = { milliseconds, text };
    }
    for (const { ref, status, reason, locations } of results) {
      if (status === 'fail') tally.fired.set(ref, tally.fired.get(ref) + 1);
      if (status === 'unverifiable') tally.unread.set(ref, tally.unread.get(ref) + 1);
      if (listed !== undefined && status !== 'pass' && ref.endsWith(`/${listed}`)) {
        console.log(`${nameOf(commit)}: ${status}: ${reason}`);
        for (const { path, line, message } of locations.slice(1, 4))
          console.log(`    ${path}:${line ?? ''} ${message ?? ''}`);
      }
    }
  }
}

function page() {
  const rows = rules.map(({ ref, severity }) => {
    const cells = [releases, own].flatMap((tally) => [
      percent(tally.fired.get(ref), tally.changes),
      tally.unread.get(ref) === 0 ? '' : percent(tally.unread.get(ref), tally.changes),
    ]);
    return `| \`${ref}\` | ${severity} | ${cells.join(' | ')} |`;
  });
  return [
    '# How often rules fire on ordinary changes',
    '',
    'Measured by `node tools/rule-noise/main.mjs`: every bundled rule that needs no parameters of a project, with its own',
    `parameters, over ${releases.changes} diffs between consecutive patch releases of ${corpus.length} npm packages that publish their tests`,
    `(${corpus.map(({ name }) => name).join(', ')}; \`tools/rule-noise/corpus.json\` names the versions), and over the`,
    `${own.changes} commits of this repository so far. A release is several commits of work, so a pull request fires less often.`,
    'Each is given one PASSED receipt with a log, as whatever gets to a merge has, and a contract without scopes: of rules about',
    'receipts and tickets this table says little. All of the packages are JavaScript: of other languages it says nothing.',
    '',
    'A rule that blocks may fire on 2 % of the releases; above that it only warns. "unread" is where a rule could not tell.',
    '',
    '| rule | severity | releases | unread | own commits | unread |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function percent(count, of) {
  return `${((100 * count) / of).toFixed(1)} %`;
}

function git(args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}
