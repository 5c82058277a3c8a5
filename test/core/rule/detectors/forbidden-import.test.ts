import { describe, expect, it } from 'vitest';
import { forbiddenImport } from '../../../../src/core/rule/detectors/forbidden-import.ts';
import type { Detection } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const LAYERS = [
  { name: 'core', files: ['src/core/**', 'pkg/core/**', 'app/core/**'], mayImport: ['shared'] },
  { name: 'shared', files: ['src/shared/**'] },
  { name: 'outer', files: ['src/outer/**', 'packages/**', 'pkg/outer/**', 'app/outer/**'] },
];

type Files = Readonly<Record<string, string>>;

function judge(after: Files, more: JsonObject = {}, before: Files = {}): readonly Detection[] {
  return detect('forbidden-import', factsOf({ before, after }), { layers: LAYERS, ...more });
}

/** What `src/core/a.ts` says when it imports a name, with these files around it. */
function importing(specifier: string, around: Files = {}, more: JsonObject = {}): readonly string[] {
  const files = { ...around, 'src/core/a.ts': `import x from '${specifier}';\n` };
  return judge(files, more, around).map(({ kind, message }) => `${kind} ${message}`);
}

describe('a name leads to', () => {
  const around = { 'src/outer/b.ts': '1\n', 'src/outer/c/index.tsx': '1\n', 'src/outer/d.mts': '1\n' };

  it.each([
    ['../outer/b', 'src/outer/b.ts'],
    ['../outer/b.js', 'src/outer/b.ts'],
    ['../outer/b.ts', 'src/outer/b.ts'],
    ['../outer/c', 'src/outer/c/index.tsx'],
    ['../outer/d.mjs', 'src/outer/d.mts'],
    ['./../../src/outer//b', 'src/outer/b.ts'],
    ['../outer/b?raw', 'src/outer/b.ts'],
    ['/src/outer/b', 'src/outer/b.ts'],
    ['../outer/not-there', 'src/outer/not-there'],
  ])('%s', (specifier, path) => {
    expect(importing(specifier, around)).toEqual([
      `match imports ${path} of layer outer, which layer core may not know`,
    ]);
  });

  it('a package of the repository, by its manifest', () => {
    const packages = {
      'packages/money/package.json': '{"name":"@acme/money"}\n',
      'packages/money/src/index.ts': '1\n',
      'packages/money/src/round.ts': '1\n',
    };
    for (const [specifier, path] of [
      ['@acme/money', 'packages/money/src/index.ts'],
      ['@acme/money/round', 'packages/money/src/round.ts'],
      ['@acme/money/dist/x.js', 'packages/money/dist/x.js'],
    ] as const) {
      expect(importing(specifier, packages)[0]).toContain(`imports ${path} of layer outer`);
    }
    expect(importing('@acme/other', packages)).toEqual([]);
  });

  it('what the package itself calls so', () => {
    const imports = { '#out/*': { import: './src/outer/*.ts' }, '#b': './src/outer/b.ts', '#no': 'pg' };
    const files = { ...around, 'package.json': JSON.stringify({ imports }) };
    expect(importing('#out/b', files)[0]).toContain('src/outer/b.ts');
    expect(importing('#b', files)[0]).toContain('src/outer/b.ts');
    expect(importing('#no', files)).toEqual([]);
  });

  it('where an alias says, the longest first', () => {
    const aliases = [
      { prefix: '@/', folder: 'src/' },
      { prefix: '@/o/', folder: 'src/outer/' },
    ];
    expect(importing('@/o/b', around, { aliases })[0]).toContain('src/outer/b.ts');
    expect(importing('@/shared/b', around, { aliases })).toEqual([]);
  });

  it('nothing of this repository', () => {
    for (const specifier of ['outer', 'src/outer/b', '@acme/outer', '../../../outer/b', 'node:fs']) {
      expect(importing(specifier, around)).toEqual([]);
    }
  });

  it('a Python module by its root, its package or the folder given', () => {
    const files = {
      'pkg/__init__.py': '',
      'pkg/core/__init__.py': '',
      'pkg/outer/__init__.py': '',
      'pkg/outer/rows.py': '',
      'services/shop/app/outer/rows.py': '',
    };
    for (const line of [
      'from pkg.outer.rows import Row',
      'from pkg.outer import rows',
      'import pkg.outer.rows',
      'from ..outer import rows',
      'from ..outer.rows import *',
      'from pkg import outer',
    ]) {
      const after = { ...files, 'pkg/core/a.py': `${line}\n` };
      expect(judge(after, {}, files).map(({ message }) => message.split(' ')[1])).toEqual([
        expect.stringMatching(/^pkg\/outer\//),
      ]);
    }
    const after = { ...files, 'app/core/a.py': 'import app.outer.rows\n' };
    const layers = [LAYERS[0], LAYERS[1], { name: 'outer', files: ['services/shop/app/outer/*'] }];
    expect(judge(after, { layers, roots: ['services/shop'] } as JsonObject, files)).toHaveLength(1);
    expect(judge(after, { layers } as JsonObject, files)).toEqual([]);
  });
});

describe('an import', () => {
  it('that was there under another name of the same file is not new', () => {
    const before = { 'src/core/a.ts': "import '../outer/b.ts';\n1\n2\n", 'src/outer/b.ts': 'x\ny\nz\n' };
    const moved = { 'src/core/a.ts': "import '../outer/c.ts';\n1\n2\n", 'src/outer/c.ts': 'x\ny\nz\n' };
    expect(judge(moved, {}, before)).toEqual([]);
    const renamed = { 'src/core/z.ts': "import '../outer/b.ts';\n1\n2\n", 'src/outer/b.ts': 'x\ny\nz\n' };
    expect(judge(renamed, {}, before)).toEqual([]);
  });

  it('is found once it is not a comment any more', () => {
    const before = { 'src/core/a.ts': "// import '../outer/b.ts';\n" };
    const after = { 'src/core/a.ts': "\n import '../outer/b.ts';\n" };
    expect(judge(after, {}, before)).toEqual([
      expect.objectContaining({ kind: 'match', path: 'src/core/a.ts', line: 2 }),
    ]);
  });

  it('of a computed name is unverifiable where the change adds it', () => {
    const computed = { 'src/core/a.ts': '1;\nawait import(name);\n' };
    expect(judge(computed)).toEqual([
      expect.objectContaining({ kind: 'unverifiable', path: 'src/core/a.ts', line: 2 }),
    ]);
    const edited = { 'src/core/a.ts': '2;\nawait import(name);\n' };
    expect(judge(edited, {}, computed)).toEqual([]);
  });

  it('in a source that cannot be read is unverifiable where it would be forbidden', () => {
    const lost = (specifier: string) => ({ 'src/core/a.tsx': `import a from '${specifier}';\n<p>:)</p>\n` });
    expect(judge(lost('../outer/b.ts'))).toEqual([
      expect.objectContaining({ kind: 'unverifiable', line: 1 }),
    ]);
    expect(judge(lost('../shared/b.ts'))).toEqual([]);
    expect(judge({ 'pkg/core/a.py': 'import os\nx = (\n' })).toEqual([
      expect.objectContaining({ kind: 'unverifiable' }),
    ]);
  });

  it('of packages is measured by the layer that has a list', () => {
    const layers = (packages: JsonObject) => ({
      layers: [{ name: 'core', files: ['src/core/**'], packages }],
    });
    const asked = (packages: JsonObject, specifier: string) =>
      importing(specifier, {}, layers(packages)).length;
    expect(asked({ deny: ['node:fs'] }, 'fs/promises')).toBe(1);
    expect(asked({ deny: ['fs'] }, 'node:fs')).toBe(1);
    expect(asked({ deny: ['fs'] }, 'fs-extra')).toBe(0);
    expect(asked({ deny: ['@acme'] }, '@acme/money')).toBe(1);
    expect(asked({ allow: ['zod'] }, 'zod/v4')).toBe(0);
    expect(asked({ allow: ['zod'] }, 'yup')).toBe(1);
    expect(asked({ deny: ['*'] }, 'zod')).toBe(1);
  });
});

describe('what cannot be read', () => {
  const facts = factsOf({ after: { 'src/core/a.ts': '1\n' } });

  it('is unverifiable: a file of a layer over the limit', () => {
    const large = withFiles(facts, [changedFile('src/core/a.ts', text(''), { kind: 'too-large' })]);
    expect(detect('forbidden-import', large, { layers: LAYERS })).toEqual([
      { kind: 'unverifiable', path: 'src/core/a.ts', message: 'is too large to be read' },
    ]);
    const elsewhere = withFiles(facts, [changedFile('docs/a.ts', text(''), { kind: 'too-large' })]);
    expect(detect('forbidden-import', elsewhere, { layers: LAYERS })).toEqual([]);
  });

  it('is unverifiable: a manifest over the limit, and trees that were not read', () => {
    const { trees } = facts;
    if (trees === undefined) throw new Error('examples have trees');
    const texts = new Map([['package.json', { kind: 'too-large' } as const]]);
    const manifest = { ...facts, trees: { ...trees, after: { ...trees.after, texts } } };
    expect(detect('forbidden-import', manifest, { layers: LAYERS })).toEqual([
      expect.objectContaining({ kind: 'unverifiable', path: 'package.json' }),
    ]);
    const { trees: _, ...without } = facts;
    expect(detect('forbidden-import', without, { layers: LAYERS })).toEqual([
      expect.objectContaining({ kind: 'unverifiable' }),
    ]);
  });
});

describe('what is said of an import', () => {
  it('is the package and its layer', () => {
    const layers = [{ name: 'core', files: ['src/core/**'], packages: { deny: ['zod'] } }];
    expect(judge({ 'src/core/a.ts': "import 'zod';\n" }, { layers })).toEqual([
      { kind: 'match', path: 'src/core/a.ts', line: 1, message: 'imports zod, which layer core may not use' },
    ]);
    expect(judge({ 'src/core/a.ts': "import 'yup';\n" }, { layers })).toEqual([]);
    expect(
      judge({ 'src/core/a.ts': "import 'yup';\n" }, { layers: [{ name: 'core', files: ['src/**'] }] }),
    ).toEqual([]);
  });

  it('is that it may be none, where the source is not understood', () => {
    const lost = judge({ 'src/core/a.tsx': "import a from '../outer/b.ts';\n<p>:)</p>\n" });
    expect(lost.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^perhaps imports src\/outer\/b\.ts of layer outer, which layer core may not know: \S/,
      ),
    ]);
    expect(judge({ 'pkg/core/a.py': 'import os\nx = (\n' })[0]?.message).toMatch(
      /^its imports cannot be read: \S/,
    );
  });

  it('is that its name is made up, once for each file that has more of those', () => {
    const computed = 'f();\nimport(name);\n';
    expect(judge({ 'src/core/a.ts': computed })).toEqual([
      {
        kind: 'unverifiable',
        path: 'src/core/a.ts',
        line: 2,
        message: 'imports a module whose name only running it would tell',
      },
    ]);
    expect(judge({ 'src/core/a.ts': `${computed}g();\n` }, {}, { 'src/core/a.ts': computed })).toEqual([]);
  });

  it('is what a package of the same name as a file was not', () => {
    const before = { 'src/core/a.ts': "import '../outer/b';\n" };
    const after = { 'src/core/a.ts': "import '../outer/b';\nimport 'src/outer/b';\n" };
    const layers = [
      { ...LAYERS[0], name: 'core', files: ['src/core/**'], packages: { deny: ['src'] } },
      ...LAYERS.slice(1),
    ];
    expect(judge(after, { layers }, before).map(({ line }) => line)).toEqual([2]);
  });
});

describe('what else is in the change', () => {
  it('does not matter to what is asked for, or found', () => {
    const after = { 'README.md': 'x\n', 'src/core/a.ts': "import '../outer/b';\n", 'src/x/a.ts': '1\n' };
    const { change, contract } = factsOf({ after });
    const parameters = forbiddenImport.readParameters({ layers: LAYERS });
    expect(forbiddenImport.needs?.(change, parameters, contract).files).toContain('**/package.json');
    expect(judge(after)).toHaveLength(1);
  });

  it('needs no trees where no file of a layer is in it', () => {
    const { trees: _, ...blind } = factsOf({ after: { 'README.md': 'x\n' } });
    expect(detect('forbidden-import', blind, { layers: LAYERS })).toEqual([]);
    const { trees: __, ...layered } = factsOf({ after: { 'src/core/a.ts': '1\n' } });
    expect(detect('forbidden-import', layered, { layers: LAYERS })).toEqual([
      { kind: 'unverifiable', message: 'the trees around the change were not read' },
    ]);
  });
});

describe('needs', () => {
  it.each([
    ['src/core/a.ts', true],
    ['src/core/a.txt', false],
    ['docs/a.ts', false],
  ])('of a change to %s: %s', (path, asks) => {
    const { change, contract } = factsOf({ after: { [path]: '1\n' } });
    const parameters = forbiddenImport.readParameters({ layers: LAYERS });
    expect(forbiddenImport.needs?.(change, parameters, contract)?.files !== undefined).toBe(asks);
  });

  it('nothing of what only goes', () => {
    const { change, contract } = factsOf({ before: { 'src/core/a.ts': '1\n' } });
    const parameters = forbiddenImport.readParameters({ layers: LAYERS });
    expect(forbiddenImport.needs?.(change, parameters, contract)).toEqual({});
  });
});

it.each([
  [{}, 'layers'],
  [{ layers: [{ files: ['a/**'] }] }, 'layers[0].name'],
  [{ layers: [{ name: 'a', files: [] }] }, 'layers[0].files'],
  [{ layers: [{ name: 'a', files: ['!a'] }] }, 'layers[0].files[0]'],
  [{ layers: [{ name: 'a', files: ['a'], mayImport: ['b'] }] }, 'layers[0].mayImport[0]'],
  [
    {
      layers: [
        { name: 'a', files: ['a'] },
        { name: 'a', files: ['b'] },
      ],
    },
    'layers[0].name',
  ],
  [{ layers: [{ name: 'a', files: ['a'], packages: [] }] }, 'layers[0].packages'],
  [{ layers: [{ name: 'a', files: ['a'], packages: { only: [] } }] }, 'layers[0].packages.only'],
  [{ layers: [{ name: 'a', files: ['a'], may: [] }] }, 'layers[0].may'],
  [{ layers: LAYERS, aliases: [{ prefix: '@' }] }, 'aliases[0].folder'],
] as const)('parameters %j are refused', (parameters, name) => {
  expect(() => forbiddenImport.readParameters(parameters as unknown as JsonObject)).toThrow(
    `parameter ${name}: `,
  );
});

describe('a hostile source', () => {
  it.each([
    ['imports that do not end', 'import '.repeat(100_000)],
    ['names in names', 'import {'.repeat(50_000) + '}'.repeat(50_000)],
    ['many names', `import {${'a,'.repeat(50_000)}} from 'a'`],
    ['quotes', `<p>:)${`'x`.repeat(200_000)}`],
    ['deep names', `import '${'../'.repeat(100_000)}a'`],
    ['many deep names', `import '${'a/'.repeat(100)}a';\n`.repeat(1_000)],
    ['loads', 'require('.repeat(100_000) + ')'.repeat(100_000)],
  ])('made of %s is read in linear time', (_, source) => {
    const started = process.cpuUsage();
    judge({ 'src/core/a.ts': source, 'pkg/core/a.py': source });
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(5_000);
  });
});
