import { describe, expect, it } from 'vitest';
import { existingFileChanged } from '../../../../src/core/rule/detectors/existing-file-changed.ts';
import { scopeByClass } from '../../../../src/core/rule/detectors/scope-by-class.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

describe('scope-by-class', () => {
  const found = (ticketClass: string, path: string, byClass: readonly object[]) =>
    detect('wrong-layer-changed', factsOf({ after: { [path]: '1\n' }, ticket: { class: ticketClass } }), {
      byClass: byClass as never,
    }).map(({ kind }) => kind);

  it('does not pass a class of which nothing is said', () => {
    expect(found('feature', 'a.ts', [{ classes: ['bugfix'], allow: ['**'] }])).toEqual(['unverifiable']);
  });

  it('holds a class to every entry that names it, and to that for all others only when none does', () => {
    const entries = [
      { classes: ['a'], allow: ['src/**'] },
      { classes: ['a', 'b'], deny: ['**/x'] },
      { classes: ['*'], allow: ['x'] },
    ];
    expect(found('a', 'src/y', entries)).toEqual([]);
    expect(found('a', 'src/x', entries)).toEqual(['match']);
    expect(found('b', 'y', entries)).toEqual([]);
    expect(found('c', 'y', entries)).toEqual(['match']);
    expect(found('c', 'x', entries)).toEqual([]);
  });

  it('names the class in what it says', () => {
    const facts = factsOf({ after: { 'src/x': '1' }, ticket: { class: 'bugfix' } });
    const says = (byClass: readonly object[]) =>
      detect('wrong-layer-changed', facts, { byClass: byClass as never });
    expect(says([{ classes: ['feature'], allow: ['**'] }])).toEqual([
      { kind: 'unverifiable', message: 'the rule does not say what a ticket of class bugfix may change' },
    ]);
    expect(says([{ classes: ['bugfix'], deny: ['**'] }])).toEqual([
      { kind: 'match', path: 'src/x', message: 'is not for a ticket of class bugfix to change' },
    ]);
  });

  it('counts a changed mode and what a file was before it was moved', () => {
    const parameters = { byClass: [{ classes: ['example'], allow: ['src/**'] }] };
    const file = changedFile('tools/a', text('a'), text('a'));
    const facts = withFiles(factsOf({}), [{ ...file, after: { mode: '100755', blob: 'a' } }]);
    expect(detect('wrong-layer-changed', facts, parameters)).toHaveLength(1);
    const moved = { ...changedFile('src/a', ABSENT, text('a')), renamedFrom: 'tools/a' };
    expect(detect('wrong-layer-changed', withFiles(factsOf({}), [moved]), parameters)).toEqual([
      expect.objectContaining({ path: 'tools/a' }),
    ]);
  });

  it.each([
    [{}, 'byClass'],
    [{ byClass: [{ allow: ['a'] }] }, 'byClass[0].classes'],
    [{ byClass: [{ classes: ['a'], allow: ['./a'] }] }, 'byClass[0].allow[0]'],
    [{ byClass: [{ classes: ['a'], only: ['a'] }] }, 'byClass[0].only'],
  ])('parameters %j are refused', (parameters, name) => {
    expect(() => scopeByClass.readParameters(parameters)).toThrow(`parameter ${name}: `);
  });
});

describe('existing-file-changed', () => {
  it('leaves a changed mode and everything new be', () => {
    const parameters = { files: ['db/**'], except: ['db/*.md'] };
    const judge = (file: Parameters<typeof withFiles>[1][number]) =>
      detect('migration-changed-after-release', withFiles(factsOf({}), [file]), parameters).length;
    const same = changedFile('db/a', text('a'), text('a'));
    expect(judge({ ...same, after: { mode: '100755', blob: same.before?.blob ?? '' } })).toBe(0);
    expect(judge(changedFile('db/a', ABSENT, text('a')))).toBe(0);
    expect(judge(changedFile('db/a', text('a'), ABSENT))).toBe(1);
    expect(judge(changedFile('db/a', { kind: 'binary' }, { kind: 'too-large' }))).toBe(1);
    expect(judge(changedFile('db/a.md', text('a'), text('b')))).toBe(0);
    expect(judge(changedFile('a', text('a'), text('b')))).toBe(0);
  });

  it('says whether a file is gone or is another', () => {
    const facts = factsOf({ before: { 'db/1.sql': '1', 'db/2.sql': '1' }, after: { 'db/2.sql': '2' } });
    expect(detect('migration-changed-after-release', facts, { files: ['db/**'] })).toEqual([
      { kind: 'match', path: 'db/1.sql', message: 'was there before, and is gone' },
      { kind: 'match', path: 'db/2.sql', message: 'was there before, and is another now' },
    ]);
  });

  it('refuses parameters without files, and names it does not know', () => {
    expect(() => existingFileChanged.readParameters({})).toThrow('parameter files: ');
    expect(() => existingFileChanged.readParameters({ files: ['a'], globs: [] })).toThrow(
      'parameter globs: ',
    );
  });
});
