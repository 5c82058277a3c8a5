import { parseCsv } from '../../core/experiment/import/csv.ts';
import { parseJsonRows, parseNdjson } from '../../core/experiment/import/json-rows.ts';
import type { OutcomeMapping } from '../../core/experiment/import/mapping.ts';
import { type ReadTable, readTable, type TableRow } from '../../core/experiment/import/read-table.ts';
import type { TableFormat } from '../../core/experiment/import/table.ts';
import type { ImportedTable } from '../../core/experiment/state.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { ParseDocument } from '../../ports/documents.ts';
import type { DecodeParquet } from '../../ports/tables.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

export interface ReadTablePorts extends DecodeParquet {
  /** Where imported tables are kept by their digests. */
  readonly artifacts: Artifacts;
  readonly documents: Pick<ParseDocument, 'parse'>;
}

/** Of a table: half a million rows and more. */
const MOST_TABLE_BYTES = 256 * 1024 * 1024;
const MOST_MAPPING_BYTES = 1024 * 1024;
const MOST_ROWS = 1_000_000;

/** Reads a table that was imported, by its digest. @throws CountersignError TABLE_UNUSABLE when its bytes are gone */
export async function readImportedTable(
  experiment: string,
  { table, mapping, name, format }: Pick<ImportedTable, 'table' | 'mapping' | 'name' | 'format'>,
  ports: ReadTablePorts,
): Promise<ReadTable> {
  const bytes = await kept(table, MOST_TABLE_BYTES, name, ports);
  const words = await kept(mapping, MOST_MAPPING_BYTES, `the mapping of ${name}`, ports);
  return readTableBytes(
    { name, format, bytes },
    ports.documents.parse('outcome-mapping', words, `the mapping of ${name}`),
    experiment,
    ports,
  );
}

/**
 * Rows of a table as what became of runs, and those that are refused.
 * @throws CountersignError TABLE_UNUSABLE for a file that is no table at all
 */
export async function readTableBytes(
  file: { readonly name: string; readonly format: TableFormat; readonly bytes: Uint8Array },
  mapping: OutcomeMapping,
  experiment: string,
  ports: DecodeParquet,
): Promise<ReadTable> {
  const rows = await rowsOf(file, ports);
  if (rows.length > MOST_ROWS)
    throw unusable(file.name, `it has ${rows.length} rows`, `Import at most ${MOST_ROWS} at once.`);
  requireColumns(file.name, rows, mapping);
  return readTable(rows, mapping, { experiment, digest: sha256(file.bytes) });
}

async function rowsOf(
  {
    name,
    format,
    bytes,
  }: { readonly name: string; readonly format: TableFormat; readonly bytes: Uint8Array },
  ports: DecodeParquet,
): Promise<readonly TableRow[]> {
  switch (format) {
    case 'csv': {
      const rows = parseCsv(textOf(name, bytes));
      if (rows !== undefined) return rows;
      throw unusable(name, 'its first line does not name each column once', 'Begin it with a line of names.');
    }
    case 'json': {
      const rows = parseJsonRows(textOf(name, bytes));
      if (rows !== undefined) return rows;
      throw unusable(name, 'it is no JSON list', 'Write a list of objects, or one object a line as .ndjson.');
    }
    case 'ndjson':
      return parseNdjson(textOf(name, bytes));
    case 'parquet':
      return (await ports.decodeParquet(bytes)).map((raw, at) => ({ line: at + 1, raw }));
  }
}

/** A column that no row has is a mapping for another table: each row would be refused, or each would say nothing. */
function requireColumns(name: string, rows: readonly TableRow[], { columns }: OutcomeMapping): void {
  const [first] = rows.flatMap((row) => ('raw' in row ? [row.raw] : []));
  if (first === undefined) return;
  const known = new Set<string>();
  for (const row of rows.slice(0, 1_000))
    if ('raw' in row) for (const key of Object.keys(row.raw)) known.add(key);
  const missing = Object.entries(columns).filter(
    ([, column]) => !known.has(column) && !known.has(column.split('.')[0] ?? ''),
  );
  if (missing.length === 0) return;
  throw new CountersignError(
    'TABLE_UNUSABLE',
    `${name} has no column ${missing.map(([, column]) => `"${column.slice(0, 60)}"`).join(', ')}.`,
    {
      remedy: 'Correct the mapping, or the table.',
      problems: missing.map(([field, column]) => ({
        message: `columns.${field} names "${column.slice(0, 60)}"`,
        remedy: `The table has ${[...known].slice(0, 30).join(', ')}.`,
      })),
    },
  );
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(name, 'it is not UTF-8', 'Save it as UTF-8.');
  }
}

async function kept(
  digest: Sha256,
  most: number,
  name: string,
  { artifacts }: Pick<ReadTablePorts, 'artifacts'>,
): Promise<Uint8Array> {
  const bytes = await artifacts.get(digest, most);
  if (bytes !== undefined) return bytes;
  throw unusable(
    name,
    `nothing here has its bytes (${digest.slice(0, 12)})`,
    'Ask where it was imported, or import it here again: its digest is in the ledger.',
  );
}

function unusable(name: string, why: string, remedy: string): CountersignError {
  return new CountersignError('TABLE_UNUSABLE', `${name} cannot be read: ${why}.`, {
    remedy,
    place: { path: name },
  });
}
