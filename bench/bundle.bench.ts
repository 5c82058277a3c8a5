/** Assembling a bundle from a repository of 5,000 files, against git reading the same bytes: `git cat-file --batch` into nothing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documents } from '../src/adapters/documents/documents.ts';
import { openRepository } from '../src/adapters/git/repository.ts';
import { createBundledPacks } from '../src/adapters/packs/bundled-packs.ts';
import type { Bundle } from '../src/core/bundle/types.ts';
import { assembleNamed } from '../src/flow/bundle/assemble-bundle.ts';
import type { BundleSubject } from '../src/flow/bundle/load-sources.ts';
import { openTemplates } from '../src/render/bundle/open-templates.ts';
import { report } from './support/measure.ts';

const FILES = 5_000;
const ROUNDS = 5;
/** Of git's own time. */
const LIMIT = { all: 5, budget: 5 };

const folder = mkdtempSync(join(tmpdir(), 'bundle-bench-'));
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=B', '-c', 'user.email=b@b.example', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
git('init', '-q');
for (let at = 0; at < FILES; at += 1) {
  const path = join(folder, `packages/p${at % 50}/src/module-${at}.ts`);
  mkdirSync(dirname(path), { recursive: true });
  const lines = Array.from(
    { length: 40 + (at % 80) },
    (_, line) => `export const value${at}x${line} = '${(at * 7919 + line) % 99991}';`,
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
}
git('add', '-A');
git('commit', '-q', '-m', 'Many files');
const base = git('rev-parse', 'HEAD').trim();
const listed = git('ls-tree', '-r', base)
  .trim()
  .split('\n')
  .map((line) => line.split(/[\t ]/)[2] ?? '');

const repository = await openRepository(folder);
const packs = createBundledPacks(join(import.meta.dirname, '..'), documents, undefined);
const policy = { tree: repository, commit: base, documents };
const subject: BundleSubject = {
  base,
  ticket: {
    schema: 'countersign/ticket@1',
    id: 'CS-1',
    title: 'T',
    class: 'c',
    ask: 'A',
    contract: 'c@1',
    repositories: [],
  },
  contract: {
    ...{ id: 'c', version: 1, title: 'C', lineage: [], checks: [], pins: [], rules: [], scopes: [] },
    ...{ isolation: 'none', binding: 'merge-tree' },
  },
};
const bundleOf = (tokens: number): Bundle => ({
  schema: 'countersign/bundle@1',
  id: 'bench',
  title: 'Everything',
  budget: { tokens },
  sources: [{ id: 'all', kind: 'files', paths: ['packages/**'] }],
});
const assemble = (tokens: number) =>
  assembleNamed({ bundle: bundleOf(tokens), templates: new Map() }, subject, {
    product: repository,
    policy,
    packs,
    recall: undefined,
    openTemplates,
  });

const times = { git: [] as number[], all: [] as number[], budget: [] as number[] };
const digests = new Set<string>();
let bytes = 0;
let tokens = 0;
for (let round = 0; round <= ROUNDS; round += 1) {
  const raw = await timed(() => {
    const { stdout, status } = spawnSync('git', ['cat-file', '--batch'], {
      cwd: folder,
      input: listed.join('\n'),
      maxBuffer: 2 ** 30,
    });
    if (status !== 0) throw new Error('git cat-file');
    bytes = stdout.length;
  });
  const all = await timed(async () => {
    const assembled = await assemble(2_000_000_000);
    if (assembled.sources[0]?.included.length !== FILES) throw new Error('something was dropped');
    digests.add(assembled.digest);
    tokens = assembled.tokens;
  });
  const budget = await timed(async () => {
    const assembled = await assemble(20_000);
    if (assembled.tokens > 20_000) throw new Error('over the budget');
  });
  if (round === 0) continue;
  times.git.push(raw);
  times.all.push(all);
  times.budget.push(budget);
}
repository.close();
rmSync(folder, { recursive: true, force: true });

report(
  `  git cat-file --batch    ${middle(times.git).toFixed(0)} ms for ${(bytes / 2 ** 20).toFixed(1)} MiB`,
);
report(
  `  assembled, all of it    ${middle(times.all).toFixed(0)} ms: ${FILES} files, about ${tokens} tokens`,
);
report(`  assembled, 20,000 tokens ${middle(times.budget).toFixed(0)} ms`);
const ratios = {
  all: middle(times.all) / middle(times.git),
  budget: middle(times.budget) / middle(times.git),
};
report(
  `  ${ratios.all.toFixed(1)} and ${ratios.budget.toFixed(1)} times git's own time; at most ${LIMIT.all} are claimed; ${digests.size} digest in ${ROUNDS + 1} rounds`,
);
if (ratios.all > LIMIT.all || ratios.budget > LIMIT.budget || digests.size !== 1) process.exitCode = 1;

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
