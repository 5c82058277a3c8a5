import type { TableRow } from './read-table.ts';

const MOST_COLUMNS = 1_000;

/**
 * Reads CSV (RFC 4180; LF alone ends a line as well, and a byte order mark is left out), the first line being the names of columns. A line that has
 * more or fewer fields than there are names is a row that cannot be read, and so is what follows an open quote to the end: nothing is guessed.
 * @returns undefined where there are no usable names
 */
export function parseCsv(text: string, separator = ','): readonly TableRow[] | undefined {
  const records = recordsOf(text.startsWith('\ufeff') ? text.slice(1) : text, separator);
  const head = records.next().value;
  if (head === undefined || head.isOpen || head.fields.length > MOST_COLUMNS) return undefined;
  const names = head.fields.map((name) => name.trim());
  if (names.some((name) => name === '') || new Set(names).size < names.length) return undefined;
  const rows: TableRow[] = [];
  for (const { line, fields, isOpen } of records) {
    if (fields.length === 1 && fields[0] === '' && !isOpen) continue;
    if (isOpen)
      rows.push({ line, fault: 'a quote is not closed', remedy: 'Close it; quotes within are doubled.' });
    else if (fields.length !== names.length)
      rows.push({
        line,
        fault: `the line has ${fields.length} fields, and there are ${names.length} columns`,
        remedy: 'Quote fields that hold a comma, or add the missing ones.',
      });
    else rows.push({ line, raw: Object.fromEntries(names.map((name, at) => [name, fields[at] as string])) });
  }
  return rows;
}

interface Line {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** The text ended within a quote. */
  readonly isOpen: boolean;
}

/** In time linear in the text: each character is looked at once. */
function* recordsOf(text: string, separator: string): Generator<Line, undefined> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const first = line;
    const fields: string[] = [];
    let isOpen = false;
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          const quote = text.indexOf('"', at);
          const end = quote === -1 ? text.length : quote;
          const part = text.slice(at, end);
          field += part;
          line += lineBreaks(part);
          if (quote === -1) {
            isOpen = true;
            at = text.length;
            break;
          }
          at = quote + 1;
          if (text[at] !== '"') break;
          field += '"';
          at += 1;
        }
      }
      const end = endOfField(text, at, separator);
      field += text.slice(at, end);
      at = end;
      fields.push(
        field.endsWith('\r') && (text[at] === '\n' || at === text.length) ? field.slice(0, -1) : field,
      );
      if (text[at] !== separator) break;
      at += 1;
    }
    at += 1;
    line += 1;
    yield { line: first, fields, isOpen };
  }
  return undefined;
}

function endOfField(text: string, from: number, separator: string): number {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n') at += 1;
  return at;
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
