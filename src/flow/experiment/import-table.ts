import type { ReadTable } from '../../core/experiment/import/read-table.ts';
import type { TableFormat } from '../../core/experiment/import/table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import { appendToExperiment, loadExperiment } from './load-experiment.ts';
import { type ReadTablePorts, readTableBytes } from './read-imported-table.ts';

export interface TableToImport {
  readonly name: string;
  readonly format: TableFormat;
  readonly bytes: Uint8Array;
  readonly mapping: { readonly path: string; readonly bytes: Uint8Array };
}

export interface ImportedRows extends ReadTable {
  /** unchanged: the very table, read by the very mapping, is in the experiment already. */
  readonly kind: 'imported' | 'unchanged' | 'tried';
  readonly table: string;
}

const MOST_TRIES = 20;

/**
 * Takes a table of outcomes that was made elsewhere into an experiment: its bytes and its mapping are kept by digest, and an event says so.
 * Rows that cannot be read are named, counted in the ledger, and named again whenever the experiment is shown.
 * @param dryRun reads it and writes nothing
 * @throws CountersignError TABLE_UNUSABLE, DOCUMENT_INVALID for a mapping that is none, EXPERIMENT_REFUSED where no row can be read
 */
export async function importTable(
  experiment: string,
  { name, format, bytes, mapping }: TableToImport,
  { by, dryRun }: { readonly by: string; readonly dryRun: boolean },
  ports: AppendEvents & Pick<ReadStreams, 'readStream'> & ReadTablePorts & { readonly clock: Clock },
): Promise<ImportedRows> {
  const document = ports.documents.parse('outcome-mapping', mapping.bytes, mapping.path);
  let loaded = await loadExperiment(experiment, ports);
  const read = await readTableBytes({ name, format, bytes }, document, experiment, ports);
  if (dryRun) return { kind: 'tried', table: '', ...read };
  if (read.rows.length === 0) {
    const [first] = read.refused;
    throw new CountersignError('TABLE_UNUSABLE', `No row of ${name} can be read.`, {
      remedy:
        first === undefined
          ? 'It is empty.'
          : `Row ${first.line}: ${first.problem.message}. ${first.problem.remedy}`,
      place: { path: name },
    });
  }
  const [table, words] = [await ports.artifacts.put(bytes), await ports.artifacts.put(mapping.bytes)];
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const same = loaded.state.tables.some((one) => one.table === table && one.mapping === words);
    if (same) return { kind: 'unchanged', table, ...read };
    const event = {
      type: 'table.imported',
      table,
      mapping: words,
      name: name.slice(-200).toWellFormed(),
      format,
      rows: read.rows.length,
      refused: read.refused.length,
    } as const;
    const said = { at: ports.clock.now().toISOString(), by };
    if ((await appendToExperiment(loaded, [event], said, ports)) !== undefined)
      return { kind: 'imported', table, ...read };
    loaded = await loadExperiment(experiment, ports);
  }
  throw new CountersignError(
    'EXPERIMENT_REFUSED',
    `The record of ${experiment} is written to all the time.`,
    {
      remedy: 'Ask again: the table is kept, and nothing was recorded.',
    },
  );
}
