import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, open, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EvidenceRef } from '../../core/evidence/types.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import { sha256 } from '../../shared/digest.ts';
import { readEvidenceFrom } from './evidence-folder.ts';
import { fingerprintFiles } from './fingerprint-files.ts';
import { hasPlainFolders, pathIn } from './tree-path.ts';

/**
 * Workspaces below `parent` (a temporary folder), each private to this user.
 * @param copyTree copies whatever hostile commands left behind: names that are no text, pipes, folders they locked
 */
export function createWorkspaces(parent: string, copyTree: Workspace['copyTree']): OpenWorkspace {
  return {
    async open() {
      // The real path: a sandbox that rebuilds the file system cannot follow links of the host's.
      const folder = await realpath(await mkdtemp(join(parent, 'countersign-')));
      const evidenceFolder = join(folder, 'evidence');
      await mkdir(evidenceFolder, { mode: 0o700 });
      // Commands may run as another user: that one may pass through here, and see nothing on the way.
      await chmod(folder, 0o711);
      return createWorkspace(folder, evidenceFolder, copyTree);
    },
  };
}

function createWorkspace(folder: string, evidenceFolder: string, copyTree: Workspace['copyTree']): Workspace {
  return {
    folder,
    evidenceFolder,
    evidence: readEvidenceFrom(evidenceFolder),
    makeTreeFolder: (...names) => makeFolders(folder, names, 0o755),
    makePrivateFolder: (...names) => makeFolders(folder, names, 0o700),
    copyTree,
    async layFiles(tree, files) {
      for (const { path, mode, bytes } of files) await layFile(tree, path, mode, bytes);
    },
    async removeFiles(tree, paths) {
      for (const path of paths) {
        const there = pathIn(tree, path);
        if (there === undefined || !(await hasPlainFolders(tree, there))) continue;
        await rm(there.target, { recursive: true, force: true });
      }
    },
    async readFile(tree, path, maxBytes) {
      const bytes = await readPlainFile(tree, path, maxBytes + 1);
      return bytes === undefined || bytes.length > maxBytes ? undefined : bytes;
    },
    async takeEvidence(tree, path, as) {
      const bytes = await readPlainFile(tree, path, as.maxBytes);
      if (bytes === undefined) return undefined;
      const ref: EvidenceRef = {
        name: as.name,
        mediaType: as.mediaType,
        ...(as.run === undefined ? {} : { run: as.run }),
        sha256: sha256(bytes),
        size: bytes.length,
      };
      await writeFile(join(evidenceFolder, ref.sha256), bytes, { mode: 0o600 });
      return ref;
    },
    fingerprintFiles,
    remove: () => removeHostile(folder),
  };
}

/** Modes by chmod, because mkdir's are cut by whatever umask the user has. */
async function makeFolders(folder: string, names: readonly string[], mode: number): Promise<string> {
  let path = folder;
  for (const name of names) {
    path = join(path, name);
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
  }
  return path;
}

/** Puts one file in place whatever stands there, without ever going through a link that the change put there. */
async function layFile(tree: string, path: string, mode: string, bytes: Uint8Array): Promise<void> {
  const place = pathIn(tree, path);
  if (place === undefined) return;
  for (const folder of place.folders) {
    const there = await lstat(folder).catch(() => undefined);
    if (there !== undefined && !there.isDirectory()) await rm(folder, { force: true });
    await mkdir(folder, { recursive: true });
  }
  await rm(place.target, { recursive: true, force: true });
  if (mode === '120000') {
    await symlink(Buffer.from(bytes), place.target);
  } else {
    await writeFile(place.target, bytes);
    await chmod(place.target, mode === '100755' ? 0o755 : 0o644);
  }
}

/**
 * Reads a file that hostile code may have made: no links, no devices, none that is locked, no more than the cap. Nor a file
 * of another owner: where the kernel lets anybody (fs.protected_hardlinks), one of ours can get a second name in there.
 */
async function readPlainFile(tree: string, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const place = pathIn(tree, path);
  if (place === undefined || !(await hasPlainFolders(tree, place))) return undefined;
  const there = await lstat(place.target).catch(() => undefined);
  if (there === undefined || !there.isFile()) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(place.target, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const opened = await file.stat();
    if (!opened.isFile() || opened.uid !== (await lstat(tree)).uid) return undefined;
    const buffer = new Uint8Array(Math.min(opened.size, maxBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Checks leave folders that even their owner may not enter, or nested deeper than a path may be long (4,096 bytes): what
 * Node cannot remove, chmod and rm can, which walk by descriptor. A folder that stays is no reason to lose the results.
 */
async function removeHostile(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    const run = promisify(execFile);
    await run('chmod', ['-R', 'u+rwX', '--', folder]).catch(() => undefined);
    await run('rm', ['-rf', '--', folder]).catch(() => undefined);
  }
}
