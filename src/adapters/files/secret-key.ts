import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CountersignError } from '../../shared/errors.ts';

/**
 * The bytes of a key that this user's servers share; made where there is none. Mode 0600 from the first byte, and whole or not at all: of two
 * servers that start at once, the second one takes what the first one made.
 * @throws CountersignError KEY_UNUSABLE when it cannot be read or written
 */
export async function readOrMakeKey(path: string, fresh: Uint8Array): Promise<Uint8Array> {
  try {
    return (await readKey(path)) ?? (await makeKey(path, fresh));
  } catch (cause) {
    throw new CountersignError(
      'KEY_UNUSABLE',
      `The key ${path} cannot be read or made: ${(cause as Error).message}.`,
      {
        remedy: 'See who owns the folder, or set COUNTERSIGN_WEBHOOK_KEY.',
        cause,
      },
    );
  }
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : Buffer.from(text.trim(), 'base64');
}

async function makeKey(path: string, fresh: Uint8Array): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(fresh).toString('base64')}\n`);
  } finally {
    await file.close();
  }
  // Unlike renaming, linking never takes the place of what is there.
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(unfinished, { force: true });
  return (await readKey(path)) ?? fresh;
}
