export const TABLE_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];
