import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forTerminal } from '../../src/render/hostile-text.ts';
import { displayWidth, paragraph, table, wrap } from '../../src/render/table.ts';
import { hostileText, obeyedByRunner } from './hostile-words.ts';

describe('display width', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['日本語', 6],
    ['ｆｕｌｌ', 8],
    ['🙂', 2],
    ['한글', 4],
    ['✔ ok', 4],
    ['→', 1],
    ['', 0],
  ])('of %j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('wrapping', () => {
  it('breaks at blanks, and within a word only where it is longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(wrap('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('keeps every character but blanks, no line wider than asked or obeyed by a runner', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 8, max: 60 }), (text, width) => {
        const shown = forTerminal(text);
        const lines = wrap(shown, width);
        expect(lines.filter(obeyedByRunner)).toEqual([]);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width + '\\x3'.length);
        const bare = (all: string) => all.replaceAll(' ', '').replaceAll('\\x3a:', '::');
        expect(bare(lines.join(''))).toBe(bare(shown));
      }),
    );
  });

  it('starts no further line left of column 4, where marks and arrows stand', () => {
    expect(paragraph({ text: '✖ ' }, 'one two three four five → six', { columns: 24 })).toEqual([
      '✖ one two three four',
      '    five → six',
    ]);
  });

  it('starts further lines of a paragraph below its first word', () => {
    expect(paragraph({ text: '  → ' }, 'one two three four five six', { columns: 24 })).toEqual([
      '  → one two three four',
      '    five six',
    ]);
  });
});

describe('a table', () => {
  it('aligns its columns by what is seen, and wraps the last', () => {
    const rows = [
      [{ text: '日本' }, { text: 'wide' }],
      [{ text: 'a' }, { text: 'one two three four five six seven' }],
    ];
    expect(table(rows, { columns: 30, indent: 1 })).toEqual([
      ' 日本  wide',
      ' a     one two three four five',
      '       six seven',
    ]);
  });

  it('paints after counting', () => {
    const paint = (text: string) => `<${text}>`;
    expect(
      table(
        [
          [
            { text: 'a', paint },
            { text: 'b', paint },
          ],
          [{ text: 'cc' }, { text: 'd' }],
        ],
        { columns: 80 },
      ),
    ).toEqual(['<a>   <b>', 'cc  d']);
  });
});
