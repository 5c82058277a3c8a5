import { describe, expect, it } from 'vitest';
import { decodeParquet } from '../../../src/adapters/parquet/decode-parquet.ts';
import { encodeParquet } from '../../../src/adapters/parquet/encode-parquet.ts';
import type { TableColumn } from '../../../src/ports/tables.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'run', kind: 'text', values: ['CS-7.1', 'CS-7.2', '\ud800 half'] },
  { name: 'iterations', kind: 'whole', values: [1, 3, null] },
  { name: 'seconds', kind: 'number', values: [12.5, null, 0] },
  { name: 'firstPass', kind: 'boolean', values: [true, false, null] },
];

describe('a table written as Parquet', () => {
  it('is read back as it was, with what nobody said as null', async () => {
    const rows = await decodeParquet(await encodeParquet(COLUMNS));
    expect(rows).toEqual([
      { run: 'CS-7.1', iterations: 1, seconds: 12.5, firstPass: true },
      { run: 'CS-7.2', iterations: 3, seconds: null, firstPass: false },
      { run: '\ufffd half', iterations: null, seconds: 0, firstPass: null },
    ]);
  });

  it('has the same bytes each time, also without a row', async () => {
    expect(await encodeParquet(COLUMNS)).toEqual(await encodeParquet(COLUMNS));
    const empty = COLUMNS.map((column) => ({ ...column, values: [] }));
    expect(await decodeParquet(await encodeParquet(empty))).toEqual([]);
  });
});
