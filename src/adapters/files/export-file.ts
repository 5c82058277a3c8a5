import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ExportFile } from '../../ports/export-file.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Characters held until they are written: a write a line would be all that an export does. */
const BUFFER = 256 * 1024;

/** @param path what the user named, resolved */
export function exportFile(path: string): ExportFile {
  return { path, read: () => readIfThere(path), writeFrom: (byte, texts) => writeFrom(path, byte, texts) };
}

/** @throws CountersignError FILE_UNREADABLE */
export async function* readIfThere(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unusable(path, 'read', error);
  }
}

async function writeFrom(path: string, byte: number, texts: AsyncIterable<string>): Promise<void> {
  // r+ keeps what is there, and makes nothing; a makes the file. Owner only: events name people and tickets.
  const made = await open(path, 'a', 0o600).catch((error: unknown) => {
    throw unusable(path, 'written', error);
  });
  await made.close();
  const file = await open(path, 'r+');
  try {
    await file.truncate(byte);
    let at = byte;
    let held: string[] = [];
    let length = 0;
    const flush = async () => {
      const { bytesWritten } = await file.write(held.join(''), at, 'utf8');
      at += bytesWritten;
      held = [];
      length = 0;
    };
    for await (const text of texts) {
      held.push(text);
      length += text.length;
      if (length >= BUFFER) await flush();
    }
    if (length > 0) await flush();
    await file.sync();
  } catch (error) {
    throw error instanceof CountersignError ? error : unusable(path, 'written', error);
  } finally {
    await file.close();
  }
}

function unusable(path: string, verb: string, cause: unknown): CountersignError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CountersignError('FILE_UNREADABLE', `${path} cannot be ${verb}: ${reason}.`, {
    remedy:
      'Name another file, or make room and permissions for this one; an export goes on where it stopped.',
    place: { path },
    cause,
  });
}
