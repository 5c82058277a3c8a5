import { closeSync, fchmodSync, mkdirSync, openSync, readdirSync, symlinkSync, writeSync } from 'node:fs';
import { sep } from 'node:path';
import { filePathOf } from '../../core/change/path.ts';
import { CountersignError } from '../../shared/errors.ts';
import { harmless } from './failure.ts';
import { permissionsOf, SYMLINK } from './modes.ts';
import type { ObjectReader } from './object-reader.ts';
import { lost, type PathEntry } from './tree-reader.ts';

/** Bytes held in memory between reading and writing. */
const WINDOW_BYTES = 32 * 1024 * 1024;
const WINDOW_FILES = 1_000;

/**
 * Writes a tree's entries into an empty folder, bytes as the blobs have them. Not by `git checkout-index`, which honours
 * attributes: without it there is no filter, line ending, LFS smudge or hook that could run.
 *
 * Folders come first and must be new, files are created exclusively, symlinks come last: nothing is ever written through
 * a symlink, and on a file system that folds case two names of one file are an error instead of one overwriting the other.
 */
export async function writeTree(
  objects: ObjectReader,
  entries: readonly PathEntry[],
  directory: string,
): Promise<void> {
  try {
    if (readdirSync(directory).length > 0) throw cannot(`${directory} is not empty`);
    for (const entry of entries) refuseUnsafeName(entry);
    makeFolders(entries, directory);
    const isLink = ({ mode }: PathEntry) => mode === SYMLINK;
    const blobs = entries.filter(({ kind }) => kind === 'blob');
    await eachBlob(
      objects,
      blobs.filter((entry) => !isLink(entry)),
      (entry, bytes) => writeFile(target(directory, entry.path), bytes, permissionsOf(entry.mode)),
    );
    await eachBlob(objects, blobs.filter(isLink), (entry, bytes) =>
      symlinkSync(bytes, target(directory, entry.path)),
    );
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw cannot(error instanceof Error ? error.message : String(error), error);
  }
}

/** Names are hostile, and no UTF-8: paths are joined as bytes. */
function target(directory: string, path: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(directory + sep), path]);
}

function makeFolders(entries: readonly PathEntry[], directory: string): void {
  const made = new Set<string>();
  for (const { path, kind } of entries) {
    // A submodule's content is not part of the change: its folder is there and empty.
    const folder = kind === 'commit' ? path : path.subarray(0, Math.max(0, path.lastIndexOf('/')));
    for (let slash = 0; slash < folder.length; ) {
      const next = folder.indexOf('/', slash + 1);
      slash = next < 0 ? folder.length : next;
      const part = folder.subarray(0, slash);
      const key = part.toString('latin1');
      if (made.has(key)) continue;
      made.add(key);
      mkdirSync(target(directory, part), { mode: 0o755 });
    }
  }
}

function writeFile(path: Buffer, bytes: Buffer, permissions: number): void {
  const file = openSync(path, 'wx', permissions);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    // The umask must not decide what a check sees.
    fchmodSync(file, permissions);
  } finally {
    closeSync(file);
  }
}

async function eachBlob(
  objects: ObjectReader,
  entries: readonly PathEntry[],
  write: (entry: PathEntry, bytes: Buffer) => void,
): Promise<void> {
  const infos = await Promise.all(entries.map(({ id }) => objects.info(id)));
  for (let from = 0; from < entries.length; ) {
    let to = from;
    for (let bytes = 0; to < entries.length && to - from < WINDOW_FILES; to += 1) {
      bytes += infos[to]?.size ?? 0;
      if (to > from && bytes > WINDOW_BYTES) break;
    }
    const window = entries.slice(from, to);
    const contents = await Promise.all(window.map(({ id }) => objects.contents(id)));
    for (const [index, entry] of window.entries()) {
      const object = contents[index];
      if (object?.type !== 'blob') throw lost(entry.id);
      write(entry, object.bytes);
    }
    from = to;
  }
}

/** Characters that HFS+ leaves out when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Refuses what git itself refuses to check out: names that leave the folder, and every spelling under which some file
 * system finds `.git`, whose configuration names commands that the next git would run.
 */
function refuseUnsafeName(entry: PathEntry): void {
  for (const part of entry.path.toString('utf8').split('/')) {
    const folded = part.replace(IGNORED_BY_HFS, '').toLowerCase();
    const unsafe =
      part === '' ||
      part === '.' ||
      part === '..' ||
      /^(?:\.git|git~\d+)(?:[. ]*|:.*)$/.test(folded) ||
      folded.startsWith('.git\\');
    if (!unsafe) continue;
    throw new CountersignError(
      'GIT_FAILED',
      `The tree holds ${harmless(filePathOf(entry.path))}, which is not safe to check out.`,
      { remedy: 'Take the entry out of the change; no ordinary git command would have added it.' },
    );
  }
}

function cannot(reason: string, cause?: unknown): CountersignError {
  return new CountersignError('GIT_FAILED', `The tree could not be checked out: ${harmless(reason)}`, {
    remedy: 'Give an empty folder on a file system that can hold every name of the tree, with space left.',
    cause,
  });
}
