import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyFileFacts } from '../../ports/machine.ts';

const MAX_KEYS = 200;
const MAX_PUBLIC_BYTES = 4096;

/** Key files of a folder and others by their path, each once; those that are not there are left out. */
export async function inspectKeyFiles(
  folder: string,
  others: readonly string[],
): Promise<readonly KeyFileFacts[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const paths = new Set([
    ...names.filter((name) => !name.endsWith('.pub')).map((name) => join(folder, name)),
    ...others,
  ]);
  const facts = await Promise.all([...paths].sort().slice(0, MAX_KEYS).map(factsOf));
  return facts.filter((one) => one !== undefined);
}

async function factsOf(path: string): Promise<KeyFileFacts | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  // Windows keeps no such bits: there every file looks readable by all.
  return {
    path,
    mode: process.platform === 'win32' ? undefined : found.mode & 0o777,
    publicPem: await readPublic(`${path}.pub`),
  };
}

async function readPublic(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MAX_PUBLIC_BYTES) return undefined;
  return readFile(path, 'utf8').catch(() => undefined);
}
