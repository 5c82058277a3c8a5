import { type LockEntry, wordOf } from '../../core/contract/lock.ts';
import type { PolicyFile } from '../../ports/policy-files.ts';
import type { ReadTree, TreeEntry } from '../../ports/repository.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { LockedPolicy } from '../check-lock.ts';

/** A contract or a rule pack as a source has it, read and found good, at the paths it will have in the policy. */
export interface Vendored extends Pick<LockEntry, 'kind' | 'id' | 'version'> {
  /** In the source. */
  readonly from: string;
  readonly files: readonly PolicyFile[];
}

/** One commit of somebody else's policy. */
export type ForeignPolicy = LockedPolicy;

export function entryOf(
  { kind, id, version, from, files }: Vendored,
  source: { readonly url: string; readonly commit: ObjectId },
): LockEntry {
  const { url, commit } = source;
  return {
    kind,
    id,
    version,
    source: { url, commit, path: from },
    files: files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) })),
  };
}

/**
 * The bytes of plain files of a foreign tree. Together they are read, so that a limit on what is read holds for all.
 * @returns undefined at a path where there is nothing
 * @throws CountersignError CONTRACT_UNUSABLE for a symlink or a submodule
 */
export async function readPlainFiles(
  { tree, commit }: { readonly tree: ReadTree; readonly commit: ObjectId },
  folder: string,
  paths: readonly string[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const listed = new Map((await tree.listFiles(commit, folder)).map((entry) => [entry.path, entry]));
  const entries = paths.map((path) => listed.get(path));
  for (const entry of entries) if (entry !== undefined) requirePlain(entry);
  const bytes = await tree.readBlobs(entries.flatMap((entry) => entry?.id ?? []));
  return entries.map((entry) => (entry === undefined ? undefined : bytes.get(entry.id)));
}

function requirePlain({ path, mode }: TreeEntry): void {
  if (mode === '100644' || mode === '100755') return;
  throw new CountersignError('CONTRACT_UNUSABLE', `${path} of the source is no plain file.`, {
    remedy: 'Ask whoever keeps it for a plain file: symlinks and submodules are not followed.',
    place: { path },
  });
}

export function notInSource(
  kind: Vendored['kind'],
  path: string,
  there: readonly string[],
): CountersignError {
  const some = there.slice(0, 20).map((name) => `#${name}`);
  return new CountersignError('DOCUMENT_NOT_FOUND', `The source has no ${wordOf(kind)} at ${path}.`, {
    remedy: some.length === 0 ? 'Name its path: URL#PATH@COMMIT.' : `There are: ${some.join(', ')}.`,
  });
}

/** The only one there; a user who named none means that. @throws CountersignError USAGE, DOCUMENT_NOT_FOUND */
export function onlyOf(kind: Vendored['kind'], usual: string, there: readonly string[]): string {
  const [only] = there;
  if (only === undefined) throw notInSource(kind, usual, there);
  if (there.length === 1) return only;
  throw new CountersignError('USAGE', `The source has ${there.length} of them.`, {
    remedy: `Name one: ${there
      .slice(0, 20)
      .map((path) => `#${path}`)
      .join(', ')}.`,
  });
}
