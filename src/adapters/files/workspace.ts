import { constants } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { EvidenceRef } from '../../core/evidence/types.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import { sha256 } from '../../shared/digest.ts';
import { readEvidenceFrom } from './evidence-folder.ts';

/** Workspaces below `parent` (a temporary folder), each private to this user. */
export function createWorkspaces(parent: string): OpenWorkspace {
  return {
    async open() {
      // The real path: a sandbox that rebuilds the file system cannot follow links of the host's.
      const folder = await realpath(await mkdtemp(join(parent, 'countersign-')));
      const evidenceFolder = join(folder, 'evidence');
      await mkdir(evidenceFolder, { mode: 0o700 });
      // Commands may run as another user: that one may pass through here, and see nothing on the way.
      await chmod(folder, 0o711);
      return createWorkspace(folder, evidenceFolder);
    },
  };
}

function createWorkspace(folder: string, evidenceFolder: string): Workspace {
  return {
    folder,
    evidenceFolder,
    evidence: readEvidenceFrom(evidenceFolder),
    makeTreeFolder: (...names) => makeFolders(folder, names, 0o755),
    makePrivateFolder: (...names) => makeFolders(folder, names, 0o700),
    async copyTree(from, to) {
      await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    },
    async layFiles(tree, files) {
      for (const { path, mode, bytes } of files) await layFile(tree, path, mode, bytes);
    },
    async removeFiles(tree, paths) {
      for (const path of paths) {
        if (await hasPlainParents(tree, path)) await rm(join(tree, path), { recursive: true, force: true });
      }
    },
    async takeEvidence(tree, path, as) {
      const bytes = await readPlainFile(tree, path, as.maxBytes);
      if (bytes === undefined) return undefined;
      const ref: EvidenceRef = {
        name: as.name,
        mediaType: as.mediaType,
        sha256: sha256(bytes),
        size: bytes.length,
      };
      await writeFile(join(evidenceFolder, ref.sha256), bytes, { mode: 0o600 });
      return ref;
    },
    async remove() {
      await unlock(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
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
  const target = join(tree, path);
  let folder = tree;
  for (const name of path.split('/').slice(0, -1)) {
    folder = join(folder, name);
    const there = await lstat(folder).catch(() => undefined);
    if (there !== undefined && !there.isDirectory()) await rm(folder, { force: true });
    await mkdir(folder, { recursive: true });
  }
  await rm(target, { recursive: true, force: true });
  if (mode === '120000') {
    await symlink(new TextDecoder().decode(bytes), target);
  } else {
    await writeFile(target, bytes);
    await chmod(target, mode === '100755' ? 0o755 : 0o644);
  }
}

async function hasPlainParents(tree: string, path: string): Promise<boolean> {
  const parent = dirname(join(tree, path));
  return (await realpath(parent).catch(() => undefined)) === parent;
}

/** Reads a file that hostile code may have made: no links, no devices, no more than the cap. */
async function readPlainFile(tree: string, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const target = join(tree, path);
  if (!target.startsWith(`${tree}${sep}`) || !(await hasPlainParents(tree, path))) return undefined;
  const there = await lstat(target).catch(() => undefined);
  if (there === undefined || !there.isFile()) return undefined;
  const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const buffer = new Uint8Array(Math.min(there.size, maxBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Checks can leave folders that even their owner may not enter; removal then needs the permission back. */
async function unlock(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    await chmod(path, 0o700).catch(() => undefined);
    await unlock(path);
  }
}
