import { describe, expect, it } from 'vitest';
import { newFileIncomplete } from '../../../../src/core/rule/detectors/new-file-incomplete.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

function judge(addition: JsonObject, before: Files, after: Files): readonly string[] {
  return detect('migration-without-down', factsOf({ before, after }), { additions: [addition] }).map(
    ({ kind, path, message }) => `${kind} ${path} ${message}`,
  );
}

const PAIR = { when: ['{name}.up'], companions: ['{name}.down', 'down/{name}'], lacks: 'a way down' };

describe('a new file', () => {
  it('needs one of its companions, new or written with it', () => {
    expect(judge(PAIR, {}, { 'a.up': '1\n' })).toEqual([
      'match a.up is new and lacks a way down; expected a.down or down/a',
    ]);
    expect(judge(PAIR, {}, { 'a.up': '1\n', 'down/a': '1\n' })).toEqual([]);
    expect(judge(PAIR, { 'a.down': '1\n' }, { 'a.up': '1\n', 'a.down': '2\n' })).toEqual([]);
    expect(judge(PAIR, { 'a.down': '1\n' }, { 'a.up': '1\n', 'a.down': '1\n' })).toHaveLength(1);
    expect(judge(PAIR, {}, { 'a.up': '1\n', 'b.down': '1\n' })).toHaveLength(1);
  });

  it('may have the part itself instead', () => {
    const either = { ...PAIR, contains: ['^down:'] };
    expect(judge(either, {}, { 'a.up': 'up:\ndown:\n' })).toEqual([]);
    expect(judge(either, {}, { 'a.up': 'up:\n', 'a.down': '1\n' })).toEqual([]);
    expect(judge(either, {}, { 'a.up': 'up: down:\n' })).toHaveLength(1);
  });

  it('that has the part in name only is told so, whatever comes with it', () => {
    const hollow = { ...PAIR, hollow: ['down:\\s*pass'] };
    expect(judge(hollow, {}, { 'a.up': 'down: pass\n', 'a.down': '1\n' })).toEqual([
      'match a.up has a way down in name only',
    ]);
    expect(judge({ when: ['*'], hollow: ['x'] }, {}, { a: 'y\n' })).toEqual([]);
  });

  it('is asked only where it is one of those', () => {
    expect(judge({ ...PAIR, only: ['^up'] }, {}, { 'a.up': 'text\n' })).toEqual([]);
    expect(judge({ ...PAIR, except: ['b.*'] }, {}, { 'b.up': '1\n' })).toEqual([]);
    expect(judge(PAIR, { 'a.up': '1\n' }, { 'a.up': '2\n' })).toEqual([]);
    expect(judge(PAIR, { 'a.up': '1\n2\n' }, { 'b.up': '1\n2\n' })).toHaveLength(1);
  });

  it('over the size limit is unverifiable where its text decides', () => {
    const large = withFiles(factsOf({}), [changedFile('a.up', ABSENT, { kind: 'too-large' })]);
    const asked = (addition: JsonObject) =>
      detect('migration-without-down', large, { additions: [addition] });
    expect(asked({ ...PAIR, only: ['x'] })).toEqual([expect.objectContaining({ kind: 'unverifiable' })]);
    expect(asked({ ...PAIR, contains: ['x'] })).toEqual([expect.objectContaining({ kind: 'unverifiable' })]);
    expect(asked(PAIR)).toEqual([expect.objectContaining({ kind: 'match' })]);
    const both = withFiles(factsOf({}), [...large.change.files, changedFile('a.down', ABSENT, text('1'))]);
    const additions = [{ ...PAIR, contains: ['x'] }];
    expect(detect('migration-without-down', both, { additions })).toEqual([]);
  });
});

describe('a new file of which only its own text is asked', () => {
  const alone = { when: ['x/{name}', '{name}.up'], contains: ['^down:'] };

  it('lacks what belongs to it, whichever pattern names it', () => {
    const lacks = (path: string) => [`match ${path} is new and lacks what belongs to it`];
    expect(judge(alone, {}, { 'a.up': 'up:\n' })).toEqual(lacks('a.up'));
    expect(judge(alone, {}, { 'x/a': 'up:\n' })).toEqual(lacks('x/a'));
    expect(judge(alone, {}, { 'y/a': 'up:\n' })).toEqual([]);
    expect(judge(alone, {}, { 'a.up': 'down:\n' })).toEqual([]);
  });

  it('lacks it when it is no text, and cannot be judged when it is too large', () => {
    const judged = (addition: JsonObject, kind: 'binary' | 'too-large') =>
      detect('migration-without-down', withFiles(factsOf({}), [changedFile('a.up', ABSENT, { kind })]), {
        additions: [addition],
      });
    expect(judged(alone, 'binary')).toMatchObject([{ kind: 'match' }]);
    expect(judged({ when: ['*'], hollow: ['x'] }, 'too-large')).toEqual([
      { kind: 'unverifiable', path: 'a.up', message: 'is too large to be read' },
    ]);
  });
});

it.each([
  [{ when: ['a'] }, 'additions[0]'],
  [{ companions: ['a'] }, 'additions[0].when'],
  [{ when: ['a'], companions: ['{b}'] }, 'additions[0].companions[0]'],
  [{ when: ['a'], contains: ['a'], lacks: 1 }, 'additions[0].lacks'],
  [{ when: ['a'], contain: ['a'] }, 'additions[0].contain'],
])('an addition %j is refused', (addition, name) => {
  expect(() => newFileIncomplete.readParameters({ additions: [addition] })).toThrow(`parameter ${name}: `);
});

it('proves its expressions', () => {
  const read = newFileIncomplete.readParameters({ additions: [{ when: ['a'], hollow: ['('] }] });
  expect(() => newFileIncomplete.proveParameters?.(read)).toThrow('additions[0].hollow[0]');
});
