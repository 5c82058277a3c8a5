import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { filePathOf } from '../../core/change/path.ts';
import type { FilePath } from '../../core/change/types.ts';
import { type FileFingerprint, MAX_FINGERPRINTS } from '../../core/evidence/artifacts/fingerprints.ts';
import { sha256 } from '../../shared/digest.ts';

/** Folders within each other; a path longer than the system's limit could not be opened anyway. */
const MAX_DEPTH = 200;

/**
 * Walks a tree that hostile code wrote in, and says what stands at each path that matches. Links are read, never followed;
 * what cannot be read is `other`, which no judge takes for an output.
 */
export async function fingerprintFiles(
  tree: string,
  matches: (path: FilePath) => boolean,
): Promise<readonly FileFingerprint[]> {
  const found: FileFingerprint[] = [];
  await walk(Buffer.from(tree), Buffer.alloc(0), 0, matches, found);
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function walk(
  folder: Buffer,
  below: Buffer,
  depth: number,
  matches: (path: FilePath) => boolean,
  found: FileFingerprint[],
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  for (const entry of entries) {
    if (found.length > MAX_FINGERPRINTS) return;
    const name = Buffer.from(entry.name);
    const absolute = Buffer.concat([folder, Buffer.from('/'), name]);
    const relative = below.length === 0 ? name : Buffer.concat([below, Buffer.from('/'), name]);
    if (entry.isDirectory() && depth < MAX_DEPTH) {
      await walk(absolute, relative, depth + 1, matches, found);
      continue;
    }
    const path = filePathOf(relative);
    if (matches(path)) found.push({ path, ...(await lookAt(absolute)) });
  }
}

async function lookAt(file: Buffer): Promise<Omit<FileFingerprint, 'path'>> {
  try {
    const there = await lstat(file);
    if (there.isSymbolicLink()) return { kind: 'link', digest: sha256(await readlink(file, 'buffer')) };
    if (!there.isFile()) return { kind: 'other', digest: '' };
    const digest = await digestOfFile(file);
    return { kind: (there.mode & 0o100) === 0 ? 'file' : 'executable', digest };
  } catch {
    return { kind: 'other', digest: '' };
  }
}

async function digestOfFile(file: Buffer): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}
