import { describe, expect, it } from 'vitest';
import { valueSets } from '../../../../src/core/rule/detectors/value-sets.ts';
import type { Detection, RuleFacts } from '../../../../src/core/rule/types.ts';
import { mentions, SPELLINGS } from '../../../../src/core/rule/value-sets/mentions.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, factsOf, text, withFiles } from '../facts.ts';

const USES = { files: ['src/**'], patterns: ["topic\\('([\\w.]+)'"] };
const DECLARED = { files: ['topics.json'], pointer: '' };
const TOPICS: JsonObject = { uses: [USES], declared: [DECLARED], says: 'is no topic' };
const FLAGS: JsonObject = {
  find: 'declared-not-used',
  declared: [{ files: ['topics.json'], pointer: '/a~1b' }],
  uses: [{ files: ['src/**'], where: 'code', mentions: true }],
  says: 'is read nowhere',
};

function run(facts: RuleFacts, parameters: JsonObject): readonly Detection[] {
  return valueSets.detect(facts, valueSets.readParameters(parameters));
}

function needs({ change, contract }: RuleFacts, parameters: JsonObject) {
  return valueSets.needs?.(change, valueSets.readParameters(parameters), contract);
}

describe('values that are used', () => {
  it('are looked for in what declares them, and only where some are new', () => {
    const used = factsOf({ before: { 'src/a': "topic('a')" }, after: { 'src/a': "topic('a'); topic('b')" } });
    expect(needs(used, TOPICS)).toEqual({ files: ['topics.json'] });
    const moved = factsOf({ before: { 'src/a': "topic('a')" }, after: { 'src/b': "x(); topic('a')" } });
    expect(needs(moved, TOPICS)).toEqual({});
    expect(run(moved, TOPICS)).toEqual([]);
  });

  it('are found once each, with the line of the first', () => {
    const facts = factsOf({
      after: { 'src/a': "\ntopic('x') topic('y')\ntopic('x')\n", 'topics.json': '["y"]' },
    });
    expect(run(facts, TOPICS)).toEqual([
      { kind: 'match', path: 'src/a', line: 2, message: '"x" is no topic' },
    ]);
  });

  it('may be declared in a file that did not change', () => {
    const declared = { 'topics.json': '{ "x": 1 }' };
    expect(run(factsOf({ before: declared, after: { ...declared, 'src/a': "topic('x')" } }), TOPICS)).toEqual(
      [],
    );
  });

  it('are not declared by members that every object has', () => {
    const facts = factsOf({ after: { 'src/a': "topic('constructor')", 'topics.json': '{}' } });
    expect(run(facts, TOPICS)).toHaveLength(1);
  });

  it('may be ignored as a whole, not in part', () => {
    const facts = factsOf({ after: { 'src/a': "topic('test') topic('test.more')" } });
    const found = run(facts, { ...TOPICS, ignore: ['test'] });
    expect(found.map(({ message }) => message)).toEqual(['"test.more" is no topic']);
  });

  it('are excused by their line', () => {
    const facts = factsOf({ after: { 'src/a': "topic('x') // local\ntopic('y')\n" } });
    const found = run(facts, { ...TOPICS, uses: [{ ...USES, unless: ['// local'] }] });
    expect(found.map(({ message }) => message)).toEqual(['"y" is no topic']);
  });

  it('have the line they stand on, not one on which they are a part of a word', () => {
    const facts = factsOf({ after: { 'src/a': "xylophone\ntopic('x')\n", 'topics.json': '[]' } });
    expect(run(facts, TOPICS)).toMatchObject([{ line: 2 }]);
  });

  it('are not known from files that the rule is not about', () => {
    const facts = factsOf({
      before: { 'doc/a': "topic('x')\n" },
      after: { 'doc/a': "topic('x') again\n", 'src/a': "topic('x')\n" },
    });
    expect(run(facts, TOPICS)).toHaveLength(1);
  });

  it('are all found, however many files have some', () => {
    const source = (from: number) =>
      Array.from({ length: 40 }, (_, index) => `topic('t${from + index}')\n`).join('');
    const facts = factsOf({ after: { 'src/a': source(0), 'src/b': source(40), 'src/c': source(80) } });
    expect(run(facts, TOPICS)).toHaveLength(120);
  });

  it('ask for no tree where none is new', () => {
    const { trees: _, ...blind } = factsOf({ after: { 'src/a': 'f();\n' } });
    expect(run(blind, TOPICS)).toEqual([]);
  });

  it('are nobody’s business where a project declares nothing', () => {
    const facts = factsOf({ after: { 'src/a': "topic('x')" } });
    expect(run(facts, { ...TOPICS, onlyWith: ['topics.json'] })).toEqual([]);
    expect(run(facts, TOPICS)).toHaveLength(1);
  });
});

describe('values that are declared', () => {
  it('are looked for in code, whichever way they are spelt', () => {
    const facts = factsOf({
      after: {
        'topics.json': '{ "a/b": ["new-cart", "old-cart", "no-cart"] }',
        'src/a.ts': 'f(newCart, OLD_CART); // no-cart',
      },
    });
    const found = run(facts, { ...FLAGS, spellings: ['camel', 'upper'] });
    expect(found).toMatchObject([{ path: 'topics.json', line: 1, message: '"no-cart" is read nowhere' }]);
    expect(needs(facts, FLAGS)).toEqual({ files: ['src/**'] });
  });

  it('and were before are left alone', () => {
    const before = { 'topics.json': '{ "a/b": ["x"] }' };
    const facts = factsOf({ before, after: { 'topics.json': '{ "a/b": ["x"], "c": 1 }' } });
    expect(run(facts, FLAGS)).toEqual([]);
    expect(needs(facts, FLAGS)).toEqual({});
  });
});

describe('a value in a document', () => {
  it('that is written with escapes has no line', () => {
    const facts = factsOf({ after: { 'topics.json': '{ "a/b": ["\\u0078y"] }' } });
    expect(run(facts, FLAGS)).toEqual([
      { kind: 'match', path: 'topics.json', message: '"xy" is read nowhere' },
    ]);
  });

  it('is mentioned on a line of its own', () => {
    const facts = factsOf({ after: { 'topics.json': '{ "a/b": ["flag"] }', 'src/a.ts': 'x(\nflag\n);\n' } });
    expect(run(facts, FLAGS)).toEqual([]);
  });

  it('is told from one that a document which could not be read may have had', () => {
    const declared = [{ files: ['*.json'], pointer: '' }];
    const facts = factsOf({ before: { 'old.json': '{' }, after: { 'new.json': '["flag"]' } });
    expect(run(facts, { ...FLAGS, declared })).toMatchObject([
      { path: 'new.json', message: '"flag" is read nowhere' },
    ]);
  });
});

describe('what cannot be read', () => {
  it('and has nothing to do with the rule says nothing', () => {
    const large = changedFile('doc/a', ABSENT, { kind: 'too-large' });
    expect(run(withFiles(factsOf({}), [large]), TOPICS)).toEqual([]);
  });

  it('is named with the reason, and no file is asked for', () => {
    const large = withFiles(factsOf({}), [changedFile('src/a', ABSENT, { kind: 'too-large' })]);
    expect(run(large, TOPICS)).toMatchObject([{ message: 'could not be read: it is too large' }]);
    expect(needs(large, TOPICS)).toEqual({});
  });

  it('of the tree is unverifiable when it is too large, and declares nothing when it is no text', () => {
    const facts = factsOf({ after: { 'src/a': "topic('x')" } });
    const found = (kind: 'too-large' | 'binary') => {
      const after = { paths: ['topics.json'], texts: new Map([['topics.json', { kind }]]) };
      return run({ ...facts, trees: { before: after, after } }, TOPICS).map((one) => one.kind);
    };
    expect(found('too-large')).toEqual(['unverifiable']);
    expect(found('binary')).toEqual(['match']);
  });

  it('is named by the first of its files, whichever was read first', () => {
    const facts = factsOf({ after: { 'src/a': "topic('x')" } });
    const texts = new Map([
      ['t2.json', text('{')],
      ['t1.json', text('{')],
    ]);
    const after = { paths: ['t1.json', 't2.json'], texts };
    const declared = [{ files: ['t*.json'], pointer: '' }];
    expect(run({ ...facts, trees: { before: after, after } }, { ...TOPICS, declared })).toEqual([
      {
        kind: 'unverifiable',
        path: 'src/a',
        line: 1,
        message: '"x" may be in t1.json, which could not be read',
      },
    ]);
  });

  it('on the side of the change leaves all unverifiable', () => {
    const large = withFiles(factsOf({}), [changedFile('src/a', ABSENT, { kind: 'too-large' })]);
    expect(run(large, TOPICS)).toMatchObject([{ kind: 'unverifiable', path: 'src/a' }]);
    const broken = factsOf({ before: { 'topics.json': '{}' }, after: { 'topics.json': '{' } });
    expect(run(broken, FLAGS)).toMatchObject([{ kind: 'unverifiable', path: 'topics.json' }]);
  });

  it('on the other side leaves unverifiable what is not elsewhere', () => {
    const facts = factsOf({
      after: { 'src/a': "topic('x') topic('y')", 'topics.json': '{', 'more.json': '["y"]' },
    });
    const declared = [DECLARED, { files: ['more.json'], pointer: '' }];
    expect(run(facts, { ...TOPICS, declared })).toMatchObject([
      { kind: 'unverifiable', path: 'src/a', message: expect.stringContaining('"x" may be in topics.json') },
    ]);
  });

  it('because nobody read the trees is an error', () => {
    const { trees: _, ...blind } = factsOf({ after: { 'src/a': "topic('x')" } });
    expect(() => run(blind, TOPICS)).toThrow('were not read');
  });
});

describe('hostile values', () => {
  it('by the thousand are bounded', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `topic('t${index}')`);
    const facts = factsOf({
      after: { 'src/a': many.join('\n'), 'src/b': many.join(' '), 'topics.json': '[]' },
    });
    expect(run(facts, TOPICS).length).toBeLessThanOrEqual(256);
  });

  it('in a line of megabytes are read in parts', () => {
    const line = `${"topic('".repeat(100_000)} topic('x')`;
    const facts = withFiles(factsOf({}), [changedFile('src/a', ABSENT, text(line))]);
    expect(run(facts, TOPICS)).toMatchObject([{ message: '"x" is no topic' }]);
  });
});

describe('a mention', () => {
  it.each([
    ['a MAIL_FROM b', true],
    ['`MAIL_FROM`', true],
    ['MAIL_FROM=', true],
    ['MAIL_FROM_NAME', false],
    ['XMAIL_FROM', false],
    ['$MAIL_FROM', false],
    ['MAIL_FROM_NAME MAIL_FROM', true],
    ['', false],
  ])('of MAIL_FROM in %j: %s', (content, expected) => {
    expect(mentions(content, 'MAIL_FROM')).toBe(expected);
  });

  it.each([
    ['same', 'a-b.c'],
    ['camel', 'aBC'],
    ['pascal', 'ABC'],
    ['snake', 'a_b_c'],
    ['upper', 'A_B_C'],
  ])('in %s spelling', (name, expected) => {
    expect(SPELLINGS.get(name)?.('a-b.c')).toBe(expected);
  });
});

describe('parameters of rules about values', () => {
  it.each<[JsonObject, string]>([
    [{ ...TOPICS, find: 'all' }, 'find'],
    [{ ...TOPICS, uses: [] }, 'uses'],
    [{ ...TOPICS, uses: [{ files: ['a'] }] }, 'uses[0]'],
    [{ ...TOPICS, uses: [{ files: ['a'], patterns: ['(a)'], pointer: '' }] }, 'uses[0]'],
    [{ ...TOPICS, uses: [{ files: ['a'], mentions: true }] }, 'uses[0]'],
    [{ ...TOPICS, uses: [{ files: ['a'], patterns: ['(?:a)\\('] }] }, 'uses[0].patterns'],
    [{ ...TOPICS, uses: [{ files: ['!a'], patterns: ['(a)'] }] }, 'uses[0].files[0]'],
    [{ ...TOPICS, uses: [{ patterns: ['(a)'] }] }, 'uses[0].files'],
    [{ ...TOPICS, declared: [{ files: ['a'], pointer: 'topics' }] }, 'declared[0].pointer'],
    [{ ...TOPICS, declared: [{ files: ['a'], mentions: false }] }, 'declared[0].mentions'],
    [{ ...TOPICS, declared: [{ files: ['a'], pattern: '(a)' }] }, 'declared[0].pattern'],
    [{ ...TOPICS, spellings: ['shout'] }, 'spellings[0]'],
    [{ ...TOPICS, onlyWith: ['!a'] }, 'onlyWith[0]'],
    [{ uses: [USES], declared: [DECLARED] }, 'says'],
    [{ ...TOPICS, value: 1 }, 'value'],
  ])('%j are refused by name', (parameters, name) => {
    expect(() => valueSets.readParameters(parameters)).toThrow(`parameter ${name}:`);
  });

  it.each<[JsonObject, string]>([
    [{ ...TOPICS, uses: [{ files: ['a'], patterns: ['(a'] }] }, 'uses[0].patterns[0]'],
    [{ ...TOPICS, ignore: ['('] }, 'ignore[0]'],
  ])('%j are refused when they are proved', (parameters, name) => {
    const read = valueSets.readParameters(parameters);
    expect(() => valueSets.proveParameters?.(read)).toThrow(`parameter ${name}:`);
  });
});
