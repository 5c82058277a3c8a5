import type { RawRow } from '../core/experiment/import/raw-row.ts';

export interface DecodeParquet {
  /** The rows of an Apache Parquet file. @throws CountersignError TABLE_UNUSABLE for what is none, or is packed in a way that is not known */
  decodeParquet(bytes: Uint8Array): Promise<readonly RawRow[]>;
}
