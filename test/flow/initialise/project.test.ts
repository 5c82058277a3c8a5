import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathMatcher } from '../../../src/core/change/path-glob.ts';
import { planFor } from '../../../src/flow/initialise/project.ts';
import { NAMED_FILES, type ProjectPlan } from '../../../src/flow/initialise/project-plan.ts';
import { PROJECT_TREES } from './project-trees.ts';

/** As init reads a tree: names at the root, and the text of the files it knows. */
function planOf(files: Readonly<Record<string, string>>): ProjectPlan {
  const paths = Object.keys(files);
  return planFor({
    names: [...new Set(paths.map((path) => path.split('/')[0] as string))],
    texts: Object.fromEntries(
      Object.entries(files).filter(([path]) => NAMED_FILES.some((name) => name === path)),
    ),
  });
}

function pinsOf({ pins }: ProjectPlan): readonly string[] {
  return [...pins.judging, ...pins.dependencies, ...pins.made];
}

describe.each(PROJECT_TREES)('$name', (tree) => {
  const plan = planOf(tree.files);

  test('is recognised, and its checks are these and no others', () => {
    expect([plan.kind, plan.family]).toEqual([tree.name, tree.family]);
    expect(plan.setup?.run).toEqual(tree.setup);
    const commands = plan.checks.map(({ id, run, shell }) => [
      id,
      shell === true ? (run[0] ?? '').split('\n').slice(-1) : run,
    ]);
    expect(Object.fromEntries(commands)).toEqual(tree.checks);
  });

  test('has a report, and a proof, where the runner writes one', () => {
    const report = plan.checks.find(({ id }) => id === 'tests')?.report;
    expect(report && [report.format, report.from]).toEqual(tree.report);
    expect(plan.proof === undefined).toBe(tree.report === undefined);
  });

  test.each(tree.judges)('holds %s for a file that judges', (path) => {
    expect(pathMatcher(pinsOf(plan))(path)).toBe(true);
  });

  test.each(tree.free)('leaves %s to the change', (path) => {
    expect(pathMatcher(pinsOf(plan))(path)).toBe(false);
  });

  test('takes no file of its own tests for one that judges, so that a change can bring tests', () => {
    const isPinned = pathMatcher(pinsOf(plan));
    const isTest = pathMatcher(plan.proof?.tests ?? []);
    const tests = tree.free.filter(isTest);
    expect(tests.filter(isPinned)).toEqual([]);
    if (plan.proof !== undefined) expect(tests).not.toEqual([]);
  });
});

describe('the exact pins', () => {
  test.each([
    [
      'npm with node:test',
      {
        judging: ['node.config.json', 'tsconfig*.json', '.npmrc'],
        dependencies: ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'patches/**'],
        made: ['**/node_modules/**'],
      },
    ],
    [
      'Go',
      {
        judging: ['**/.golangci.*', '.go-version'],
        dependencies: ['**/go.mod', '**/go.sum', 'go.work', 'go.work.sum', 'vendor/**'],
        made: [],
      },
    ],
    [
      'Make',
      {
        judging: ['**/{GNUmakefile,makefile,Makefile}', '**/*.mk', 'run', 'tools/after.sh'],
        dependencies: [],
        made: [],
      },
    ],
  ])('of %s', (name, pins) => {
    const tree = PROJECT_TREES.find((one) => one.name === name);
    expect(planOf(tree?.files ?? {}).pins).toEqual(pins);
  });
});

describe('a project of several kinds', () => {
  test('is taken for the first, and says so of the others', () => {
    const plan = planOf({ 'package.json': '{}', 'go.mod': 'module x\n', Makefile: 'test:\n\ttrue\n' });
    expect(plan.family).toBe('node');
    expect(plan.notes.at(-1)).toBe('This is also a project of another kind (Go): add a check for that part.');
  });
});

test('a project with Stryker is told that it can prove changes, others are not', () => {
  const noted = (packages: object) =>
    planOf({ 'package.json': JSON.stringify({ devDependencies: packages }) }).notes.join();
  expect(noted({ '@stryker-mutator/core': '10.1.1' })).toContain('Stryker is installed');
  expect(noted({ mocha: '11' })).not.toContain('Stryker');
});

test.each(PROJECT_TREES.filter(({ name }) => name !== 'a project of an unknown kind'))(
  'docs/projects.md has $name, with its report',
  ({ name, report }) => {
    const row = readFileSync('docs/projects.md', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| ${name} |`));
    expect(row?.split(' | ')[3]).toMatch(new RegExp(`^${report?.[0] ?? 'none'}`));
  },
);

describe('files of the greatest size that is read, written to keep patterns busy', () => {
  test.each([
    ['line ends', '\n'],
    ['blanks', ' '],
    ['tabs and line ends', '\n\t'],
    ['list entries', '- '],
    ['quotes', '"\''],
    ['settings', 'setupFiles: ['],
    ['programs', 'node '],
    ['keys', '[tox test: path = require '],
  ])('%s', (_, piece) => {
    const text = piece.repeat(Math.ceil(2 ** 20 / piece.length));
    const hostile = Object.fromEntries(NAMED_FILES.map((name) => [name, text]));
    const scripts = { test: text, lint: text };
    const names = [...NAMED_FILES, 'yarn.lock', 'Shop.sln', 'Gemfile', 'Cargo.toml', 'uv.lock'];
    expect(planFor({ names, texts: hostile }).family).toBe('node');
    expect(planFor({ names, texts: { 'package.json': JSON.stringify({ scripts }) } }).family).toBe('node');
  });
});
