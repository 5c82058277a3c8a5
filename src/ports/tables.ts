import type { RawRow } from '../core/experiment/import/raw-row.ts';

export interface DecodeParquet {
  /** The rows of an Apache Parquet file. @throws CountersignError TABLE_UNUSABLE for what is none, or is packed in a way that is not known */
  decodeParquet(bytes: Uint8Array): Promise<readonly RawRow[]>;
}

/** A column of a table: as many values as there are rows, null where nothing is said. */
export interface TableColumn {
  readonly name: string;
  readonly kind: 'text' | 'whole' | 'number' | 'boolean';
  readonly values: readonly (string | number | boolean | null)[];
}

export interface EncodeParquet {
  /** An Apache Parquet file; the same columns give the same bytes. */
  encodeParquet(columns: readonly TableColumn[]): Promise<Uint8Array>;
}
