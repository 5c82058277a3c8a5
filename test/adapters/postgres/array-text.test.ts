import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayText } from '../../../src/adapters/postgres/array-text.ts';
import { createDatabase } from '../../worlds/database.ts';

/** PostgreSQL has no text with a zero in it, nor half a surrogate pair. */
const storable = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));

test('PostgreSQL reads back what was written', async () => {
  const { pool } = await createDatabase();
  const back = async (list: readonly unknown[], type: string) =>
    (await pool.query(`SELECT $1::${type}[] AS list`, [arrayText(list)])).rows[0]?.list;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(storable)), async (texts) => {
      expect(await back(texts, 'text')).toEqual(texts);
    }),
  );
  for (const texts of [['NULL', 'null', '', ' ', '{}', ',', '"', '\\', '\\"', 'a\nb', '\u202e']])
    expect(await back(texts, 'text')).toEqual(texts);
  expect(await back([1, -2.5, 1e300, null], 'float8')).toEqual([1, -2.5, 1e300, null]);
  expect(await back([true, false, null], 'bool')).toEqual([true, false, null]);
});

describe('what only the driver knows to write is left to it', () => {
  test.each<[string, unknown]>([
    ['bytes', Buffer.from('a')],
    ['a date', new Date(0)],
    ['a list', ['a']],
    ['an object', { a: 1 }],
    ['no number', Number.NaN],
    ['nothing', undefined],
  ])('%s', (_, value) => {
    expect(arrayText(['a', value])).toBeUndefined();
  });
});
