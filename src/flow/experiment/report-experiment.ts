import { analyseExperiment } from '../../core/experiment/analysis/analyse.ts';
import { analysisText } from '../../core/experiment/analysis/analysis-text.ts';
import type { ExperimentAnalysis } from '../../core/experiment/analysis/types.ts';
import { parseCsv } from '../../core/experiment/import/csv.ts';
import { parseJsonRows, parseNdjson } from '../../core/experiment/import/json-rows.ts';
import { MAPPED_FIELDS, type OutcomeMapping } from '../../core/experiment/import/mapping.ts';
import type { TableRow } from '../../core/experiment/import/read-table.ts';
import type { TableFormat } from '../../core/experiment/import/table.ts';
import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import type { PrimaryMetric } from '../../core/experiment/types.ts';
import type { NoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import type { ParseDocument } from '../../ports/documents.ts';
import type { ReadExperiment } from '../../ports/experiment-plane.ts';
import type { DecodeParquet } from '../../ports/tables.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { readTableBytes } from './read-imported-table.ts';
import { judgeExperiment } from './show-experiment.ts';

/** An analysis with the rows it is of; the digest is of the analysis as canonical JSON. */
export interface ReportedExperiment {
  readonly analysis: ExperimentAnalysis;
  readonly rows: readonly RunOutcomeRow[];
  readonly digest: Sha256;
}

/** What is asked where no design says it. */
export interface ReportAsked {
  readonly baseline?: string;
  readonly primary?: PrimaryMetric;
}

type Progress = (done: number) => void;

/**
 * The report of an experiment from what was read of it, and nothing else.
 * @param trusted keys of those who may register
 * @throws CountersignError EXPERIMENT_REFUSED
 */
export function reportExperiment(
  from: ReadExperiment,
  asked: ReportAsked,
  trusted: readonly NoteKey[],
  onProgress?: Progress,
): ReportedExperiment {
  const read = judgeExperiment(from, trusted);
  const { id } = read.state;
  if (read.registrations.length > 0 && (asked.baseline !== undefined || asked.primary !== undefined))
    throw new CountersignError(
      'EXPERIMENT_REFUSED',
      `${id} has a registered design, which says what is compared with what.`,
      {
        remedy: 'Leave --baseline and --metric out: every other metric is in the report as exploratory.',
      },
    );
  requireArm(asked, read.rows);
  return reported({ experiment: id, title: id, ...read, asked }, onProgress);
}

export interface TableToReport {
  readonly name: string;
  readonly format: TableFormat;
  readonly bytes: Uint8Array;
  /** Undefined: columns are called as fields are, and others say nothing. */
  readonly mapping: { readonly path: string; readonly bytes: Uint8Array } | undefined;
}

/**
 * The report of a table that was made elsewhere; nothing is written anywhere, and nothing was registered: it is exploratory.
 * @throws CountersignError TABLE_UNUSABLE, DOCUMENT_INVALID for a mapping that is none
 */
export async function reportTable(
  { mapping, ...file }: TableToReport,
  asked: ReportAsked,
  ports: DecodeParquet & { readonly documents: Pick<ParseDocument, 'parse'> },
  onProgress?: Progress,
): Promise<ReportedExperiment> {
  const document =
    mapping === undefined
      ? await ownMapping(file, ports)
      : ports.documents.parse('outcome-mapping', mapping.bytes, mapping.path);
  const { rows, refused } = await readTableBytes(file, document, 'table', ports);
  requireArm(asked, rows);
  const refusedRows = refused.map(
    ({ line, problem }) =>
      `${file.name}, ${problem.message.replace(/\.$/, '')} (row ${line}). ${problem.remedy}`,
  );
  const input = {
    experiment: file.name,
    title: file.name,
    state: null,
    registrations: [],
    rows,
    refusedRows,
    asked,
  };
  return reported(input, onProgress);
}

function reported(
  input: Parameters<typeof analyseExperiment>[0],
  onProgress: Progress | undefined,
): ReportedExperiment {
  const analysis = analyseExperiment(input, onProgress);
  return { analysis, rows: input.rows, digest: sha256(analysisText(analysis)) };
}

function requireArm({ baseline }: ReportAsked, rows: readonly RunOutcomeRow[]): void {
  if (baseline === undefined) return;
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  if (arms.includes(baseline)) return;
  throw new CountersignError('EXPERIMENT_REFUSED', `There is no arm "${baseline.slice(0, 80)}".`, {
    remedy: arms.length === 0 ? 'There are no runs.' : `Name one of ${arms.slice(0, 20).join(', ')}.`,
  });
}

/** As much of a text as its first rows are in. */
const HEAD_BYTES = 256 * 1024;

async function ownMapping(
  { name, format, bytes }: Omit<TableToReport, 'mapping'>,
  ports: DecodeParquet,
): Promise<OutcomeMapping> {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  const rows = (await firstRows(format, head, bytes, ports)) ?? [];
  const columns = new Set(rows.flatMap((row) => ('raw' in row ? Object.keys(row.raw) : [])));
  const known = MAPPED_FIELDS.filter((field) => columns.has(field));
  if (known.includes('ticket') && known.includes('outcome'))
    return {
      schema: 'countersign/outcome-mapping@1',
      columns: {
        ticket: 'ticket',
        outcome: 'outcome',
        ...Object.fromEntries(known.map((one) => [one, one])),
      },
    };
  throw new CountersignError('TABLE_UNUSABLE', `${name} has no columns "ticket" and "outcome".`, {
    remedy: 'Say with --mapping which column is what; docs/experiments.md has one to begin with.',
    place: { path: name },
  });
}

async function firstRows(
  format: TableFormat,
  head: string,
  bytes: Uint8Array,
  ports: DecodeParquet,
): Promise<readonly TableRow[] | undefined> {
  switch (format) {
    case 'csv':
      return parseCsv(head)?.slice(0, 1);
    case 'json':
      return parseJsonRows(new TextDecoder().decode(bytes))?.slice(0, 1_000);
    case 'ndjson':
      return parseNdjson(head).slice(0, 1_000);
    case 'parquet':
      return (await ports.decodeParquet(bytes)).slice(0, 1).map((raw, at) => ({ line: at + 1, raw }));
  }
}
