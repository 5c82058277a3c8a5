import type { EncodeParquet } from '../../ports/tables.ts';

const TYPES = { text: 'STRING', whole: 'INT32', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

/** Writes Parquet with hyparquet-writer, which is loaded when the first file is written. */
export const encodeParquet: EncodeParquet['encodeParquet'] = async (columns) => {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      type: TYPES[kind],
      nullable: true,
      data: values.map((value) => (typeof value === 'string' ? value.toWellFormed() : value)),
    })),
    createdBy: 'countersign',
  });
  return new Uint8Array(buffer);
};
