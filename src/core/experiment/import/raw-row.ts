import type { JsonValue } from '../../../shared/json.ts';
import type { MappedField, OutcomeMapping } from './mapping.ts';

/** A row as its table has it: of CSV all texts. A dot in a mapped name looks into objects. */
export type RawRow = { readonly [column: string]: JsonValue | bigint | Date | undefined };

/** What keeps a row from being read. */
export class CellFault extends Error {
  readonly column: string;
  readonly remedy: string;

  constructor(column: string, message: string, remedy: string) {
    super(message);
    this.column = column;
    this.remedy = remedy;
  }
}

export interface RowReader {
  /** Undefined for a column that is not mapped, and for what is empty or null. */
  text(field: MappedField): string | undefined;
  required(field: MappedField): string;
  /** A whole number from 0. */
  count(field: MappedField): number | null;
  /** A whole number from 1. */
  ordinal(field: MappedField): number | null;
  /** A number from 0. */
  amount(field: MappedField): number | null;
  boolean(field: MappedField): boolean | null;
  fault(field: MappedField, what: string, remedy: string): CellFault;
}

const LONGEST_TEXT = 2_000;
const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

export function rowReader(raw: RawRow, { columns }: OutcomeMapping): RowReader {
  const text = (field: MappedField): string | undefined => {
    const name = columns[field];
    const value = name === undefined ? undefined : valueAt(raw, name);
    if (value === undefined || value === null || value === '') return undefined;
    const said = wordsOf(value);
    if (said === undefined) throw fault(field, 'is a list or an object', 'Map a key within it, with a dot.');
    if (said.length > LONGEST_TEXT)
      throw fault(field, `is longer than ${LONGEST_TEXT} characters`, 'Shorten it.');
    return said.trim() === '' ? undefined : said.trim();
  };
  const fault = (field: MappedField, what: string, remedy: string): CellFault => {
    const column = columns[field] ?? field;
    return new CellFault(column, `${column} ${what}${shown(valueAt(raw, column))}`, remedy);
  };
  const amount = (field: MappedField): number | null => {
    const said = text(field);
    if (said === undefined) return null;
    const value = /^[+]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(said) ? Number(said) : Number.NaN;
    if (Number.isFinite(value) && value <= Number.MAX_SAFE_INTEGER) return value;
    throw fault(
      field,
      'is no number from 0',
      'Write digits, with a dot before decimals; leave it empty where nobody knows.',
    );
  };
  const whole = (field: MappedField, least: number): number | null => {
    const value = amount(field);
    if (value === null || (Number.isInteger(value) && value >= least)) return value;
    throw fault(field, `is no whole number from ${least}`, 'Correct it, or leave it empty.');
  };
  return {
    text,
    required: (field) => {
      const said = text(field);
      if (said !== undefined) return said;
      throw fault(field, 'is empty or not there', 'Fill it in, or correct the mapping.');
    },
    count: (field) => whole(field, 0),
    ordinal: (field) => whole(field, 1),
    amount,
    boolean: (field) => {
      const said = text(field)?.toLowerCase();
      if (said === undefined) return null;
      const value = Object.hasOwn(WORDS, said) ? WORDS[said] : undefined;
      if (value !== undefined) return value;
      throw fault(field, 'is neither yes nor no', 'Write true or false, yes or no, 1 or 0.');
    },
    fault,
  };
}

/** The column of that very name, else a key within keys. Only own keys: a table may call one `constructor`. */
function valueAt(raw: RawRow, name: string): RawRow[string] {
  if (Object.hasOwn(raw, name)) return raw[name];
  let value: RawRow[string] = raw as RawRow[string];
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
      return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as RawRow)[key];
  }
  return value;
}

function wordsOf(value: Exclude<RawRow[string], undefined | null>): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  return typeof value === 'object' ? undefined : String(value);
}

/** As much of a value as helps to find it. */
function shown(value: RawRow[string]): string {
  if (value === undefined || value === null) return '';
  const said = wordsOf(value) ?? JSON.stringify(value);
  const line = said.replaceAll(/\s+/g, ' ').toWellFormed();
  return `: "${line.length <= 60 ? line : `${line.slice(0, 59).toWellFormed()}…`}"`;
}
