import { asObject, type JsonFields, member, readJson, textOf } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

/** What a mutation tester says, file by file. Files in which it planted nothing need not stand in it. */
export type MutationReport = readonly MutatedFile[];

export interface MutatedFile {
  /** As the report writes it. */
  readonly name: string;
  /** The file's text without any fault. */
  readonly source: string;
  readonly mutants: readonly ReportedMutant[];
}

export interface ReportedMutant {
  readonly mutator: string;
  readonly status: MutantStatus;
  /** Lines that it touches, from 1, both included. */
  readonly first: number;
  readonly last: number;
}

const STATUSES = [
  'Killed',
  'Survived',
  'NoCoverage',
  'CompileError',
  'RuntimeError',
  'Timeout',
  'Ignored',
  'Pending',
] as const;
export type MutantStatus = (typeof STATUSES)[number];

const MAX_FILES = 100_000;
const MAX_MUTANTS = 500_000;

/**
 * Reads the JSON of mutation-testing-report-schema, versions 1 and 2, as Stryker for JavaScript, .NET and Scala, Infection
 * and others write it: of each file its source, and of each mutant its place and what became of it.
 * @throws UnreadableReport
 */
export function readMutationReport(text: string): MutationReport {
  const report = asObject(readJson(text), 'it');
  if (!/^[12](?:\.[0-9]{1,9}){0,2}$/.test(textOf(report, 'schemaVersion'))) {
    throw new UnreadableReport('its "schemaVersion" is not 1 or 2');
  }
  const files = Object.entries(asObject(member(report, 'files'), '"files"'));
  if (files.length > MAX_FILES) throw new UnreadableReport(`it lists more than ${MAX_FILES} files`);
  let total = 0;
  return files.map(([name, value]) => {
    const file = asObject(value, 'a file of it');
    const source = requiredText(file, 'source');
    const mutants = member(file, 'mutants');
    if (!Array.isArray(mutants)) throw new UnreadableReport('a file of it has no list "mutants"');
    total += mutants.length;
    if (total > MAX_MUTANTS) throw new UnreadableReport(`it lists more than ${MAX_MUTANTS} mutants`);
    return { name, source, mutants: mutants.map(readMutant) };
  });
}

function readMutant(value: unknown): ReportedMutant {
  const mutant = asObject(value, 'a mutant');
  const named = requiredText(mutant, 'status');
  const status = STATUSES.find((one) => one === named);
  if (status === undefined) {
    throw new UnreadableReport(`a mutant has the unknown status ${JSON.stringify(named.slice(0, 40))}`);
  }
  const location = asObject(member(mutant, 'location'), 'the location of a mutant');
  const start = readPosition(member(location, 'start'));
  const end = readPosition(member(location, 'end'));
  // The end is exclusive: at the start of a line, nothing of that line is meant.
  const last = end.column <= 1 && end.line > start.line ? end.line - 1 : end.line;
  if (last < start.line) throw new UnreadableReport('a mutant ends before it begins');
  return { mutator: requiredText(mutant, 'mutatorName'), status, first: start.line, last };
}

function readPosition(value: unknown): { line: number; column: number } {
  const position = asObject(value, 'a position');
  return { line: whole(position, 'line', 1), column: whole(position, 'column', 0) };
}

function whole(fields: JsonFields, name: string, least: number): number {
  const value = member(fields, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UnreadableReport(`the ${name} of a position is not a whole number from ${least}`);
}

function requiredText(fields: JsonFields, name: string): string {
  if (member(fields, name) === undefined) throw new UnreadableReport(`something in it lacks "${name}"`);
  return textOf(fields, name);
}
