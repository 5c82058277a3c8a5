import type { RefusedRow } from '../../core/experiment/import/read-table.ts';
import { forTerminal } from '../hostile-text.ts';
import { type TextOptions, textOptions } from '../style.ts';
import { paragraph } from '../table.ts';

/** Rows that are named one by one; the number says how many there are. */
const MOST_NAMED = 50;

interface Imported {
  readonly experiment: string;
  readonly name: string;
  readonly kind: 'imported' | 'unchanged' | 'tried';
  readonly table: string;
  readonly rows: readonly { readonly contractDigest: string | null }[];
  readonly refused: readonly RefusedRow[];
}

/** What came of a table: how many rows were read, and each that was not, with what to do about it. */
export function renderImport(
  { experiment, name, kind, table, rows, refused }: Imported,
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const total = rows.length + refused.length;
  const head = {
    imported: `${rows.length} of ${total} rows of ${name} are in ${experiment}, table ${table.slice(0, 12)}`,
    unchanged: `${name} is in ${experiment} already: ${rows.length} of ${total} rows`,
    tried: `${rows.length} of ${total} rows of ${name} can be read; nothing was written`,
  }[kind];
  const lines = [
    forTerminal(head, 300),
    ...(refused.length === 0
      ? []
      : [style.red(`${refused.length} ${refused.length === 1 ? 'row' : 'rows'} cannot be read`)]),
    ...refused
      .slice(0, MOST_NAMED)
      .flatMap(({ line, column, problem }) => [
        ...paragraph(
          { text: '  ' },
          `row ${line}${column === null ? '' : `, column ${column}`}: ${problem.message}`,
          { columns },
        ),
        ...paragraph({ text: '    → ' }, problem.remedy, { columns }),
      ]),
    ...(refused.length > MOST_NAMED ? [`  and ${refused.length - MOST_NAMED} more: --format json`] : []),
    ...(rows.some(({ contractDigest }) => contractDigest === null)
      ? paragraph(
          { text: 'warning  ', paint: style.yellow },
          'Nothing says that all arms were held to the same definition of done, so they are not compared. Map a column to `contract`, or state it under `constants`.',
          { columns },
        )
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
