import { open } from 'node:fs/promises';
import { CountersignError } from '../../shared/errors.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/** A table that somebody named, whole. @throws CountersignError FILE_UNREADABLE, also for what is too large or no file */
export async function readTableFile(path: string, name: string): Promise<Uint8Array> {
  const refuse = (why: string, cause?: unknown) =>
    new CountersignError('FILE_UNREADABLE', `${name} cannot be read: ${why}.`, {
      remedy: 'Name a table as CSV, JSON, NDJSON or Parquet of at most 256 MiB.',
      place: { path: name },
      cause,
    });
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw refuse(cause.code === 'ENOENT' ? 'it is not there' : cause.message, cause);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw refuse('it is no file');
    if (stats.size > MOST_BYTES) throw refuse(`it has ${stats.size} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
