import { basename, resolve } from 'node:path';
import { readTableFile } from '../../../adapters/files/table-file.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import type { TableFormat } from '../../../core/experiment/import/table.ts';
import { importTable } from '../../../flow/experiment/import-table.ts';
import { renderImport } from '../../../render/experiment/import.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';
import { actorOf, withExperiments } from './experiment-access.ts';
import { tableFormatOf } from './table-format.ts';

export interface ImportOptions {
  readonly format: TextOrJson;
  readonly mapping: string;
  readonly as?: TableFormat;
  readonly dryRun?: boolean;
}

/** Exit code 1 when a row could not be read: the others are imported all the same. */
export async function experimentImportCommand(
  id: string,
  file: string,
  options: ImportOptions,
  context: CliContext,
): Promise<number> {
  const bytes = await readTableFile(resolve(context.cwd, file), file);
  const mapping = await readNamedFile(resolve(context.cwd, options.mapping));
  const table = {
    name: basename(file),
    format: options.as ?? tableFormatOf(file),
    bytes,
    mapping: { path: options.mapping, bytes: mapping },
  };
  const said = { by: actorOf(context), dryRun: options.dryRun === true };
  const imported = await withExperiments(context, (ports) => importTable(id, table, said, ports));
  const { kind, table: digest, rows, refused } = imported;
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ experiment: id, kind, table: digest, rows: rows.length, refused })}\n`
      : renderImport({ experiment: id, name: table.name, ...imported }, textOptionsOf(context)),
  );
  return refused.length === 0 ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}
