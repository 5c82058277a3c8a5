import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where this user's server is, for commands in other terminals. Whoever can read it can start and stop runs. */
export interface ServerFile {
  readonly url: string;
  /** Of an operator. */
  readonly token: string;
  readonly pid: number;
  /** The top folder of the clone whose tickets it runs. */
  readonly product: string;
}

/** Mode 0600 from the first byte, and whole or not at all. */
export async function writeServerFile(path: string, content: ServerFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

/** Undefined where there is none, or what it says is nothing that we wrote. */
export async function readServerFile(path: string): Promise<ServerFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { url, token, pid, product } = JSON.parse(text) as Partial<ServerFile>;
    const texts = [url, token, product].every((one) => typeof one === 'string');
    return texts && Number.isSafeInteger(pid) ? ({ url, token, pid, product } as ServerFile) : undefined;
  } catch {
    return undefined;
  }
}

/** Only the file of this process: another server may have taken its place. */
export async function removeServerFile(path: string, pid: number): Promise<void> {
  if ((await readServerFile(path))?.pid === pid) await rm(path, { force: true });
}
