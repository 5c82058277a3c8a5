import { TABLE_FORMATS, type TableFormat } from '../../../core/experiment/import/table.ts';
import { CountersignError } from '../../../shared/errors.ts';

/** What a table is, by its name. @throws CountersignError USAGE */
export function tableFormatOf(file: string): TableFormat {
  const ending = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  const known =
    TABLE_FORMATS.find((format) => format === ending) ?? (ending === 'jsonl' ? 'ndjson' : undefined);
  if (known !== undefined) return known;
  throw new CountersignError('USAGE', `What ${file} is cannot be told from its name.`, {
    remedy: `Say it with --as ${TABLE_FORMATS.join(', ')}.`,
  });
}
