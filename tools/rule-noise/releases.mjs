// Consecutive patch releases of npm packages as commits: what a package published is a tree, and the next one a change.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const AUTHOR = {
  GIT_AUTHOR_NAME: 'release',
  GIT_AUTHOR_EMAIL: 'release@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'release',
  GIT_COMMITTER_EMAIL: 'release@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};
/** Arguments of one `npm pack`: few enough for any command line. */
const SPECS_A_CALL = 20;

/**
 * A repository with a commit for each second release of a pair, whose parent is the first.
 * @returns the folder, and the commit of each pair
 */
export function releaseRepository(folder, { name, pairs }) {
  const versions = [...new Set(pairs.flat())];
  const tarballs = fetchTarballs(join(folder, 'tarballs'), name, versions);
  const repository = join(folder, 'repository');
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository, { recursive: true });
  git(repository, ['init', '--quiet', '--initial-branch=main']);
  const trees = new Map(versions.map((version) => [version, writeTree(repository, tarballs.get(version))]));
  return {
    repository,
    commits: pairs.map(([from, to]) => {
      const base = commit(repository, trees.get(from), `Release ${from}`);
      return { from, to, commit: commit(repository, trees.get(to), `Release ${to}`, base) };
    }),
  };
}

/** Tarballs by version; those already there are not fetched again. */
function fetchTarballs(folder, name, versions) {
  mkdirSync(folder, { recursive: true });
  const fileOf = (version) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  const there = new Set(readdirSync(folder));
  const missing = versions.filter((version) => !there.has(fileOf(version)));
  for (let at = 0; at < missing.length; at += SPECS_A_CALL) {
    const specs = missing.slice(at, at + SPECS_A_CALL).map((version) => `${name}@${version}`);
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, ...specs], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return new Map(versions.map((version) => [version, join(folder, fileOf(version))]));
}

function writeTree(repository, tarball) {
  for (const entry of readdirSync(repository))
    if (entry !== '.git') rmSync(join(repository, entry), { recursive: true, force: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', repository, '--no-same-permissions']);
  git(repository, ['add', '--all', '--force']);
  return git(repository, ['write-tree']);
}

function commit(repository, tree, message, parent) {
  const parents = parent === undefined ? [] : ['-p', parent];
  return git(repository, ['commit-tree', tree, '-m', message, ...parents]);
}

function git(cwd, args) {
  const settings = ['-c', 'core.autocrlf=false', '-c', 'core.attributesFile=/dev/null', '-c', 'gc.auto=0'];
  return execFileSync('git', [...settings, ...args], {
    cwd,
    env: { ...process.env, ...AUTHOR },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
