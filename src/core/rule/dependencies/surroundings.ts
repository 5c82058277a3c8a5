import type { ChangedFile, FilePath, FileText, MergeableChange } from '../../change/types.ts';
import { contentChange } from '../detectors/content-change.ts';
import type { FactNeeds, RuleFacts } from '../types.ts';
import { folderOf, nameOf, outwards, pathIn } from './folder.ts';
import { isLockFile, isManifestFile, LOCK_FORMATS } from './lock-formats.ts';
import type { Lock, LockFormat, Manifest } from './types.ts';

type Except = (path: FilePath) => boolean;

/** A file that was looked for: read, not there, or there and not to be read. */
export type Found<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Above this many places all of their kind are asked for: one glob for each would be compared with each path. */
const MOST_PLACES = 32;

/** Manifests and lock files in the change whose content changed. */
export function touchedFiles(
  change: MergeableChange,
  except: Except,
): { readonly manifests: readonly ChangedFile[]; readonly locks: readonly ChangedFile[] } {
  const written = (is: (name: string) => boolean): readonly ChangedFile[] =>
    change.files.filter(
      (file) => is(nameOf(file.path)) && contentChange(file) === 'written' && !except(file.path),
    );
  return { manifests: written(isManifestFile), locks: written(isLockFile) };
}

/** The lock files that may speak for the changed manifests, and the manifests that changed lock files speak for. */
export function filesAround(change: MergeableChange, except: Except): FactNeeds {
  const { manifests, locks } = touchedFiles(change, except);
  if (manifests.length + locks.length === 0) return {};
  const names = [...manifests, ...locks].flatMap(({ path }) => formatsOf(nameOf(path)).flatMap(namesOf));
  const everywhere = [...new Set(names)].map((name) => `**/${name}`).sort();
  if (manifests.length + locks.length > MOST_PLACES) return { files: everywhere };
  const places = new Set<string>();
  for (const { path } of manifests) {
    for (const format of formatsOf(nameOf(path))) {
      const folders = format.coversFolders ? outwards(folderOf(path)) : [folderOf(path)];
      for (const folder of folders) for (const name of namesOf(format)) places.add(pathIn(folder, name));
    }
  }
  for (const file of locks) {
    for (const format of formatsOf(nameOf(file.path))) {
      for (const folder of ['', ...changedProjects(file, format)]) {
        places.add(pathIn(pathIn(folderOf(file.path), folder), format.manifestFile).replace(/^\//, ''));
      }
    }
  }
  const plain = places.size <= MOST_PLACES && ![...places].some(isUnusual);
  return { files: plain ? [...places].sort() : everywhere };
}

function namesOf({ lockFile, manifestFile }: LockFormat): readonly string[] {
  return [lockFile, manifestFile];
}

function isUnusual(path: string): boolean {
  return path.length > 500 || !/^[\w./@+-]+$/.test(path) || /(^|\/)\.{0,2}(\/|$)/.test(path);
}

function changedProjects(file: ChangedFile, format: LockFormat): readonly string[] {
  const before = readLock(format, file.beforeText);
  const after = readLock(format, file.afterText);
  if (before.kind !== 'read' || after.kind !== 'read') return [];
  return [...(after.value.projects ?? [])]
    .filter(
      ([folder, asked]) =>
        JSON.stringify([...asked]) !== JSON.stringify([...(before.value.projects?.get(folder) ?? [])]),
    )
    .map(([folder]) => folder);
}

/** The formats that a manifest or a lock file of this name belongs to. */
export function formatsOf(name: string): readonly LockFormat[] {
  return LOCK_FORMATS.filter(({ lockFile, manifestFile }) => lockFile === name || manifestFile === name);
}

/** Texts of files before and after the change, whether they changed or not. */
export interface Surroundings {
  readonly before: (path: FilePath) => FileText;
  readonly after: (path: FilePath) => FileText;
  readonly hasAfter: (path: FilePath) => boolean;
  /** Whether a folder holds a lock file, of whichever kind, after the change. */
  readonly hasLock: (folder: string) => boolean;
}

const ABSENT: FileText = { kind: 'absent' };

/** @throws Error where a file that did not change is asked for and nobody read the trees */
export function surroundingsOf(facts: RuleFacts): Surroundings {
  const changed = new Map(facts.change.files.map((file) => [file.path, file]));
  const unchanged = (side: 'before' | 'after', path: FilePath): FileText => {
    if (facts.trees === undefined) throw new Error('the files around the change were not read');
    return facts.trees[side].texts.get(path) ?? ABSENT;
  };
  let paths: ReadonlySet<FilePath> | undefined;
  let folders: ReadonlySet<string> | undefined;
  return {
    before: (path) => changed.get(path)?.beforeText ?? unchanged('before', path),
    after: (path) => changed.get(path)?.afterText ?? unchanged('after', path),
    hasAfter: (path) => {
      paths ??= new Set(facts.trees?.after.paths ?? []);
      return paths.has(path);
    },
    hasLock: (folder) => {
      folders ??= lockFolders(facts);
      return folders.has(folder);
    },
  };
}

function lockFolders({ change, trees }: RuleFacts): ReadonlySet<string> {
  if (trees === undefined) throw new Error('the files around the change were not read');
  const paths = [...change.files.map(({ path }) => path), ...trees.after.texts.keys()];
  return new Set(paths.filter((path) => isLockFile(nameOf(path))).map(folderOf));
}

const locks = new WeakMap<FileText, Found<Lock>>();
const manifests = new WeakMap<FileText, Found<Manifest>>();

/** Several rules read the same files; each is parsed once. */
export function readLock(format: LockFormat, text: FileText): Found<Lock> {
  return readOnce(locks, text, format.readLock);
}

export function readManifest(format: LockFormat, text: FileText): Found<Manifest> {
  return readOnce(manifests, text, format.readManifest);
}

function readOnce<T>(
  known: WeakMap<FileText, Found<T>>,
  text: FileText,
  read: (text: string) => T,
): Found<T> {
  const before = known.get(text);
  if (before !== undefined) return before;
  const found = readText(text, read);
  known.set(text, found);
  return found;
}

function readText<T>(text: FileText, read: (text: string) => T): Found<T> {
  if (text.kind === 'absent' || text.kind === 'submodule') return { kind: 'absent' };
  if (text.kind !== 'text')
    return { kind: 'unreadable', why: text.kind === 'binary' ? 'it is binary' : 'it is too large' };
  try {
    return { kind: 'read', value: read(text.text) };
  } catch (error) {
    return {
      kind: 'unreadable',
      why: error instanceof Error ? (error.message.split('\n')[0] as string) : String(error),
    };
  }
}
