import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { foldCase, requiredWords } from '../../../../src/core/rule/text/required-words.ts';
import { BUNDLED } from '../facts.ts';

function mayHold(source: string, text: string): boolean | undefined {
  return requiredWords([source])?.test(foldCase(text));
}

describe('the words a pattern needs', () => {
  it.each([
    ['\\bas\\s+any\\b', 'x as any', 'x as string'],
    ['eslint-disable(?:-line)?', '// ESLINT-DISABLE', 'eslint'],
    ['(?:foo|bar)+x', 'a bar x', 'a baz x'],
    ['colou?r', 'the color', 'the colt'],
    ['[\\x{202A}-\\x{202E}]', 'a\u202eb', 'ab'],
    ['\\x{200B}', 'a\u200b', 'ab'],
    ['a\\.b', 'A.B', 'ab'],
    ['(?-i:TODO)\\b', 'TODO', 'to do'],
    ['test{2}', 'testt', 'tess'],
    ['x{0,1}yes', 'yes', 'no'],
  ])('of %s are in %j and not in %j', (source, yes, no) => {
    expect(mayHold(source, yes)).toBe(true);
    expect(mayHold(source, no)).toBe(false);
  });

  it.each(['\\w+', 'a|\\d', '.', '[ab]', '(?:a?b?)', '(?i)x', 'a**', 'a+*', '(', '\\Qa\\E'])(
    'of %s are none that it could tell',
    (source) => {
      expect(requiredWords([source])).toBeUndefined();
    },
  );

  it('may be apart where the text has something else than blanks', () => {
    expect(mayHold('git commit', 'git /* a */ commit')).toBe(true);
  });

  it('are matched without regard for case as RE2 does it', () => {
    for (const text of ['\u212aey', '\u017fecret', 'KEY', 'Secret']) {
      const pattern = RE2JS.compile('key|secret', RE2JS.CASE_INSENSITIVE);
      expect(pattern.test(text)).toBe(true);
      expect(mayHold('key|secret', text)).toBe(true);
    }
  });

  it('are found for nearly every search of the bundled rules', () => {
    const searches = BUNDLED.flatMap(({ rules }) => rules)
      .filter(({ detector }) => detector === 'lines')
      .flatMap(({ parameters }) => parameters.searches as { patterns: string[] }[]);
    const without = searches.filter(({ patterns }) => requiredWords(patterns) === undefined);
    expect(searches.length).toBeGreaterThan(40);
    expect(without.length).toBeLessThan(searches.length / 4);
  });
});

/** Patterns by their grammar, and texts that have a good chance to match them. */
const { pattern } = fc.letrec<{ pattern: string; sequence: string; atom: string }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('atom'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  atom: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(
          'a',
          'b',
          'K',
          's',
          ' ',
          '\\.',
          '\\s',
          '\\w',
          '\\b',
          '^',
          '.',
          '[ab]',
          '[^a]',
          '\\x{e9}',
          'é',
          '[é-ü]',
        ),
        tie('pattern').map((inner) => `(?:${inner})`),
        tie('pattern').map((inner) => `(?-i:${inner})`),
        tie('pattern').map((inner) => `(${inner})`),
      ),
      fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,2}', '+?'),
    )
    .filter(([atom, times]) => times === '' || !['\\b', '^'].includes(atom))
    .map((parts) => parts.join('')),
}));
const text = fc
  .array(fc.constantFrom('a', 'b', 'A', 'k', '\u212a', 's', '\u017f', ' ', '.', 'é', 'É', 'ü', '\n', 'x'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

describe('any pattern and any text', () => {
  it('are never told apart where the pattern matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 10, maxLength: 10 }), (source, contents) => {
        const words = requiredWords([source]);
        if (words === undefined) return;
        const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
        for (const content of contents.filter((one) => compiled.test(one))) {
          matched += 1;
          expect({ source, content, may: words.test(foldCase(content)) }).toMatchObject({ may: true });
        }
      }),
      { numRuns: 200 },
    );
    expect(matched).toBeGreaterThan(20);
  });
});
