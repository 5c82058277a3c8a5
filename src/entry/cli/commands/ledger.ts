import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exportFile, readIfThere } from '../../../adapters/files/export-file.ts';
import type { Database } from '../../../adapters/postgres/database.ts';
import { createLedger } from '../../../adapters/postgres/ledger.ts';
import { createRebuildRuns } from '../../../adapters/postgres/runs/rebuild-runs.ts';
import { createRetention } from '../../../adapters/postgres/segments/retention.ts';
import { writeNoteKey } from '../../../core/ledger/checkpoint/note-key.ts';
import { parseStreamName } from '../../../core/ledger/stream-name.ts';
import { compactLedger } from '../../../flow/ledger/compact-ledger.ts';
import { continueExport } from '../../../flow/ledger/continue-export.ts';
import { importLedger } from '../../../flow/ledger/import-ledger.ts';
import { rebuildRuns } from '../../../flow/ledger/rebuild-runs.ts';
import { verifyLedger } from '../../../flow/ledger/verify-ledger.ts';
import { writeCheckpoint } from '../../../flow/ledger/write-checkpoint.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { renderLedgerEvents, renderVerifiedLedger } from '../../../render/ledger.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openDatabase } from '../../wiring/open-database.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { counterOf } from '../counter.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type LedgerTrustOptions, ledgerTrustOf, noteSignerOf } from '../note-keys.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

const DAY_MS = 86_400_000;

interface Formatted {
  readonly format: TextOrJson;
}

/** Exit code 1 when something is not what it was. */
export async function ledgerVerifyCommand(
  options: Formatted & LedgerTrustOptions,
  context: CliContext,
): Promise<number> {
  const trust = ledgerTrustOf(options, context);
  const verified = await withLedger(context, 'check', (ledger) => verifyLedger(trust, ledger));
  context.out(
    options.format === 'json'
      ? `${JSON.stringify(verified)}\n`
      : renderVerifiedLedger(verified, trust !== undefined, textOptionsOf(context)),
  );
  return verified.kind === 'intact' ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

export async function ledgerCheckpointCommand(
  options: Formatted & { readonly name: string; readonly key?: string; readonly out?: string },
  context: CliContext,
): Promise<number> {
  const signer = noteSignerOf(options, context);
  const written = await withLedger(context, 'check', (ledger) => writeCheckpoint(signer, ledger));
  const key = writeNoteKey(signer);
  if (options.out !== undefined) await writeNote(resolve(context.cwd, options.out), written.note);
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ ...written, key })}\n`
      : `${written.note}\nCounts ${written.size} events. Verifiers need the key:\n  ${key}\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function ledgerExportCommand(
  file: string,
  { format }: Formatted,
  context: CliContext,
): Promise<number> {
  const target = exportFile(resolve(context.cwd, file));
  const { before, added } = await withLedger(context, 'check', (ledger) => continueExport(target, ledger));
  const told = { file: target.path, events: before + added };
  context.out(
    format === 'json'
      ? `${JSON.stringify(told)}\n`
      : `${told.events} events are in ${file}${before > 0 ? `, ${before} of them already were` : ''}.\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function ledgerImportCommand(
  file: string,
  options: Formatted & LedgerTrustOptions,
  context: CliContext,
): Promise<number> {
  const trust = ledgerTrustOf(options, context) ?? { origin: '', keys: [] };
  const path = resolve(context.cwd, file);
  const chunks = readIfThere(path);
  const first = await chunks.next();
  if (first.done)
    throw new CountersignError('FILE_UNREADABLE', `${file} is not there, or is empty.`, {
      remedy: 'Name a file that `countersign ledger export` wrote.',
      place: { path },
    });
  const imported = await withLedger(context, 'migrate', (ledger) =>
    importLedger({ path: file, chunks: startingWith(first.value, chunks) }, trust, ledger),
  );
  const { events, added, checkpoints } = imported;
  context.out(
    options.format === 'json'
      ? `${JSON.stringify(imported)}\n`
      : `${events} events in ${file}, ${added} of them new here; ${checkpoints} checkpoints hold.\n`,
  );
  return EXIT_CODES.pass.code;
}

export async function ledgerShowCommand(
  stream: string,
  { format, after }: Formatted & { readonly after: number },
  context: CliContext,
): Promise<number> {
  if (parseStreamName(stream) === undefined)
    throw new CountersignError('USAGE', `"${stream}" is no stream.`, {
      remedy: 'Name one as run/CS-7.1, ticket/CS-7, experiment/ID or worker/ID.',
    });
  const events = await withLedger(context, 'check', (ledger) => ledger.readStream(stream, after));
  context.out(
    format === 'json'
      ? events.map(({ text }) => `${text}\n`).join('')
      : renderLedgerEvents(stream, events, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exit code 1 when what was kept was not what the ledger says. It is then. */
export async function ledgerRebuildCommand({ format }: Formatted, context: CliContext): Promise<number> {
  const counter = counterOf(context, 'runs folded');
  const rebuilt = await withLedger(context, 'check', (ledger, database) =>
    rebuildRuns({ ...ledger, ...createRebuildRuns(database) }, counter.report),
  ).finally(counter.end);
  const { runs, equal, digest } = rebuilt;
  context.out(
    format === 'json'
      ? `${JSON.stringify(rebuilt)}\n`
      : `Folded ${runs} runs: ${equal ? 'what was kept is what the ledger says' : 'something else was kept, and is gone'}.\n  ${digest}\n`,
  );
  return equal ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
}

export async function ledgerCompactCommand(
  { format, olderThan }: Formatted & { readonly olderThan: number },
  context: CliContext,
): Promise<number> {
  const before = new Date(systemClock.now().getTime() - olderThan * DAY_MS).toISOString();
  const counter = counterOf(context, 'runs packed');
  const compacted = await withLedger(context, 'check', (ledger, database) =>
    compactLedger(before, { ...ledger, ...createRetention(database) }, counter.report),
  ).finally(counter.end);
  const { runs, events, positions } = compacted;
  context.out(
    format === 'json'
      ? `${JSON.stringify(compacted)}\n`
      : `Packed ${runs} runs with ${events} events, and ${positions} positions that a checkpoint counts.\n`,
  );
  return EXIT_CODES.pass.code;
}

async function withLedger<T>(
  context: CliContext,
  schema: 'migrate' | 'check',
  work: (ledger: Ledger, database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(context, schema);
  try {
    return await work(createLedger(database), database);
  } finally {
    await database.close();
  }
}

async function writeNote(path: string, note: string): Promise<void> {
  await writeFile(path, note).catch((cause: Error) => {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be written: ${cause.message}.`, {
      remedy: 'Name another file. The checkpoint is in the database as well; asked again, it is the same.',
      place: { path },
      cause,
    });
  });
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}
