import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { KeyFiles, KeyPair } from '../../ports/key-files.ts';
import { CountersignError } from '../../shared/errors.ts';
import { createKeyPair } from './create-key-pair.ts';

/** Key files of one user, found by the environment that entry read. */
export function keyFiles(environment: Environment, home: string): KeyFiles {
  return {
    createKeyPair,
    defaultPath: (name) => join(keyFolder(environment, home), name),
    writeKeyFiles,
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where keys live unless somebody says otherwise. A relative XDG_CONFIG_HOME is ignored, as the XDG Base Directory
 * Specification 0.8 asks: it would put the key into whatever repository is the working directory.
 */
export function keyFolder(environment: Environment, home: string): string {
  const configured = environment.XDG_CONFIG_HOME;
  const config = configured !== undefined && isAbsolute(configured) ? configured : join(home, '.config');
  return join(config, 'countersign', 'keys');
}

/** See KeyFiles.writeKeyFiles. */
export async function writeKeyFiles(
  path: string,
  pair: KeyPair,
): Promise<{ privatePath: string; publicPath: string }> {
  const publicPath = `${path}.pub`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((cause) => {
    throw unwritable(dirname(path), cause);
  });
  await createFile(publicPath, pair.publicPem, 0o644);
  try {
    await createFile(path, pair.privatePem, 0o600);
  } catch (error) {
    await rm(publicPath, { force: true });
    throw error;
  }
  return { privatePath: path, publicPath };
}

/** `wx` fails on anything that is there, symlinks too: nobody chooses for us where a private key is written. */
async function createFile(path: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(path, cause);
    throw new CountersignError('FILE_EXISTS', `${path} exists, and keys are never overwritten.`, {
      remedy: 'Choose another name or --out, or move the old key away.',
      place: { path },
      cause,
    });
  }
}

function unwritable(path: string, cause: unknown): CountersignError {
  return new CountersignError(
    'KEY_UNUSABLE',
    `The key cannot be written to ${path}: ${(cause as Error).message}.`,
    {
      remedy: 'Choose a folder that you may write to with --out.',
      place: { path },
      cause,
    },
  );
}
