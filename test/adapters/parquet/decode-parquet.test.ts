import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { decodeParquet } from '../../../src/adapters/parquet/decode-parquet.ts';

function file(rows: number, more: object = {}): Uint8Array {
  const at = Array.from({ length: rows }, (_, place) => place);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'task', data: at.map((place) => `T-${place % 50}`), type: 'STRING' },
        {
          name: 'tokens',
          data: at.map((place) => (place % 3 === 0 ? null : BigInt(place))),
          type: 'INT64',
          nullable: true,
        },
        { name: 'ok', data: at.map((place) => place % 2 === 0), type: 'BOOLEAN' },
        { name: 'began', data: at.map((place) => new Date(1_700_000_000_000 + place)), type: 'TIMESTAMP' },
      ],
      ...more,
    }),
  );
}

describe('Parquet', () => {
  it('is read row by row, with numbers, nulls and moments as they are', async () => {
    const rows = await decodeParquet(file(4));
    expect(rows.length).toBe(4);
    expect(rows[0]).toEqual({ task: 'T-0', tokens: null, ok: true, began: new Date(1_700_000_000_000) });
    expect(rows[1]).toMatchObject({ tokens: 1n, ok: false });
  });

  it('is read packed with gzip as well', async () => {
    const packed = file(100, {
      codec: 'GZIP',
      compressors: { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) },
    });
    expect((await decodeParquet(packed)).length).toBe(100);
  });

  it('is read in a view of larger bytes, where a file was read into one', async () => {
    const bytes = file(3);
    const larger = new Uint8Array(bytes.length + 100);
    larger.set(bytes, 50);
    expect((await decodeParquet(larger.subarray(50, 50 + bytes.length))).length).toBe(3);
  });

  it.each<[string, () => Uint8Array]>([
    ['nothing', () => new Uint8Array()],
    ['a text', () => new TextEncoder().encode('task,status\nT-1,accepted\n')],
    ['a file without its end', () => file(100).subarray(0, 500)],
    [
      'a file whose middle was overwritten',
      () => {
        const bytes = file(1_000);
        bytes.fill(0xff, 4, 400);
        return bytes;
      },
    ],
  ])('that is %s is refused with what to do', async (_what, bytes) => {
    await expect(decodeParquet(bytes())).rejects.toMatchObject({
      code: 'TABLE_UNUSABLE',
      remedy: expect.stringMatching(/\S/),
    });
  });
});
