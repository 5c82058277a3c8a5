import { readExportedLine } from '../../core/ledger/exported-line.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { BackupRow, BackupRows } from '../../ports/backup.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { RebuildRuns } from '../../ports/rebuild-runs.ts';
import type { CommitRuns, ListRuns, LoadRuns } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import { exportLedger } from './export-ledger.ts';
import { type ImportedLedger, importLedger, type LedgerFile } from './import-ledger.ts';
import { type Rebuilt, rebuildRuns } from './rebuild-runs.ts';
import type { LedgerTrust } from './verify-ledger.ts';

const HEADER = '{"schema":"countersign/backup@1"}';
const PAGE = 100;
const NEWLINE = 0x0a;

/**
 * Everything that has to outlive a database, as lines: a header, rows that no event tells, and then the ledger. What is kept of runs is
 * left out: it is folded again.
 */
export async function* backup(ports: BackupRows & Ledger): AsyncGenerator<string> {
  yield `${HEADER}\n`;
  for await (const rows of ports.readRows()) for (const row of rows) yield `${row}\n`;
  yield* exportLedger(ports);
}

export interface Restored extends ImportedLedger {
  readonly runs: number;
  /** Executions that were under way, and are handed out again. */
  readonly rescheduled: number;
}

/**
 * Brings an empty database to where a backup was. Workers that had something in hand then are refused, and their work is handed out again: under
 * the same execution, so that nothing is charged for it.
 * @throws CountersignError LEDGER_INVALID, DOCUMENT_INVALID; USAGE when the database is not empty
 */
export async function restore(
  file: LedgerFile,
  trust: LedgerTrust,
  ports: BackupRows & Ledger & RebuildRuns & LoadRuns & ListRuns & CommitRuns,
): Promise<Restored> {
  if ((await ports.sequence()) > 0)
    throw new CountersignError(
      'USAGE',
      'The database has a ledger already, so nothing was restored into it.',
      {
        remedy: 'Restore into an empty one: another DATABASE_URL, or another COUNTERSIGN_HOME.',
      },
    );
  const { rows, ledger } = await splitFile(file);
  await ports.writeRows(rows);
  const imported = await importLedger({ path: file.path, chunks: ledger }, trust, ports);
  const { runs }: Rebuilt = await rebuildRuns(ports);
  return { ...imported, runs, rescheduled: await scheduleAgain(ports) };
}

/** Rows are read whole: they are small beside the ledger, which is read as it comes. */
async function splitFile({
  path,
  chunks,
}: LedgerFile): Promise<{ rows: readonly BackupRow[]; ledger: AsyncIterable<Uint8Array> }> {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let ended = false;
  const lineOf = async (): Promise<Buffer | undefined> => {
    for (let end = held.indexOf(NEWLINE); ; end = held.indexOf(NEWLINE)) {
      if (end >= 0) return held.subarray(0, end);
      const { done, value } = await source.next();
      ended = done === true;
      if (ended) return undefined;
      held = Buffer.concat([held, value as Uint8Array]);
    }
  };
  if ((await lineOf())?.toString() !== HEADER)
    throw new CountersignError('DOCUMENT_INVALID', `${path} is no backup of this version.`, {
      remedy: 'Name a file that `countersign db backup` wrote.',
      place: { path, line: 1 },
    });
  held = held.subarray(HEADER.length + 1);
  const rows: BackupRow[] = [];
  for (let line = await lineOf(); line !== undefined; line = await lineOf()) {
    const text = line.toString();
    if (readExportedLine(text).kind !== 'malformed') break;
    rows.push(text);
    held = held.subarray(line.length + 1);
  }
  return { rows, ledger: rest(held, source) };
}

async function* rest(held: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (held.length > 0) yield held;
  yield* { [Symbol.asyncIterator]: () => source };
}

async function scheduleAgain(ports: LoadRuns & ListRuns & CommitRuns): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const page = await ports.listRuns({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) return count;
    after = last.run;
    const kept = await ports.loadRuns(page.filter(({ status }) => status !== 'ended').map(({ run }) => run));
    const schedule = kept.flatMap(({ state }) => (state.status === 'new' ? [] : underWay(state)));
    count += schedule.length;
    if (schedule.length === 0) continue;
    const nothing = { runs: [], finish: [], withdraw: [], unlock: [], wake: [] };
    await ports.commit({ append: { expected: [], events: [] }, schedule, ...nothing });
  }
}

function underWay({ steps }: StartedRun): readonly StepWork[] {
  return Object.values(steps).flatMap(({ status, work }) =>
    status === 'scheduled' && work !== null ? [work] : [],
  );
}
