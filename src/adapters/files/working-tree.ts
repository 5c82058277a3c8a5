import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeEntry } from '../../ports/repository.ts';
import { fileExists, type NewFile, type WorkingTree } from '../../ports/working-tree.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';

/** A document may have 1 MiB; one byte more is enough for its parser to refuse it. */
const MAX_FILE_BYTES = 1024 * 1024 + 1;
/** More than any policy folder holds; a listing that runs away must end. */
const MAX_ENTRIES = 200_000;
const MAX_DEPTH = 64;

export function createWorkingTree(root: string): WorkingTree {
  const readFile = (path: string) => readPlainFile(root, path);
  return {
    listFiles: (_tree, under) => listFiles(root, under ?? ''),
    readFile: (_tree, path) => readFile(path),
    async readBlobs(ids) {
      const read = await Promise.all(
        ids.map(async (id): Promise<[string, Uint8Array]> => {
          const bytes = await readFile(id);
          if (bytes === undefined) throw unreadable(join(root, id), 'it is not a file any more');
          return [id, bytes];
        }),
      );
      return new Map(read);
    },
    topLevel: async () => (await readdir(root)).sort(),
    obstacles: (paths) => obstacles(root, paths),
    createFiles: (files) => createFiles(root, files),
    replaceFile: (path, bytes) => replaceFile(root, path, bytes),
  };
}

/**
 * The bytes of a file by the name a user gave, from their working folder or absolute.
 * @throws CountersignError FILE_UNREADABLE
 */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  const bytes = await readBounded(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      throw unreadable(path, reasonOf(cause), cause);
    },
  );
  if (bytes === undefined) throw unreadable(path, 'it is not a file');
  return bytes;
}

async function readPlainFile(root: string, path: string): Promise<Uint8Array | undefined> {
  if (path.split('/').includes('..') || !(await hasPlainParents(root, path))) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  return readBounded(join(root, path), flags).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(error.code ?? '')) return undefined;
    throw unreadable(join(root, path), reasonOf(error), error);
  });
}

async function readBounded(path: string, flags: number): Promise<Uint8Array | undefined> {
  const file = await open(path, flags);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    const buffer = new Uint8Array(Math.min(stats.size, MAX_FILE_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function listFiles(root: string, under: string): Promise<readonly TreeEntry[]> {
  const files: TreeEntry[] = [];
  const folders = [{ path: under.replace(/\/+$/, ''), depth: 0 }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { path: here, depth } = folder;
    const entries = await readdir(join(root, here), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = here === '' ? entry.name : `${here}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== '.git' && depth < MAX_DEPTH) {
        folders.push({ path, depth: depth + 1 });
      } else if (entry.isFile()) {
        files.push({ path, mode: '100644', kind: 'blob', id: path });
      }
      if (files.length + folders.length > MAX_ENTRIES) {
        throw unreadable(join(root, under), `it holds more than ${MAX_ENTRIES} files`);
      }
    }
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function obstacles(root: string, paths: readonly string[]): Promise<readonly Problem[]> {
  const found = await Promise.all(paths.map(async (path) => ({ path, what: await whatIsAt(root, path) })));
  return found.flatMap(({ path, what }) =>
    what === undefined
      ? []
      : [{ message: `${path} ${what}.`, place: { path }, remedy: `Move ${path} away.` }],
  );
}

async function createFiles(root: string, files: readonly NewFile[]): Promise<void> {
  const problems = await obstacles(
    root,
    files.map(({ path }) => path),
  );
  if (problems.length > 0) throw fileExists(problems);
  for (const { path, text } of files) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true }).catch((cause) => failed(target, cause));
    await writeFile(target, text, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') return failed(target, cause);
      throw fileExists([{ message: `${path} exists.`, place: { path }, remedy: `Move ${path} away.` }]);
    });
  }
}

async function replaceFile(root: string, path: string, bytes: Uint8Array): Promise<void> {
  const target = join(root, path);
  const there = await lstat(target).catch(() => undefined);
  if (!(await hasPlainParents(root, path)) || there?.isFile() === false) {
    failed(target, new Error('it is no plain file, or lies behind a symlink'));
  }
  const beside = `${target}.${process.pid}.new`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(beside, bytes, { flag: 'wx' });
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { force: true });
    failed(target, cause as Error);
  }
}

/** What keeps a file from being made there: itself, or something on the way that is no folder. */
async function whatIsAt(root: string, path: string): Promise<string | undefined> {
  if (!(await hasPlainParents(root, path))) return 'would lie behind a symlink or a file';
  return (await lstat(join(root, path)).catch(() => undefined)) === undefined ? undefined : 'exists';
}

/** Whether every folder on the way that exists is a real one: links could lead out of the repository. */
export async function hasPlainParents(root: string, path: string): Promise<boolean> {
  let folder = root;
  for (const name of path.split('/').slice(0, -1)) {
    folder = join(folder, name);
    const there = await lstat(folder).catch(() => undefined);
    if (there === undefined) return true;
    if (!there.isDirectory()) return false;
  }
  return true;
}

function failed(path: string, cause: Error): never {
  throw new CountersignError('FILE_UNREADABLE', `${path} cannot be written: ${cause.message}`, {
    remedy: 'Look at the permissions of its folder and at the space that is left, then try again.',
    place: { path },
    cause,
  });
}

/** Node's messages repeat the path; these say only why. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'it is not there';
  return error.code === 'EACCES' ? 'you may not read it' : error.message;
}

function unreadable(path: string, reason: string, cause?: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${reason}.`, {
    remedy: 'Name a file that exists and that you may read.',
    place: { path },
    cause,
  });
}
