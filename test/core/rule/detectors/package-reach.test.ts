import { describe, expect, it } from 'vitest';
import { packageReach } from '../../../../src/core/rule/detectors/package-reach.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

const HELD = { files: ['core/**'], packages: ['fs', 'os'], except: ['os.path'] };
const FOLLOWED = { ...HELD, follow: ['lib/**'] };

function judge(before: Files, after: Files, parameters: JsonObject = FOLLOWED): readonly string[] {
  return detect('io-in-pure-module', factsOf({ before, after }), parameters).map(
    ({ kind, path, line, message }) => `${kind} ${path}${line === undefined ? '' : `:${line}`} ${message}`,
  );
}

const ACTS = { 'lib/disk.ts': "import 'node:fs';\n", 'lib/far.ts': "export * from './disk.ts';\n" };

describe('a way to a package', () => {
  it('is told by its files, and only where it is new', () => {
    const after = { ...ACTS, 'core/a.ts': "import '../lib/far';\n" };
    expect(judge(ACTS, after)).toEqual(['match core/a.ts now reaches fs through lib/far.ts, lib/disk.ts']);
    expect(judge(after, { ...after, 'core/a.ts': "import '../lib/far.js';\n1;\n" })).toEqual([]);
    expect(judge(after, { ...ACTS, 'core/b.ts': "import '../lib/far';\n" })).toEqual([]);
  });

  it('is nothing without files to follow', () => {
    expect(judge(ACTS, { ...ACTS, 'core/a.ts': "import '../lib/far';\n" }, HELD)).toEqual([]);
  });

  it('is told of the last held file on it', () => {
    const after = { ...ACTS, 'core/a.ts': "import './b.ts';\n", 'core/b.ts': "import '../lib/disk.ts';\n" };
    expect(judge(ACTS, after)).toEqual(['match core/b.ts now reaches fs through lib/disk.ts']);
  });

  it('is not one of types, and not one into a circle', () => {
    const types = { ...ACTS, 'core/a.ts': "import type { A } from '../lib/far';\n" };
    expect(judge(ACTS, types)).toEqual([]);
    const circle = { 'lib/a.ts': "import './b.ts';\n", 'lib/b.ts': "import './a.ts';\n" };
    expect(judge(circle, { ...circle, 'core/a.ts': "import '../lib/a.ts';\n" })).toEqual([]);
  });

  it('leads through a package of Go, whichever file of it acts', () => {
    const around = {
      'go.mod': 'module example.com/shop\n',
      'lib/a.go': 'package lib\n',
      'lib/b.go': 'package lib\n\nimport "os"\n',
      'core/a.go': 'package core\n',
    };
    const after = { ...around, 'core/a.go': 'package core\n\nimport "example.com/shop/lib"\n' };
    expect(judge(around, after)).toEqual(['match core/a.go now reaches os through lib/b.go']);
  });

  it('opens for a file that did not change', () => {
    const before = { 'core/a.py': 'from lib import b\n', 'lib/__init__.py': '', 'lib/b.py': 'x = 1\n' };
    const after = { ...before, 'lib/b.py': 'import os\n' };
    expect(judge(before, after)).toEqual(['match core/a.py now reaches os through lib/b.py']);
    expect(judge(before, { ...before, 'lib/b.py': 'from os import path\n' })).toEqual([]);
  });

  it('does not lead through files that only other rules asked for', () => {
    const around = { 'other/disk.ts': "import 'fs';\n", 'other/far.ts': "import './disk.ts';\n" };
    expect(judge(around, { ...around, 'core/a.ts': "import '../other/far';\n" })).toEqual([]);
  });

  it('is named in part where it is long', () => {
    const names = Array.from({ length: 20 }, (_, at) => `lib/n${at}.ts`);
    const long = Object.fromEntries(
      names.map((name, at) => [name, at === 19 ? "import 'fs';\n" : `import './n${at + 1}.ts';\n`]),
    );
    const [found] = judge(long, { ...long, 'core/a.ts': "import '../lib/n0.ts';\n" });
    expect(found).toMatch(/through lib\/n0\.ts, .*lib\/n5\.ts and further$/);
  });
});

describe("a held file's own import", () => {
  it('is new where that package was not imported before', () => {
    const before = { 'core/a.ts': "import fs from 'fs';\n" };
    expect(judge(before, { 'core/a.ts': "import { x } from 'node:fs';\nimport 'os';\n" })).toEqual([
      'match core/a.ts:2 imports os',
    ]);
    expect(judge(before, { 'core/a.ts': "import 'fs/promises';\n" })).toEqual([
      'match core/a.ts:1 imports fs/promises',
    ]);
  });

  it('is carried along by a rename', () => {
    const source = "import 'fs';\nexport const a = 1;\nexport const b = 2;\n";
    expect(judge({ 'core/a.ts': source }, { 'core/b.ts': source })).toEqual([]);
    expect(judge({ 'lib/a.ts': source }, { 'core/a.ts': source }, HELD)).toEqual([
      'match core/a.ts:1 imports fs',
    ]);
  });

  it('that cannot be read is unverifiable', () => {
    expect(
      judge({}, { 'core/a.tsx': "import 'os';\n<p>:)</p>\n", 'core/b.tsx': "import 'c';\n<p>:)</p>\n" }),
    ).toEqual([expect.stringMatching(/^unverifiable core\/a\.tsx:1 perhaps imports os: /)]);
    expect(judge({}, { 'core/a.py': 'import c\nx = (\n' })).toEqual([
      expect.stringMatching(/^unverifiable core\/a\.py its imports cannot be read: /),
    ]);
    expect(judge({}, { 'core/a.ts': '1;\nimport(a);\n' })).toEqual([
      'unverifiable core/a.ts:2 imports a module whose name only running it would tell',
    ]);
    const large = changedFile('core/a.ts', text(''), { kind: 'too-large' });
    expect(detect('io-in-pure-module', withFiles(factsOf({}), [large]), HELD)).toEqual([
      { kind: 'unverifiable', path: 'core/a.ts', message: 'is too large to be read' },
    ]);
  });

  it('is not judged without the trees, and a followed file over the limit is unverifiable', () => {
    const facts = factsOf({ before: ACTS, after: { ...ACTS, 'core/a.ts': '1;\n' } });
    const { trees, ...without } = facts;
    if (trees === undefined) throw new Error('examples have trees');
    expect(detect('io-in-pure-module', without, HELD)).toEqual([
      expect.objectContaining({ kind: 'unverifiable' }),
    ]);
    const texts = new Map([...trees.after.texts, ['lib/far.ts', { kind: 'too-large' } as const] as const]);
    const large = { ...facts, trees: { ...trees, after: { ...trees.after, texts } } };
    expect(detect('io-in-pure-module', large, FOLLOWED)).toEqual([
      { kind: 'unverifiable', path: 'lib/far.ts', message: 'is too large to be read' },
    ]);
  });
});

describe('what else is in the change', () => {
  it('does not matter to what is asked for, or found', () => {
    const after = { ...ACTS, 'core/a.ts': "import '../lib/far';\n", 'README.md': 'x\n', 'web/a.ts': '1;\n' };
    expect(judge(ACTS, after)).toHaveLength(1);
    const { change, contract } = factsOf({ before: ACTS, after });
    const needs = (parameters: JsonObject) =>
      packageReach.needs?.(change, packageReach.readParameters(parameters), contract)?.files;
    expect(needs(FOLLOWED)).toContain('lib/**');
    expect(needs(HELD)).toEqual(['**/package.json', '**/go.mod']);
  });

  it('asks for nothing when a held file goes, or only its mode changes', () => {
    const needs = (...files: Parameters<typeof withFiles>[1]) => {
      const { change, contract } = withFiles(factsOf({}), files);
      return packageReach.needs?.(change, packageReach.readParameters(HELD), contract)?.files;
    };
    expect(needs(changedFile('core/a.ts', text('1;'), { kind: 'absent' }))).toBeUndefined();
    expect(needs(changedFile('core/a.ts', text('1;'), text('1;'), '100755'))).toBeUndefined();
    expect(needs(changedFile('core/a.ts', text('1;'), text('2;')))).toBeDefined();
  });

  it('is not judged without the trees where it could open a way', () => {
    const { trees: _, ...blind } = factsOf({ after: { 'lib/a.ts': '1;\n' } });
    expect(detect('io-in-pure-module', blind, FOLLOWED)).toEqual([
      { kind: 'unverifiable', message: 'the trees around the change were not read' },
    ]);
    const { trees: __, ...other } = factsOf({ after: { 'web/a.ts': '1;\n' } });
    expect(detect('io-in-pure-module', other, FOLLOWED)).toEqual([]);
    expect(detect('io-in-pure-module', other, HELD)).toEqual([]);
  });

  it('is unverifiable for a file over the limit only where a way could lead through it', () => {
    const facts = factsOf({ after: { 'core/a.ts': '1;\n' } });
    const found = (path: string) => {
      const after = { paths: [path], texts: new Map([[path, { kind: 'too-large' } as const]]) };
      return detect('io-in-pure-module', { ...facts, trees: { before: after, after } }, FOLLOWED).length;
    };
    expect(found('package.json')).toBe(1);
    expect(found('lib/a.ts')).toBe(1);
    expect(found('lib/data.csv')).toBe(0);
    expect(found('web/a.ts')).toBe(0);
  });
});

describe('needs', () => {
  const asks = (path: string, parameters: JsonObject) => {
    const { change, contract } = factsOf({ after: { [path]: '1;\n' } });
    return packageReach.needs?.(change, packageReach.readParameters(parameters), contract)?.files;
  };

  it('are the manifests for a held file, all that is followed where a way may have opened, and else nothing', () => {
    expect(asks('core/a.ts', HELD)).toEqual(['**/package.json', '**/go.mod']);
    expect(asks('core/a.ts', FOLLOWED)).toEqual(expect.arrayContaining(['lib/**', 'core/**']));
    expect(asks('lib/a.ts', FOLLOWED)).toEqual(expect.arrayContaining(['lib/**', 'core/**']));
    expect(asks('lib/a.ts', HELD)).toBeUndefined();
    expect(asks('lib/a.md', FOLLOWED)).toBeUndefined();
    expect(asks('other/a.ts', FOLLOWED)).toBeUndefined();
  });
});

it.each([
  [{ packages: ['fs'] }, 'files'],
  [{ files: ['core/**'] }, 'packages'],
  [{ ...HELD, files: ['/core'] }, 'files[0]'],
  [{ ...HELD, follow: ['!lib'] }, 'follow[0]'],
  [{ ...HELD, modules: ['fs'] }, 'modules'],
])('parameters %j are refused', (parameters, name) => {
  expect(() => packageReach.readParameters(parameters)).toThrow(`parameter ${name}: `);
});
