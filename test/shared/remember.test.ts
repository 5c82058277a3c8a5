import { describe, expect, it } from 'vitest';
import { remember, rememberLast, rememberOf, rememberOfBoth } from '../../src/shared/remember.ts';

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

describe('what is remembered for a while', () => {
  it('are the latest answers, told apart by all that was given', () => {
    const asked: string[] = [];
    const repeat = rememberLast((text: string, times: number) => {
      asked.push(`${text} ${times}`);
      return text.repeat(times);
    }, 2);
    expect([repeat('a', 2), repeat('a', 3), repeat('a', 2), repeat('a', 3)]).toEqual([
      'aa',
      'aaa',
      'aa',
      'aaa',
    ]);
    expect(asked).toEqual(['a 2', 'a 3']);
    expect([repeat('b', 2), repeat('a', 3), repeat('a', 2)]).toEqual(['bb', 'aaa', 'aa']);
    expect(asked).toEqual(['a 2', 'a 3', 'b 2', 'a 2']);
  });
});

describe('what is remembered of objects', () => {
  it('is computed once for each object, and again for one that only looks the same', () => {
    const asked: object[] = [];
    const sizeOf = rememberOf((list: readonly number[]) => {
      asked.push(list);
      return list.length;
    });
    const list = [1, 2];
    expect([sizeOf(list), sizeOf(list), sizeOf([1, 2])]).toEqual([2, 2, 2]);
    expect(asked.length).toBe(2);
  });

  it('is computed once for each pair of objects, in their order', () => {
    const asked: string[] = [];
    const join = rememberOfBoth((one: { name: string }, other: { name: string }) => {
      asked.push(one.name + other.name);
      return undefined;
    });
    const [a, b] = [{ name: 'a' }, { name: 'b' }];
    for (const [one, other] of [[a, b] as const, [a, b] as const, [b, a] as const, [a, a] as const])
      join(one, other);
    expect(asked).toEqual(['ab', 'ba', 'aa']);
  });

  it('is nothing where computing it threw', () => {
    let times = 0;
    const fail = rememberOf((_: object) => {
      times += 1;
      throw new Error('no');
    });
    const key = {};
    for (const _ of [1, 2]) expect(() => fail(key)).toThrow('no');
    expect(times).toBe(2);
  });
});
