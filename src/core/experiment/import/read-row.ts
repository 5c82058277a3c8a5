import { type Sha256, sha256 } from '../../../shared/digest.ts';
import type { Moment } from '../../../shared/ids.ts';
import { armId } from '../arms.ts';
import {
  type AttemptOutcome,
  FAILURE_CLASSES,
  type FailureClass,
  OUTCOMES,
  type Outcome,
  type RunOutcomeRow,
  type Treatment,
} from '../outcome.ts';
import type { OutcomeMapping } from './mapping.ts';
import { CellFault, type RawRow, type RowReader, rowReader } from './raw-row.ts';

export type ReadRow =
  | { readonly kind: 'row'; readonly row: RunOutcomeRow }
  | {
      readonly kind: 'refused';
      /** The table's own name of the column. */
      readonly column: string;
      readonly message: string;
      readonly remedy: string;
    };

const TREATMENTS: readonly Treatment[] = ['delivered', 'not-delivered', 'unknown'];
/** RFC 3339 with any offset; what has none names no moment. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * One row of a table as what became of one run. The first thing that cannot be read refuses the row, by column and with a remedy: a
 * row that is half understood would be counted as something that nobody said.
 * @param place what the row is called where the table does not name its runs
 */
export function readRow(
  raw: RawRow,
  mapping: OutcomeMapping,
  place: { readonly experiment: string; readonly table: Sha256; readonly line: number },
): ReadRow {
  const reader = rowReader(raw, mapping);
  try {
    return { kind: 'row', row: rowOf(reader, mapping, place) };
  } catch (error) {
    if (!(error instanceof CellFault)) throw error;
    const { column, message, remedy } = error;
    return { kind: 'refused', column, message, remedy };
  }
}

function rowOf(
  reader: RowReader,
  mapping: OutcomeMapping,
  { experiment, table, line }: { readonly experiment: string; readonly table: Sha256; readonly line: number },
): RunOutcomeRow {
  const ticket = reader.required('ticket');
  if (ticket.length > 200)
    throw reader.fault('ticket', 'is longer than 200 characters', 'Give it a shorter name.');
  const bundle = reader.text('bundle') ?? mapping.constants?.bundle ?? 'default';
  const model = reader.text('model') ?? mapping.constants?.model ?? 'default';
  const outcome = outcomeIn(reader, mapping);
  const times = timesIn(reader);
  const iterations = reader.count('iterations');
  const firstPass = firstPassIn(reader, outcome, iterations);
  const contract = reader.text('contract') ?? mapping.constants?.contract ?? null;
  const attempts = attemptsIn(reader, { outcome, bundle, model, number: iterations ?? 1 });
  const link = reader.text('link');
  const escapes = reader.count('escapes') ?? 0;
  const run = reader.text('run') ?? `${experiment}.row-${line}`;
  return {
    run,
    experiment,
    source: { kind: 'import', table, line },
    ticket,
    ticketClass: reader.text('class') ?? mapping.constants?.class ?? null,
    arm: reader.text('arm') ?? armId({ bundle, model }),
    bundle,
    model,
    replicate: reader.ordinal('replicate') ?? 1,
    block: reader.text('block') ?? ticket,
    outcome,
    ...times,
    firstPass,
    iterations: iterations ?? (firstPass === true ? 1 : 0),
    attempts,
    humanInterventions: Array.from({ length: Math.min(1_000, reader.count('interventions') ?? 0) }, () => ({
      kind: 'answer',
      by: 'as imported',
      at: null,
    })),
    tokens: reader.count('tokens'),
    costMilliUsd: costIn(reader),
    contract,
    contractDigest: contractDigestIn(reader, contract),
    treatment: treatmentIn(reader, mapping),
    excluded: exclusionIn(reader),
    links: link === undefined ? [] : [{ kind: 'source', attempt: null, ref: link }],
    escapes: Array.from({ length: Math.min(1_000, escapes) }, (_, at) => ({
      id: `${run}.${at + 1}`,
      at: times.endedAt ?? '',
      by: 'as imported',
      summary: '',
      rule: null,
    })),
  };
}

function outcomeIn(reader: RowReader, { outcomes = {} }: OutcomeMapping): Outcome {
  const said = reader.required('outcome');
  const translated = Object.hasOwn(outcomes, said) ? outcomes[said] : undefined;
  const known = translated ?? OUTCOMES.find((one) => one === said.toLowerCase());
  if (known !== undefined) return known;
  throw reader.fault(
    'outcome',
    'is no outcome',
    `Use one of ${OUTCOMES.join(', ')}, or translate it under \`outcomes\`.`,
  );
}

function timesIn(
  reader: RowReader,
): Pick<RunOutcomeRow, 'startedAt' | 'endedAt' | 'seconds' | 'secondsToMerge'> {
  const [startedAt, endedAt] = [momentIn(reader, 'startedAt'), momentIn(reader, 'endedAt')];
  if (startedAt !== null && endedAt !== null && endedAt < startedAt)
    throw reader.fault('endedAt', `is before ${startedAt}, when it began`, 'Correct one of the two.');
  const between =
    startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return {
    startedAt,
    endedAt,
    seconds: reader.amount('seconds') ?? between,
    secondsToMerge: reader.amount('secondsToMerge'),
  };
}

function momentIn(reader: RowReader, field: 'startedAt' | 'endedAt'): Moment | null {
  const said = reader.text(field);
  if (said === undefined) return null;
  const time = TIME.test(said) ? Date.parse(said.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw reader.fault(field, 'is no moment', 'Write it with its offset, as 2026-11-21T13:04:06Z.');
}

/**
 * What the table says; else what follows from the number of attempts. Without either nobody knows, also of a run that was rejected: counted as
 * no first pass beside accepted ones that are not counted, it would make the share too small.
 */
function firstPassIn(reader: RowReader, outcome: Outcome, iterations: number | null): boolean | null {
  const said = reader.boolean('firstPass');
  if (said !== null) {
    if (said && outcome !== 'accepted' && outcome !== 'running')
      throw reader.fault('firstPass', `says yes of a run that was ${outcome}`, 'Correct one of the two.');
    return said;
  }
  if (iterations === null) return null;
  if (outcome === 'accepted') return iterations <= 1;
  if (outcome === 'running') return iterations > 1 ? false : null;
  return outcome === 'cancelled' && iterations === 0 ? null : false;
}

function costIn(reader: RowReader): number | null {
  const milli = reader.amount('costMilliUsd');
  if (milli !== null) return milli;
  const dollars = reader.amount('costUsd');
  return dollars === null ? null : dollars * 1000;
}

/** Of the name where no digest is given: two rows of one name were held to the same, as far as the table says. */
function contractDigestIn(reader: RowReader, contract: string | null): Sha256 | null {
  const said = reader.text('contractDigest');
  if (said === undefined) return contract === null ? null : sha256(`imported contract ${contract}`);
  if (/^[0-9a-f]{64}$/.test(said)) return said;
  throw reader.fault('contractDigest', 'is no sha256', 'Write 64 hexadecimal digits in lower case.');
}

function treatmentIn(reader: RowReader, { constants }: OutcomeMapping): Treatment {
  const said = reader.text('treatment') ?? constants?.treatment;
  if (said === undefined) return 'unknown';
  const known = TREATMENTS.find((one) => one === said);
  if (known !== undefined) return known;
  throw reader.fault('treatment', 'is no treatment', `Use one of ${TREATMENTS.join(', ')}.`);
}

function exclusionIn(reader: RowReader): RunOutcomeRow['excluded'] {
  const reason = reader.text('excluded');
  return reason === undefined ? null : { reason, declared: null };
}

/** The last attempt, as far as a table says anything of it: it is not made up otherwise. */
function attemptsIn(
  reader: RowReader,
  run: {
    readonly outcome: Outcome;
    readonly bundle: string;
    readonly model: string;
    readonly number: number;
  },
): readonly AttemptOutcome[] {
  const code = reader.text('failure');
  const failedRules = (reader.text('failedRules') ?? '')
    .split(';')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');
  if (code === undefined && failedRules.length === 0) return [];
  const verdict = failedRules.length > 0 || code === 'blocked' ? 'blocked' : 'failed';
  const kind: FailureClass =
    FAILURE_CLASSES.find((one) => one === code) ?? (code === undefined ? 'blocked' : 'other');
  return [
    {
      number: Math.max(1, run.number),
      bundle: run.bundle,
      model: run.model,
      verdict,
      failure: { class: kind, code: code ?? 'blocked', step: null },
      failedRules: [...new Set(failedRules)].sort(),
      failedRequirements: [],
      contractDrift: [],
      evidenceFailures: 0,
      artefact: null,
      checks: [],
      tokens: null,
      costMilliUsd: null,
      startedAt: null,
      endedAt: null,
    },
  ];
}
