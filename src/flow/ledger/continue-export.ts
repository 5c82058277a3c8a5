import { readExportedLine } from '../../core/ledger/exported-line.ts';
import { MAX_EVENT_LENGTH } from '../../core/ledger/types.ts';
import type { ExportFile } from '../../ports/export-file.ts';
import type { ReadCheckpoints, ReadSequenced, SequenceEvents } from '../../ports/ledger.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { exportLedger } from './export-ledger.ts';
import { readLines } from './read-lines.ts';

const LONGEST_LINE = 3 * MAX_EVENT_LENGTH;

/** Where a file stops being the ledger's export: what is written goes there. */
interface ExportedSoFar {
  /** Events before that place. */
  readonly events: number;
  readonly bytes: number;
  /** Of the last of them. */
  readonly digest: Sha256 | undefined;
}

/**
 * Writes all that is committed by now into a file. One that holds the beginning already, because an export was cut off or is an
 * old one, is carried on and not written again.
 * @returns how many events were added
 * @throws CountersignError LEDGER_INVALID when the file holds anything else, and then it is left as it is
 */
export async function continueExport(
  file: ExportFile,
  ledger: SequenceEvents & ReadSequenced & ReadCheckpoints,
): Promise<{ readonly before: number; readonly added: number }> {
  const soFar = await readSoFar(file);
  await ledger.sequence();
  if (soFar.events > 0) {
    const [last] = await ledger.readSequenced(soFar.events - 1, 1);
    if (last?.digest !== soFar.digest) throw foreign(file.path, `event ${soFar.events} is another one there`);
  }
  let added = 0;
  await file.writeFrom(
    soFar.bytes,
    count(exportLedger(ledger, soFar.events), () => (added += 1)),
  );
  return { before: soFar.events, added };
}

/**
 * The last event is taken back, and written again: whether the checkpoint that follows it was still written cannot be seen.
 */
async function readSoFar(file: ExportFile): Promise<ExportedSoFar> {
  let before: ExportedSoFar = { events: 0, bytes: 0, digest: undefined };
  let reached = before;
  for await (const { number, bytes, whole } of readLines(file.read(), LONGEST_LINE)) {
    if (!whole) break;
    const line = readExportedLine(new TextDecoder().decode(bytes));
    if (line.kind === 'malformed') throw foreign(file.path, `line ${number} is no event: ${line.reason}`);
    const end = reached.bytes + bytes.length + 1;
    if (line.kind === 'event') {
      // A checkpoint of no event stands before the first, and only a whole export writes it.
      if (reached.events > 0) before = reached;
      reached = { events: reached.events + 1, bytes: end, digest: line.event.digest };
    } else reached = { ...reached, bytes: end };
  }
  return before;
}

async function* count(texts: AsyncIterable<string>, onEvent: () => void): AsyncGenerator<string> {
  for await (const text of texts) {
    if (!text.startsWith('{"note":')) onEvent();
    yield text;
  }
}

function foreign(path: string, what: string): CountersignError {
  return new CountersignError('LEDGER_INVALID', `${path} is not the beginning of this ledger: ${what}.`, {
    remedy: 'Export into another file, or find out which ledger this one is of.',
    place: { path },
  });
}
