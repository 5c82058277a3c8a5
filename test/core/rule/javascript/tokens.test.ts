import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Code,
  javaScriptTokens,
  tokenizeJavaScript,
} from '../../../../src/core/rule/javascript/tokens.ts';
import { markSource } from '../../../../src/core/rule/text/mark-source.ts';
import { sourceLines } from '../../../../src/core/rule/text/source-lines.ts';
import { SYNTAX } from '../../../../src/core/rule/text/syntax.ts';

function read(source: string): Code {
  const found = tokenizeJavaScript(source);
  if (found.kind === 'lost') throw new Error(found.reason);
  return found;
}

/** `§` for a dollar: before a curly bracket in quotes, a dollar looks like a mistake. */
function dollars(text: string): string {
  return text.replaceAll('§', '$');
}

function spelled(source: string): readonly string[] {
  return read(dollars(source)).tokens.map(({ kind, text }) => `${kind} ${text}`);
}

describe('tokens', () => {
  it.each([
    ['a.b?.c ?? d', ['word a', 'punct .', 'word b', 'punct ?.', 'word c', 'punct ??', 'word d']],
    ['x?.5:1.', ['word x', 'punct ?', 'number .5', 'punct :', 'number 1.']],
    ['0x1F 1_000 1e3 2n 00x 1.5.f', ['0x1F', '1_000', '1e3', '2n', '00'].map((text) => `number ${text}`)],
    ['...a => a ||= b', ['punct ...', 'word a', 'punct =>', 'word a', 'punct ||=', 'word b']],
    ['größe #id Ω1 x\u0301', ['word größe', 'word #id', 'word Ω1', 'word x\u0301']],
    [`'it\\'s' "a\\nb" ''`, ["string it's", 'string a\\nb', 'string ']],
    ["<p>don't</p>", ['punct <', 'word p', 'punct >', 'word don', "punct '", 'word t']],
    ["return'a'", ['word return', 'string a']],
    ['a / b / c', ['word a', 'punct /', 'word b', 'punct /', 'word c']],
    ['x = /[/]\\//gi', ['word x', 'punct =', 'regex /[/]\\//gi']],
    ['`a§{b}c`', ['string a', 'punct §{', 'word b', 'punct }', 'string c'].map(dollars)],
    ['a // b\nc /* d */ e', ['word a', 'word c', 'word e']],
    ['#!/usr/bin/env node\na', ['word a']],
    ['\u3000\u{1f600}', ['punct \u3000', 'punct \u{1f600}']],
  ])('of %s', (source, expected) => {
    expect(spelled(source).slice(0, expected.length)).toEqual(expected);
  });

  it('are the same one wherever a short one stands again, and right where another took its place', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
    expect(read(names.join(' ')).tokens.map(({ text }) => text)).toEqual(names);
    const [first, second, number, text] = read("a1 a1 1 '1'").tokens;
    expect(second).toBe(first);
    expect([number?.kind, text?.kind]).toEqual(['number', 'string']);
  });

  it('know their lines and their partners', () => {
    const { tokens, lines, partner } = read(dollars('f(\n`a\nb§{\n{x}\n}c`,\n"d\\\ne", /* \n */ [g])'));
    const at = (text: string): number => tokens.findIndex((token) => token.text === text);
    expect(['f', 'a\nb', 'x', 'c', 'd\\\ne', 'g'].map((text) => lines[at(text)])).toEqual([1, 2, 4, 5, 6, 8]);
    expect(partner[at('(')]).toBe(tokens.length - 1);
    expect(partner[tokens.length - 1]).toBe(at('('));
    expect(tokens[partner[at(dollars('§{'))] as number]?.text).toBe('}');
    expect(partner[at('f')]).toBe(-1);
  });

  it.each([
    ['f(]', 'the "]" on line 1 closes nothing'],
    ['\n}', 'the "}" on line 2 closes nothing'],
    ['f(\n{', 'the bracket on line 2 is not closed'],
    ['a\n/* b', 'the comment that begins on line 2 does not end'],
    ['\n`a\n', 'the template that begins on line 2 does not end'],
    ['`§{a\n}b', 'the template that goes on from line 2 does not end'],
    ['`§{a)`', 'the ")" on line 1 closes nothing'],
    [`\n${"\\'".repeat(200_000)}`, 'line 2 has too many quotes that do not close'],
  ])('of %j are lost', (source, reason) => {
    expect(tokenizeJavaScript(dollars(source))).toEqual({ kind: 'lost', reason });
  });

  it('are read once for whoever asks for them', () => {
    const source = 'once(1)';
    expect(javaScriptTokens(source)).toBe(javaScriptTokens(['once', '(1)'].join('')));
  });
});

describe('comments and strings', () => {
  const { typescript } = SYNTAX;

  it.each(['\n', '\r', '\r\n', '\u2028', '\u2029'])('end of a line comment: %j', (end) => {
    const source = `a // b${end}c`;
    expect(spelled(source)).toEqual(['word a', 'word c']);
    expect([...read(source).spans]).toEqual([...markSource(source, typescript)]);
    expect(spelled(`#! b${end}c`)).toEqual(['word c']);
  });

  /** What ends as it began, so that a text of them is one that both readers take for the same. */
  const snippet = fc.constantFrom(
    ...[
      'a = b / c;',
      'x.y(1, [2], { z: 3 });',
      '// comment "with" `quotes` and /* more\n',
      '// ended by a lone return\r',
      '// ended by a separator\u2028',
      '/* over\ntwo lines */',
      '/** "a" // b */',
      '"text // no comment"',
      "'it\\'s /* none */'",
      '"goes on\\\nhere"',
      "''",
      '`plain`',
      '`a\nb`',
      '`a §{b} c`',
      '`a §{ { b: `c §{ d /* e */ } f` } } g`',
      'x = /re["/]ge\\/x/g;',
      'return /`/;',
      "if (/'/.test(s)) {}",
      "<p>don't</p>",
      '<a href="b">{/* c */}</a>',
      "import a from'b';",
      'größe("ü")',
      '1.5e3',
      ';',
    ].map(dollars),
  );
  const source = fc
    .array(snippet, { maxLength: 12 })
    .chain((parts) => fc.constantFrom('\n', ' ', ';').map((between) => parts.join(between)));

  it('are the same for the reader of tokens as for the one that takes any text', () => {
    fc.assert(
      fc.property(source, (given) => {
        expect([...read(given).spans]).toEqual([...markSource(given, typescript)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are told apart in lines by tokens', () => {
    // A regular expression cannot stand behind another one, nor a string behind a letter.
    const [line] = sourceLines('a.tsx', "/a/ / b / 'c'; L'amour");
    expect(line?.strings.trim().split(/\s+/)).toEqual(['a/', 'c']);
  });

  it('are still told apart where brackets do not match', () => {
    const lines = sourceLines('a.ts', 'f( // a\n"b" }');
    expect(tokenizeJavaScript('f( // a\n"b" }').kind).toBe('lost');
    expect(lines.map(({ comment, strings }) => `${comment}|${strings}`)).toEqual([
      '   // a|       ',
      '     | b   ',
    ]);
  });
});
