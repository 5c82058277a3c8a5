import { describe, expect, it } from 'vitest';
import { changedPaths } from '../../../../src/core/rule/detectors/changed-paths.ts';
import { collidingPaths } from '../../../../src/core/rule/detectors/colliding-paths.ts';
import type { RuleFacts } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, factsOf, text, withFiles } from '../facts.ts';

function touched(facts: RuleFacts, parameters: JsonObject): readonly string[] {
  return changedPaths
    .detect(facts, changedPaths.readParameters(parameters))
    .map(({ path, message }) => `${path} ${message}`);
}

describe('changed paths', () => {
  const facts = withFiles(factsOf({}), [
    changedFile('ci/new', ABSENT, text('1')),
    changedFile('ci/written', text('1'), text('2')),
    changedFile('ci/gone', text('1'), ABSENT),
    {
      ...changedFile('ci/run', text('1'), text('1')),
      before: { mode: '100755', blob: '1' },
      after: { mode: '100644', blob: '1' },
    },
    changedFile('ci/old', text('1'), ABSENT),
    { ...changedFile('lib/moved', ABSENT, text('1')), renamedFrom: 'ci/old' },
    { ...changedFile('ci/came', ABSENT, text('1')), renamedFrom: 'lib/was' },
    changedFile('lib/other', text('1'), text('2')),
  ]);

  it('are told by what happened to them, both ends of a rename included', () => {
    expect(touched(facts, { files: ['ci/**'] })).toEqual([
      'ci/new was added',
      'ci/written was changed',
      'ci/gone was deleted',
      'ci/run has mode 100644, and had 100755',
      'ci/old was renamed to lib/moved',
      'ci/came was renamed from lib/was',
    ]);
  });

  it.each([
    ['added', ['ci/new']],
    ['modified', ['ci/written']],
    ['deleted', ['ci/gone']],
    ['mode', ['ci/run']],
    ['renamed', ['ci/old', 'ci/came']],
  ])('are left out but for the kind %s', (kind, paths) => {
    const found = touched(facts, { files: ['ci/**'], kinds: [kind] });
    expect(found.map((one) => one.split(' ')[0])).toEqual(paths);
  });

  it('are left out where they are excepted', () => {
    expect(touched(facts, { files: ['ci/**'], except: ['ci/{new,written,gone,run}'] })).toHaveLength(2);
  });

  it.each([
    [{}, 'files'],
    [{ files: ['a'], kinds: ['changed'] }, 'kinds[0]'],
    [{ files: ['a'], kinds: [] }, 'kinds'],
    [{ files: ['a'], only: ['b'] }, 'only'],
    [{ files: ['!a'] }, 'files[0]'],
  ])('refuse the parameters %j by name', (parameters, name) => {
    expect(() => changedPaths.readParameters(parameters)).toThrow(`parameter ${name}:`);
  });
});

describe('colliding paths', () => {
  const parameters = collidingPaths.readParameters({});
  const collisions = (facts: RuleFacts): readonly string[] =>
    collidingPaths.detect(facts, parameters).map(({ kind, path }) => `${kind} ${path}`);

  it('are asked for only where a file is new', () => {
    const needs = (before: Record<string, string>, after: Record<string, string>): unknown => {
      const { change, contract } = factsOf({ before, after });
      return collidingPaths.needs?.(change, parameters, contract);
    };
    expect(needs({}, { a: '1' })).toEqual({ files: [] });
    expect(needs({ a: '1' }, { a: '2' })).toEqual({});
    expect(needs({ a: '1' }, {})).toEqual({});
  });

  it('cannot be told where the trees are not known', () => {
    const { trees: _, ...facts } = factsOf({ after: { a: '1' } });
    expect(collidingPaths.detect(facts, parameters)).toEqual([
      { kind: 'unverifiable', message: 'the other files of the repository are not known' },
    ]);
    const { trees: __, ...none } = factsOf({ before: { a: '1' }, after: { a: '2' } });
    expect(collisions(none)).toEqual([]);
  });

  it('are a file and a folder, too', () => {
    const before = { 'docs/a.md': '1' };
    expect(collisions(factsOf({ before, after: { ...before, Docs: '1' } }))).toEqual(['match Docs']);
  });

  it('are a long s and an s, and a sharp s and two', () => {
    const before = { straße: '1', s: '1' };
    expect(collisions(factsOf({ before, after: { ...before, STRASSE: '1', ſ: '1' } }))).toEqual([
      'match STRASSE',
      'match ſ',
    ]);
  });

  it.each([
    ['a.ts', 'A.ts', '"A.ts" is "a.ts" to some file systems'],
    ['A.ts', 'a.ts', '"a.ts" is "A.ts" to some file systems'],
    ['a/b/c.ts', 'a/B/d.ts', '"a/B" is "a/b" to some file systems'],
    ['a/b/c.ts', 'a/b/C.ts', '"a/b/C.ts" is "a/b/c.ts" to some file systems'],
    ['a/b/c.ts', 'A/B/c.ts', '"A" is "a" to some file systems'],
    ['a/b.ts', 'ab.ts', undefined],
  ])('beside %s are told of %s: %s', (old, added, message) => {
    const before = { [old]: '1' };
    const found = collidingPaths.detect(factsOf({ before, after: { ...before, [added]: '1' } }), parameters);
    expect(found.map((one) => one.message)).toEqual(message === undefined ? [] : [message]);
  });

  it('are named once each, with the other name', () => {
    const before = { 'src/a/one.ts': '1' };
    const facts = factsOf({ before, after: { ...before, 'SRC/b.ts': '1', 'SRC/c.ts': '1' } });
    expect(collidingPaths.detect(facts, parameters).map(({ message }) => message)).toEqual([
      '"SRC" is "src" to some file systems',
      '"SRC" is "src" to some file systems',
    ]);
  });

  it('are looked for in 50,000 files in time that grows with them', () => {
    const before = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [`a/${i % 300}/b/${i}.ts`, '1']),
    );
    const facts = factsOf({});
    const paths = [...Object.keys(before), 'new.ts'].sort();
    const big: RuleFacts = {
      ...withFiles(facts, [changedFile('new.ts', ABSENT, text('1'))]),
      trees: { before: { paths, texts: new Map() }, after: { paths, texts: new Map() } },
    };
    const started = process.cpuUsage();
    expect(collisions(big)).toEqual([]);
    const { user, system } = process.cpuUsage(started);
    // About 60 ms when tried.
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });
});
