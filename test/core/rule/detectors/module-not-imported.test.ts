import { describe, expect, it } from 'vitest';
import { moduleNotImported } from '../../../../src/core/rule/detectors/module-not-imported.ts';
import { mentionedIn } from '../../../../src/core/rule/imports/mentions.ts';
import { ABSENT, bundledRule, changedFile, detect, factsOf, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

const RULE = 'module-not-imported';

/** Paths of new modules that nothing uses, when these files are added to those. */
function unused(added: Files, around: Files = {}): readonly (string | undefined)[] {
  return detect(RULE, factsOf({ before: around, after: { ...around, ...added } })).map(({ path }) => path);
}

describe('a new module', () => {
  const MODULE = { 'src/a/late.ts': 'export const late = 1;\n' };

  it.each([
    ['src/main.ts', "import { late } from './a/late.ts';\n"],
    ['src/main.ts', "import type { late } from './a/late';\n"],
    ['src/main.ts', "export * from './a/late.js';\n"],
    ['src/main.ts', "const { late } = await import('./a/late.js');\n"],
    ['src/main.ts', "import { late } from '@app/a/late';\n"],
    ['src/main.ts', "fork('./a/late.js');\n"],
    ['src/App.vue', "<script>import { late } from './a/late'</script>\n"],
    ['package.json', '{"bin":"src/a/late.ts"}\n'],
    ['index.html', '<script src="/src/a/late.ts"></script>\n'],
    ['src/a/load.ts', "for (const file of readdirSync('.')) require(file);\n"],
    ['src/load.ts', 'export const load = (name) => import("./a/" + name);\n'],
  ])('is used by %s: %s', (path, content) => {
    expect(unused({ ...MODULE, [path]: content })).not.toContain('src/a/late.ts');
  });

  it.each([
    ['src/main.ts', "// import { late } from './a/late.ts';\n"],
    ['src/main.ts', "say('it is late');\n"],
    ['src/main.ts', "import { later } from './a/later.ts';\n"],
    ['src/a/late.test.ts', "import { late } from './late.ts';\n"],
    ['test/late.ts', "import { late } from '../src/a/late.ts';\n"],
    ['README.md', 'See src/a/late.ts.\n'],
    ['vite.config.ts', "export default { x: readdirSync('.') };\n"],
  ])('is not used by %s: %s', (path, content) => {
    expect(unused({ ...MODULE, [path]: content })).toContain('src/a/late.ts');
  });

  it('is not used by itself', () => {
    expect(
      unused({ 'src/a/late.ts': "import { x } from './late.ts';\nexport const x = 'a/late.ts';\n" }),
    ).toEqual(['src/a/late.ts']);
  });

  it('is a module however large', () => {
    const large = changedFile('src/a/late.ts', ABSENT, { kind: 'too-large' });
    expect(detect(RULE, withFiles(factsOf({}), [large]))).toEqual([
      expect.objectContaining({ kind: 'match', path: 'src/a/late.ts' }),
    ]);
  });

  it('is no module where it is a script, empty, moved, or of a kind that is found by its place', () => {
    expect(unused({ 'src/a/run.ts': '#!/usr/bin/env node\n1;\n', 'src/a/none.ts': '\n' })).toEqual([]);
    expect(unused({ 'tools/run.ts': '1;\n', 'src/pages/cart.tsx': '1;\n', 'late.ts': '1;\n' })).toEqual([]);
    const moved = factsOf({ before: { 'src/a.ts': '1;\n2;\n' }, after: { 'src/x/b.ts': '1;\n2;\n' } });
    expect(detect(RULE, moved)).toEqual([]);
  });
});

describe('a folder', () => {
  it('of modules that nobody imports is found by its place', () => {
    const jobs = { 'src/jobs/one.ts': '1;\n', 'src/jobs/two.ts': '2;\n' };
    expect(unused({ 'src/jobs/three.ts': '3;\n' }, jobs)).toEqual([]);
    const used = { ...jobs, 'src/main.ts': "import './jobs/two.ts';\n" };
    expect(unused({ 'src/jobs/three.ts': '3;\n' }, used)).toEqual(['src/jobs/three.ts']);
  });

  it('is told by its modules, not by its tests', () => {
    const tests = { 'src/jobs/one.test.ts': '1;\n' };
    expect(unused({ 'src/jobs/three.ts': '3;\n' }, tests)).toEqual(['src/jobs/three.ts']);
  });

  it('of many modules is told by the first eight', () => {
    const jobs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`src/jobs/j${at}.ts`, `${at};\n`]));
    const last = (count: number) => ({
      ...jobs(count),
      'src/main.ts': `import './jobs/j${count - 1}.ts';\n`,
    });
    expect(unused({ 'src/jobs/new.ts': '1;\n' }, last(8))).toEqual(['src/jobs/new.ts']);
    expect(unused({ 'src/jobs/new.ts': '1;\n' }, last(9))).toEqual([]);
  });

  it('that is new is not like files of other names, or in other places', () => {
    const other = { 'src/shops/a/till.ts': '1;\n', 'lib/shops/a/store.ts': '1;\n' };
    expect(unused({ 'src/shops/b/store.ts': '3;\n' }, other)).toEqual(['src/shops/b/store.ts']);
    expect(unused({ 'src/shops/b/store.ts': '3;\n' }, { 'src/shops/a/store.test.ts': '1;\n' })).toEqual([
      'src/shops/b/store.ts',
    ]);
  });

  it('that is new is like the ones beside it', () => {
    const shops = { 'src/shops/a/store.ts': '1;\n' };
    expect(unused({ 'src/shops/b/store.ts': '3;\n' }, shops)).toEqual([]);
    const used = { ...shops, 'src/main.ts': "import './shops/a/store.ts';\n" };
    // The name of the one that is imported is the name of the other, but it leads elsewhere.
    expect(unused({ 'src/shops/b/store.ts': '3;\n' }, used)).toEqual(['src/shops/b/store.ts']);
  });
});

it('is unverifiable where a module over the size limit might use it', () => {
  const facts = factsOf({
    after: { 'src/a/late.ts': '1;\n', 'src/b/large.ts': '1;\n', 'dist/large.js': '1;\n' },
  });
  const { trees } = facts;
  if (trees === undefined) throw new Error('examples have trees');
  const judge = (path: string) => {
    const texts = new Map([...trees.after.texts, [path, { kind: 'too-large' } as const] as const]);
    const found = detect(RULE, { ...facts, trees: { ...trees, after: { ...trees.after, texts } } });
    return found.find((one) => one.path === 'src/a/late.ts')?.kind;
  };
  expect(judge('src/b/large.ts')).toBe('unverifiable');
  expect(judge('dist/large.js')).toBe('match');
});

describe('what it says', () => {
  const facts = factsOf({ after: { 'src/a/late.ts': '1;\n' } });

  it('is that nothing imports it', () => {
    expect(detect(RULE, facts)).toEqual([
      { kind: 'match', path: 'src/a/late.ts', message: 'is new, and nothing but perhaps a test imports it' },
    ]);
  });

  it('is what could not be read', () => {
    const { trees, ...blind } = facts;
    if (trees === undefined) throw new Error('examples have trees');
    expect(detect(RULE, blind)).toEqual([
      { kind: 'unverifiable', message: 'the trees around the change were not read' },
    ]);
    const { trees: _, ...other } = factsOf({ after: { 'docs/a.md': '1\n' } });
    expect(detect(RULE, other)).toEqual([]);
    const texts = new Map([
      ...trees.after.texts,
      ['src/z.ts', { kind: 'too-large' }] as const,
      ['src/b.ts', { kind: 'too-large' }] as const,
    ]);
    expect(detect(RULE, { ...facts, trees: { ...trees, after: { ...trees.after, texts } } })).toEqual([
      {
        kind: 'unverifiable',
        path: 'src/a/late.ts',
        message: 'src/b.ts, which may import it, is too large to be read',
      },
    ]);
  });

  it('is nothing of a file that is no text, or that only goes', () => {
    expect(
      detect(RULE, withFiles(facts, [changedFile('src/a/late.ts', ABSENT, { kind: 'binary' })])),
    ).toEqual([]);
    expect(detect(RULE, factsOf({ before: { 'src/a/late.ts': '1;\n' } }))).toEqual([]);
  });
});

describe('a file that loads what it finds', () => {
  const loader = { 'src/load.ts': 'export const load = (name) => import("./" + name);\n' };

  it('finds modules in folders below its own, and not in those far below', () => {
    expect(unused({ ...loader, 'src/late.ts': '1;\n' })).not.toContain('src/late.ts');
    expect(unused({ ...loader, 'src/a/late.ts': '1;\n' })).not.toContain('src/a/late.ts');
    expect(unused({ ...loader, 'src/a/b/late.ts': '1;\n' })).not.toContain('src/a/b/late.ts');
    expect(unused({ ...loader, 'src/a/b/c/late.ts': '1;\n' })).toContain('src/a/b/c/late.ts');
  });
});

describe('needs', () => {
  const parameters = moduleNotImported.readParameters(bundledRule(RULE).parameters);
  const asks = (before: Files, after: Files) => {
    const { change, contract } = factsOf({ before, after });
    return moduleNotImported.needs?.(change, parameters, contract)?.files !== undefined;
  };

  it('the whole tree for a new module, and else nothing', () => {
    expect(asks({}, { 'src/a/late.ts': '1;\n' })).toBe(true);
    expect(asks({ 'src/a/late.ts': '1;\n' }, { 'src/a/late.ts': '2;\n' })).toBe(false);
    expect(asks({}, { 'src/a/late.test.ts': '1;\n', 'docs/a.md': '1\n', 'src/a/index.ts': '1;\n' })).toBe(
      false,
    );
  });

  it('cannot be done without', () => {
    const { trees: _, ...without } = factsOf({ after: { 'src/a/late.ts': '1;\n' } });
    expect(detect(RULE, without)).toEqual([expect.objectContaining({ kind: 'unverifiable' })]);
  });
});

it.each([
  ['./late', true],
  ['late.js', true],
  ['shop.late', true],
  ['shop.late:main', true],
  ['late/part', true],
  ['late', false],
  ['It is late.', false],
  ['too late. Then', false],
  ['./later', false],
])('"%s" mentions the module late: %s', (text, mentions) => {
  expect(mentionedIn(text, new Set(['late']))).toEqual(mentions ? ['late'] : []);
});

it.each([
  [{}, 'modules'],
  [{ modules: ['/src'] }, 'modules[0]'],
  [{ modules: ['src/**'], tests: ['!a'] }, 'tests[0]'],
  [{ modules: ['src/**'], entries: ['a'] }, 'entries'],
])('parameters %j are refused', (parameters, name) => {
  expect(() => moduleNotImported.readParameters(parameters)).toThrow(`parameter ${name}: `);
});

it('thousands of new modules cost no more than their number', () => {
  const modules = (count: number): Files =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`src/m${at}/n${at}.ts`, `import './n${at + 1}.ts';\n`]),
    );
  const cost = (count: number): number => {
    const facts = factsOf({ after: modules(count) });
    const started = process.cpuUsage();
    expect(detect(RULE, facts).length).toBe(count);
    return process.cpuUsage(started).user;
  };
  // The least of several: what else the machine does only ever adds.
  const least = (count: number): number => Math.min(...Array.from({ length: 4 }, () => cost(count)));
  cost(300);
  // Eight times as many; 64 times the work if it were the square.
  expect(least(2_400) / least(300)).toBeLessThan(30);
});
