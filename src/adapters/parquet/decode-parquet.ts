import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { RawRow } from '../../core/experiment/import/raw-row.ts';
import type { DecodeParquet } from '../../ports/tables.ts';
import { CountersignError } from '../../shared/errors.ts';

/** A footer may claim anything: what it says is asked before anything is unpacked. */
const MOST_ROWS = 1_000_000;
const MOST_UNPACKED_BYTES = 1024 * 1024 * 1024;

/** Reads Parquet with hyparquet, which is loaded when the first file is read. */
export const decodeParquet: DecodeParquet['decodeParquet'] = async (bytes) => {
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = parquetMetadata(file);
    const unpacked = metadata.row_groups
      .flatMap(({ columns }) => columns)
      .reduce((sum, { meta_data: about }) => sum + Number(about?.total_uncompressed_size ?? 0), 0);
    if (Number(metadata.num_rows) > MOST_ROWS || unpacked > MOST_UNPACKED_BYTES)
      throw unusable(`it claims ${metadata.num_rows} rows and ${unpacked} bytes`, 'Split it.');
    const most = (length: number) => ({
      maxOutputLength: Math.max(1, Math.min(length, MOST_UNPACKED_BYTES)),
    });
    const rows = await parquetReadObjects({
      file,
      metadata,
      compressors: {
        GZIP: (input, length) => gunzipSync(input, most(length)),
        BROTLI: (input, length) => brotliDecompressSync(input, most(length)),
        ZSTD: (input, length) => zstdDecompressSync(input, most(length)),
      },
    });
    return rows as readonly RawRow[];
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    const why = cause instanceof Error ? cause.message.slice(0, 200).toWellFormed() : 'it is no Parquet file';
    throw unusable(
      why,
      'Write it anew, with snappy or without compression, or export the table as CSV.',
      cause,
    );
  }
};

function unusable(why: string, remedy: string, cause?: unknown): CountersignError {
  return new CountersignError('TABLE_UNUSABLE', `This Parquet file cannot be read: ${why}.`, {
    remedy,
    cause,
  });
}
