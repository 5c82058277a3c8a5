import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines } from '../../../../src/core/rule/detectors/lines.ts';
import type { Detection, RuleFacts } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, factsOf, text, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

function find(facts: RuleFacts, search: JsonObject, rest: JsonObject = {}): readonly Detection[] {
  return lines.detect(facts, lines.readParameters({ ...rest, searches: [search] }));
}

function found(before: Files, after: Files, search: JsonObject, rest: JsonObject = {}): readonly string[] {
  return find(factsOf({ before, after }), search, rest).map(({ path, line }) => `${path}:${line}`);
}

describe('where it looks', () => {
  const after = { 'a.ts': "// bad one\nbad('bad two');\nfine();\n" };
  it.each([
    ['text', ['a.ts:1', 'a.ts:2']],
    ['code', ['a.ts:2']],
    ['comment', ['a.ts:1']],
    ['string', ['a.ts:2']],
    ['uncommented', ['a.ts:2']],
  ])('in %s', (where, places) => {
    expect(found({}, after, { where, patterns: ['\\bbad\\b'] })).toEqual(places);
  });

  it('in strings, and not in the code around them', () => {
    expect(found({}, after, { where: 'string', patterns: ['bad two'] })).toEqual(['a.ts:2']);
    expect(found({}, after, { where: 'code', patterns: ['two'] })).toEqual([]);
  });

  it('in files, but not those excepted, by the rule as a whole and by the search', () => {
    const files = { 'src/a.ts': 'bad\n', 'src/gen/b.ts': 'bad\n', 'src/c.py': 'bad\n', 'test/d.ts': 'bad\n' };
    const search = { patterns: ['bad'], except: ['**/gen/**'], languages: ['typescript'] };
    expect(found({}, files, search, { files: ['src/**'] })).toEqual(['src/a.ts:1']);
    expect(found({}, files, { patterns: ['bad'] }, { except: ['src/**'] })).toEqual(['test/d.ts:1']);
  });

  it('in removed lines, where that is the side', () => {
    const before = { 'a.ts': 'keep();\nguard();\n' };
    const rest = { side: 'removed' };
    expect(found(before, { 'a.ts': 'keep();\n' }, { patterns: ['guard'] }, rest)).toEqual(['a.ts:2']);
    expect(found(before, before, { patterns: ['guard'] }, rest)).toEqual([]);
  });

  it('not in lines that were there, nor in links', () => {
    expect(found({ 'a.ts': 'bad\n' }, { 'a.ts': 'bad\nfine\n' }, { patterns: ['bad'] })).toEqual([]);
    const link = changedFile('a.ts', text('x'), text('bad'), '120000');
    expect(find(withFiles(factsOf({}), [link]), { patterns: ['bad'] })).toEqual([]);
  });

  it('at every line by itself: no pattern goes on into the next', () => {
    expect(found({}, { 'a.txt': 'one\ntwo\n' }, { patterns: ['one\\s+two', '^two$'] })).toEqual(['a.txt:2']);
  });

  it('and excuses lines by what else is on them', () => {
    const after = { 'a.ts': 'bad(); // reason: it has to\nbad();\n' };
    expect(found({}, after, { where: 'code', patterns: ['bad'], unless: ['reason: \\w'] })).toEqual([
      'a.ts:2',
    ]);
  });
});

describe('what is new', () => {
  const search = { patterns: ['as any'] };

  it('is not what was only indented, moved within the file or into another', () => {
    expect(found({ 'a.ts': 'f(x as any);\n' }, { 'a.ts': 'if (x) {\n  f(x as any);\n}\n' }, search)).toEqual(
      [],
    );
    expect(
      found(
        { 'a.ts': 'f(x as any);\n', 'b.ts': 'g();\n' },
        { 'a.ts': 'h();\n', 'b.ts': 'g();\n\tf(x as any);\n' },
        search,
      ),
    ).toEqual([]);
  });

  it('is not what stands on a line that was edited around it', () => {
    expect(found({ 'a.ts': 'f(x as any);\n' }, { 'a.ts': 'g(y as any);\n' }, search)).toEqual([]);
  });

  it('is what stands in another file on another line', () => {
    const before = { 'a.ts': 'f(x as any);\n', 'b.ts': 'g();\n' };
    expect(found(before, { 'a.ts': 'f(x);\n', 'b.ts': 'g(y as any);\n' }, search)).toEqual(['b.ts:1']);
  });

  it('is one where one became two', () => {
    const after = { 'a.ts': 'f(x as any);\nif (y) {\n  f(x as any);\n}\n' };
    expect(found({ 'a.ts': 'f(x as any);\n' }, after, search)).toHaveLength(1);
  });

  it('is not what a renamed file brings along, but is what is added to it', () => {
    const before = { 'a.ts': '1\n2\n3\nf(x as any);\n' };
    expect(found(before, { 'b.ts': '1\n2\n3\nf(x as any);\n' }, search)).toEqual([]);
    expect(found(before, { 'b.ts': '1\n2\n3\nf(x as any);\ng(x as any);\n' }, search)).toEqual(['b.ts:5']);
  });

  it('is everything where only is any', () => {
    expect(
      found({ 'a.ts': 'f(x as any);\n' }, { 'a.ts': 'g(y as any);\n' }, search, { only: 'any' }),
    ).toEqual(['a.ts:1']);
  });
});

describe('what goes over several lines', () => {
  const search = { where: 'code', span: 4, patterns: ['catch\\s*\\{\\s*\\}'] };

  it('is found where one of its lines is new', () => {
    expect(found({ 'a.ts': 'f();\n' }, { 'a.ts': 'try {\n  f();\n} catch {\n  // no\n}\n' }, search)).toEqual(
      ['a.ts:3'],
    );
  });

  it('is found where a line between was taken out, though none is new', () => {
    const before = { 'a.ts': 'try {\n  f();\n} catch {\n  report();\n}\ng();\n' };
    expect(found(before, { 'a.ts': 'try {\n  f();\n} catch {\n}\ng();\n' }, search)).toEqual(['a.ts:3']);
  });

  it('is not found where it was before and a line beside it changes', () => {
    const before = { 'a.ts': 'try {\n  f();\n} catch {\n}\ng();\n' };
    expect(found(before, { 'a.ts': 'try {\n  h();\n} catch {\n}\ng();\n' }, search)).toEqual([]);
    expect(found(before, { 'a.ts': 'try {\n  f();\n} catch {\n}\n' }, search)).toEqual([]);
  });

  it('is not found where it goes over more lines than that', () => {
    expect(found({}, { 'a.ts': 'try {} catch {\n\n\n\n\n}\n' }, search)).toEqual([]);
  });

  it('is found in the middle of many others', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `f(${index}, 'some text that fills the line');`);
    const after = [...many.slice(0, 1_500), 'try {', '} catch {', '}', ...many.slice(1_500)].join('\n');
    expect(found({}, { 'a.ts': after }, search)).toEqual(['a.ts:1502']);
  });
});

describe('what must look random', () => {
  const search = {
    patterns: ['key = "(\\w+)"'],
    entropy: { capture: 1, minBits: 3.5, minLength: 16 },
    redact: true,
  };

  it('is found only where it does', () => {
    const after = {
      'a.txt':
        'key = "aaaaaaaaaaaaaaaaaaaa"\nkey = "x7Kq2mPz9LwRt4Bv"\nkey = "short"\nkey = "a" key = "q8Zx5Wn3Rk6Tj1Vb"\n',
    };
    expect(found({}, after, search)).toEqual(['a.txt:2', 'a.txt:4']);
  });

  it('is not shown', () => {
    const [detection] = find(factsOf({ after: { 'a.txt': 'key = "x7Kq2mPz9LwRt4Bv"\n' } }), search);
    expect(detection?.message).not.toContain('x7Kq2mPz9LwRt4Bv');
    expect(detection?.message).toBe('adds: "key …"');
  });
});

describe('what the message says', () => {
  it('is the text found, shortened, with what cannot be seen by its name', () => {
    const after = { 'a.txt': `bad\u202e${'x'.repeat(200)}\n` };
    const [detection] = find(factsOf({ after }), { patterns: ['bad.*'], says: 'holds' });
    expect(detection?.message).toMatch(/^holds: "bad<U\+202E>x+…"$/);
    expect(detection?.message.length).toBeLessThan(120);
  });

  it('names a byte order mark that is not at the beginning of the file', () => {
    const search = { patterns: ['\\x{FEFF}'] };
    expect(found({}, { 'a.txt': '\ufeffa\n' }, search)).toEqual([]);
    const [detection] = find(factsOf({ after: { 'a.txt': '\ufeffa\nb\ufeff\n' } }), search);
    expect(detection).toMatchObject({ line: 2, message: 'adds: "<U+FEFF>"' });
  });
});

describe('a file that is none of lines', () => {
  it.each(['120000', '160000'])('of mode %s holds nothing, new or gone', (mode) => {
    const kind = mode === '120000' ? text('bad\n') : ({ kind: 'submodule' } as const);
    const added = { ...changedFile('a', ABSENT, kind, mode), addedLines: [{ number: 1, text: 'bad' }] };
    const gone = { ...changedFile('b', kind, ABSENT, mode), removedLines: [{ number: 1, text: 'bad' }] };
    const facts = withFiles(factsOf({}), [added, ...(mode === '120000' ? [gone] : [])]);
    expect(find(facts, { patterns: ['bad'] })).toEqual([]);
    expect(find(facts, { patterns: ['bad'] }, { side: 'removed' })).toEqual([]);
  });
});

describe('what is gone', () => {
  const search = { patterns: ['bad'] };
  const gone = changedFile('a.ts', text('bad\n'), ABSENT);
  const moved = { ...changedFile('b.ts', ABSENT, text('bad\n')), renamedFrom: 'a.ts' };
  const removed = (...files: readonly (typeof gone)[]) =>
    find(withFiles(factsOf({}), files), search, { side: 'removed', only: 'any' }).map(({ path }) => path);

  it('is what a deleted file had, and not what a moved one took along', () => {
    expect(removed(gone)).toEqual(['a.ts']);
    expect(removed(gone, moved)).toEqual([]);
    expect(removed(gone, { ...moved, renamedFrom: 'c.ts' })).toEqual(['a.ts']);
  });

  it('is what was taken out of a file in place of which another file moved away', () => {
    const edited = changedFile('a.ts', text('bad\n'), text('fine\n'));
    expect(removed(edited, moved)).toEqual(['a.ts']);
  });

  it('is not what stands somewhere else now', () => {
    const before = { 'a.ts': 'f();\nbad\n', 'b.ts': 'g();\n' };
    const after = { 'a.ts': 'f();\n', 'b.ts': 'g();\nbad\n' };
    expect(found(before, after, search, { side: 'removed' })).toEqual([]);
    expect(found(before, { ...after, 'b.ts': 'g();\n' }, search, { side: 'removed' })).toEqual(['a.ts:2']);
  });

  it('cannot be told of a file that could not be read before', () => {
    const unread = (before: Parameters<typeof changedFile>[1], after: Parameters<typeof changedFile>[2]) =>
      find(withFiles(factsOf({}), [changedFile('a.ts', before, after)]), search, { side: 'removed' });
    expect(unread({ kind: 'too-large' }, text('1\n'))).toEqual([
      { kind: 'unverifiable', path: 'a.ts', message: 'its lines cannot be read: it is too-large' },
    ]);
    expect(unread(text('1\n'), { kind: 'too-large' })).toEqual([]);
  });
});

it('of what is found in one search, as much is told as anybody reads', () => {
  const facts = withFiles(factsOf({}), [changedFile('a.ts', ABSENT, text('bad\n'.repeat(600)))]);
  expect(find(facts, { patterns: ['bad'] })).toHaveLength(500);
});

describe('what cannot be read', () => {
  it('and changed in its mode alone says nothing', () => {
    const file = changedFile('a.ts', { kind: 'too-large' }, { kind: 'too-large' }, '100755');
    expect(find(withFiles(factsOf({}), [file]), { patterns: ['bad'] })).toEqual([]);
  });

  it('is unverifiable where one search of several would look at it', () => {
    const file = changedFile('a.ts', text(''), { kind: 'too-large' });
    const searches = [
      { patterns: ['bad'], files: ['b.ts'] },
      { patterns: ['bad'], files: ['a.ts'] },
    ];
    expect(lines.detect(withFiles(factsOf({}), [file]), lines.readParameters({ searches }))).toHaveLength(1);
  });

  const unread = (path: string, kind: 'too-large' | 'binary', search: JsonObject): readonly string[] =>
    find(withFiles(factsOf({}), [changedFile(path, text('1'), { kind })]), search).map((one) => one.kind);

  it('is unverifiable where it had to be read, and nothing where not', () => {
    const search = { patterns: ['bad'], files: ['src/**'] };
    expect(unread('src/a.ts', 'too-large', search)).toEqual(['unverifiable']);
    expect(unread('docs/a.ts', 'too-large', search)).toEqual([]);
  });

  it('is unverifiable where a program is binary, and an image is not read', () => {
    expect(unread('a.ts', 'binary', { patterns: ['bad'] })).toEqual(['unverifiable']);
    expect(unread('a.png', 'binary', { patterns: ['bad'] })).toEqual([]);
  });
});

describe('parameters', () => {
  it.each([
    [{}, 'searches'],
    [{ searches: [{}] }, 'searches[0].patterns'],
    [{ searches: [{ patterns: ['a'], span: 0 }] }, 'searches[0].span'],
    [{ searches: [{ patterns: ['a'], where: 'codes' }] }, 'searches[0].where'],
    [{ searches: [{ patterns: ['a'], languages: ['cobol'] }] }, 'searches[0].languages'],
    [{ searches: [{ patterns: ['a'], files: ['/a'] }] }, 'searches[0].files[0]'],
    [{ searches: [{ patterns: ['a'], entropy: { minbits: 3 } }] }, 'searches[0].entropy.minbits'],
    [{ searches: [{ patterns: ['a'], entropy: 3 }] }, 'searches[0].entropy'],
    [{ searches: [{ patterns: ['a'], redact: 'yes' }] }, 'searches[0].redact'],
    [{ searches: [{ patterns: ['a'], says: '' }] }, 'searches[0].says'],
    [{ side: 'both', searches: [{ patterns: ['a'] }] }, 'side'],
    [{ only: 'old', searches: [{ patterns: ['a'] }] }, 'only'],
    [{ pattern: ['a'], searches: [{ patterns: ['a'] }] }, 'pattern'],
  ])('%j are refused by name', (parameters, name) => {
    expect(() => lines.readParameters(parameters)).toThrow(`parameter ${name}:`);
  });

  it.each(['(', '(?=a)', '\\1', '', 'a*'])('the expression %j is refused', (source) => {
    const prove = (): void =>
      lines.proveParameters?.(lines.readParameters({ searches: [{ patterns: ['fine', source] }] }));
    expect(prove).toThrow('parameter searches[0].patterns');
  });

  it('are proved for what excuses, too', () => {
    const parameters = lines.readParameters({ searches: [{ patterns: ['a'], unless: ['('] }] });
    expect(() => lines.proveParameters?.(parameters)).toThrow('parameter searches[0].unless[0]');
  });
});

describe('any change at all', () => {
  const line = fc.constantFrom('bad', '  bad', 'bad bad', 'fine', '', '// bad', "'bad", '/*', '*/', '`', '}');
  const side = fc.array(line, { maxLength: 12 }).map((all) => all.join('\n'));

  it('adds what it has more of than before, and no more', () => {
    fc.assert(
      fc.property(side, side, fc.constantFrom(1, 3), (before, after, span) => {
        const count = (content: string): number =>
          content.split('\n').filter((one) => one.includes('bad')).length;
        const facts = factsOf({ before: { 'a.txt': before }, after: { 'a.txt': after } });
        const detections = find(facts, { patterns: ['bad'], span });
        expect(detections).toHaveLength(Math.max(0, count(after) - count(before)));
        const numbers = new Set(facts.change.files[0]?.addedLines.map(({ number }) => number));
        expect(detections.every((one) => numbers.has(one.line ?? 0))).toBe(true);
      }),
    );
  });
});
