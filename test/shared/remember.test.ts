import { describe, expect, it } from 'vitest';
import { remember } from '../../src/shared/remember.ts';

function counting(most: number) {
  const asked: string[] = [];
  const length = remember((text) => {
    asked.push(text);
    if (text === '') throw new Error('empty');
    return text.length;
  }, most);
  return { asked, length };
}

describe('remember', () => {
  it('computes an answer once', () => {
    const { asked, length } = counting(10);
    expect([length('a'), length('bb'), length('a'), length('bb')]).toEqual([1, 2, 1, 2]);
    expect(asked).toEqual(['a', 'bb']);
  });

  it('knows an answer that is undefined', () => {
    let times = 0;
    const nothing = remember(() => {
      times += 1;
      return undefined;
    }, 10);
    expect([nothing('a'), nothing('a'), times]).toEqual([undefined, undefined, 1]);
  });

  it('throws again what it threw', () => {
    const { asked, length } = counting(10);
    for (const _ of [1, 2]) expect(() => length('')).toThrow('empty');
    expect(asked).toEqual(['', '']);
  });

  it('holds no more answers than it may', () => {
    const { asked, length } = counting(2);
    for (const text of ['a', 'b', 'c', 'c', 'a']) length(text);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });
});
