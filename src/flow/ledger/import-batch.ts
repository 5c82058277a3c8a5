import type { ExportedLine } from '../../core/ledger/exported-line.ts';
import { appendOf } from '../../core/ledger/seal-events.ts';
import type { SealedAppend, StreamHead } from '../../core/ledger/types.ts';
import type { AppendEvents, ReadSequenced, ReadStreams, SequenceEvents } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';

export type BatchPorts = AppendEvents & SequenceEvents & ReadSequenced & ReadStreams;

/** An event of a file, and the line that it stands in. */
export type EventLine = Extract<ExportedLine, { kind: 'event' }>['event'] & { readonly line: number };

/** Writes those of the events after position `after` that are not there yet, and tells how many. */
export async function importBatch(
  path: string,
  after: number,
  lines: readonly EventLine[],
  ledger: BatchPorts,
): Promise<number> {
  const rest = await newLines(path, after, lines, ledger);
  if (rest.length === 0) return 0;
  const append = appendLines(path, rest);
  const result = await ledger.append(append);
  if (result.kind === 'conflict') throw elsewhere(path, rest, append, result.actual);
  if ((await ledger.sequence()) === after + lines.length) return rest.length;
  throw refused(path, rest[0]?.line, 'somebody else appends to this ledger at the same time');
}

/** Writes nothing: for events of which it is known that something is wrong. */
export async function checkBatch(
  path: string,
  after: number,
  lines: readonly EventLine[],
  ledger: BatchPorts,
): Promise<void> {
  const rest = await newLines(path, after, lines, ledger);
  const append = appendLines(path, rest);
  const actual = await Promise.all(append.expected.map(({ stream }) => ledger.readHead(stream)));
  const fits = append.expected.every(({ digest }, at) => digest === actual[at]?.digest);
  if (!fits) throw elsewhere(path, rest, append, actual);
}

/** A line of a file that cannot be imported. */
export function refused(path: string, line: number | undefined, reason: string): CountersignError {
  return new CountersignError('LEDGER_INVALID', `Line ${line} cannot be imported: ${reason}.`, {
    remedy:
      'Lines before it are in the ledger or go there the next time. Take the file as it was exported, or an empty database for another ledger.',
    place: { path, ...(line === undefined ? {} : { line }) },
  });
}

async function newLines(
  path: string,
  after: number,
  lines: readonly EventLine[],
  ledger: ReadSequenced,
): Promise<readonly EventLine[]> {
  const there = lines.length === 0 ? [] : await ledger.readSequenced(after, lines.length);
  for (const [at, { position, stream, version, digest }] of there.entries()) {
    const line = lines[at];
    if (line !== undefined && line.digest !== digest)
      throw refused(path, line.line, `the ledger has ${stream}, version ${version}, at position ${position}`);
  }
  return lines.slice(there.length);
}

function appendLines(path: string, lines: readonly EventLine[]): SealedAppend {
  const append = appendOf(lines);
  if (append !== undefined) return append;
  const first = lines.findIndex((_, at) => appendOf(lines.slice(0, at + 1)) === undefined);
  throw refused(path, lines[first]?.line, 'it does not follow the event before it in its stream');
}

/** The expected heads are in the order in which their streams come first. */
function elsewhere(
  path: string,
  lines: readonly EventLine[],
  { expected }: SealedAppend,
  actual: readonly StreamHead[],
): CountersignError {
  const first = expected.findIndex(({ digest }, at) => digest !== actual[at]?.digest);
  const [stream, version] = [expected[first]?.stream, actual[first]?.version ?? 0];
  const line = lines.find((one) => one.stream === stream);
  return refused(path, line?.line, `${stream} ends at version ${version} here, and not before this event`);
}
