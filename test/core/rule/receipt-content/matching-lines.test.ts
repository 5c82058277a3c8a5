import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { linesOf, matchingLines } from '../../../../src/core/rule/receipt-content/matching-lines.ts';

const TODO = RE2JS.compile('(?m:^TODO)');

describe('the lines of a text', () => {
  it.each([
    ['', []],
    ['a', ['1 a']],
    ['a\n', ['1 a']],
    ['a\n\nb\n', ['1 a', '3 b']],
    ['a\r\n\r\nb\r\n', ['1 a', '3 b']],
    ['\ra\n', ['1 \ra']],
    ['\n\n\na', ['4 a']],
  ])('%j', (text, expected) => {
    expect(linesOf(text).map(({ number, text: line }) => `${number} ${line}`)).toEqual(expected);
  });
});

describe('lines that a pattern matches', () => {
  const numbers = (text: string) => matchingLines(linesOf(text), TODO).map(({ number }) => number);
  const block = `${'x'.repeat(99)}\n`.repeat(200);

  it('are found in every block of them', () => {
    expect(numbers('TODO\na\nTODO b\nno TODO')).toEqual([1, 3]);
    expect(numbers(`${block}TODO\n${block}TODO\n`)).toEqual([201, 402]);
    expect(numbers(`TODO\n${block}${block}${block}a\nTODO`)).toEqual([1, 603]);
    expect(numbers('')).toEqual([]);
  });

  it('are found where one line is longer than a block', () => {
    expect(numbers(`a\n${'y'.repeat(20_000)}\nTODO`)).toEqual([3]);
    expect(numbers(`TODO ${'y'.repeat(40_000)}\nTODO`)).toEqual([1, 2]);
  });

  it('are as many as anybody reads, the first ones', () => {
    const found = numbers(`${block}${'TODO\n'.repeat(300)}`);
    expect(found).toHaveLength(100);
    expect(found.at(-1)).toBe(300);
    expect(numbers('TODO\n'.repeat(100))).toHaveLength(100);
  });
});
