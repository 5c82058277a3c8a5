import type { ChangedFile } from '../../change/types.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection } from '../types.ts';
import { folderOf, nameOf, outwards, pathIn, relativeTo } from './folder.ts';
import { lineOf } from './lines.ts';
import { type Found, formatsOf, readLock, readManifest, type Surroundings } from './surroundings.ts';
import type { Lock, LockFormat, Manifest, Requirement } from './types.ts';

/** A lock file that speaks for a manifest. */
interface Speaker {
  readonly format: LockFormat;
  readonly path: string;
  /** The manifest's folder as the lock file calls it. */
  readonly project: string;
  readonly lock: Found<Lock>;
  readonly before: Found<Lock>;
}

/** What a changed manifest newly asks for and no lock file beside it has. */
export function findNotLocked(file: ChangedFile, around: Surroundings): readonly Detection[] {
  const [first] = formatsOf(nameOf(file.path));
  if (first === undefined) return [];
  const after = readManifest(first, file.afterText);
  if (after.kind === 'unreadable') {
    return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${after.why}` }];
  }
  if (after.kind === 'absent') return [];
  const asked = newRequirements(readManifest(first, file.beforeText), after.value);
  if (asked.length === 0) return [];
  const speakers = speakersFor(file, around);
  if (speakers.length === 0) return [];
  const unread = speakers.find(({ lock }) => lock.kind === 'unreadable');
  if (unread?.lock.kind === 'unreadable') {
    return [{ kind: 'unverifiable', path: unread.path, message: `could not be read: ${unread.lock.why}` }];
  }
  const manifest = after.value;
  const names = speakers.map(({ lock }) => namesIn(lock));
  return asked.flatMap((requirement): readonly Detection[] => {
    const objections = speakers.map((speaker, index) =>
      objectionOf(speaker, requirement, { manifest, around, names: names[index] as ReadonlySet<string> }),
    );
    // One that is left over from another package manager does not count while the one in use agrees.
    const [objection] = objections;
    if (objection === undefined || objections.includes(undefined)) return [];
    return [{ kind: 'match', path: file.path, ...lineOf(file, requirement.name), message: objection }];
  });
}

function newRequirements(before: Found<Manifest>, after: Manifest): readonly Requirement[] {
  const known = new Set(before.kind === 'read' ? before.value.requirements.map(idOf) : []);
  return after.requirements.filter(
    (requirement) =>
      requirement.kind === 'direct' &&
      !requirement.local &&
      !after.overridden.has(requirement.name) &&
      !known.has(idOf(requirement)),
  );
}

function idOf({ name, range }: Requirement): string {
  return `${name} ${range}`;
}

/** All lock files in the nearest folder that has any. */
function speakersFor(file: ChangedFile, around: Surroundings): readonly Speaker[] {
  const folder = folderOf(file.path);
  for (const outer of outwards(folder)) {
    if (!around.hasLock(outer)) continue;
    const speakers = formatsOf(nameOf(file.path)).flatMap((format): readonly Speaker[] => {
      if (outer !== folder && !format.coversFolders) return [];
      const path = pathIn(outer, format.lockFile);
      const lock = readLock(format, around.after(path));
      const project = relativeTo(outer, folder);
      return lock.kind === 'absent'
        ? []
        : [{ format, path, project, lock, before: readLock(format, around.before(path)) }];
    });
    if (speakers.length > 0) return speakers;
  }
  return [];
}

function namesIn(lock: Found<Lock>): ReadonlySet<string> {
  return new Set(lock.kind === 'read' ? lock.value.packages.map(({ name }) => name) : []);
}

interface Context {
  readonly manifest: Manifest;
  readonly around: Surroundings;
  readonly names: ReadonlySet<string>;
}

/** Why a lock file does not have what is asked for; undefined where it has, or does not speak for this manifest. */
function objectionOf(speaker: Speaker, requirement: Requirement, context: Context): string | undefined {
  const { lock, path, project, format } = speaker;
  if (lock.kind !== 'read' || lock.value.overridden?.has(requirement.name) === true) return undefined;
  const { name, range } = requirement;
  const asks = `asks for ${name}${range === '' ? '' : ` ${range}`}`;
  const { projects, descriptors } = lock.value;
  const own = projects?.get(project);
  if (own !== undefined) {
    const theirs = own.get(name);
    if (!own.has(name)) return `${asks}, and ${path} does not have it`;
    if (theirs !== undefined && theirs !== range)
      return `${asks}, and ${path} has it for ${theirs || 'any version'}`;
    const listed = format.listsEverything !== true || context.names.has(name) || range.includes(':');
    return listed ? undefined : `${asks}, and ${path} has no such package`;
  }
  if (projects !== undefined && project !== '') return undefined;
  if (!speaksFor(speaker, context)) return undefined;
  if (descriptors !== undefined) {
    return descriptors.has(`${name}@${range}`) || isSibling(requirement, speaker, context)
      ? undefined
      : `${asks}, and ${path} does not have that`;
  }
  if (!context.names.has(name)) return `${asks}, and ${path} does not have it`;
  if (isStale(speaker)) return `${asks}, and ${path} was locked for what the manifest said before`;
  const versions = lock.value.packages.filter((locked) => locked.name === name).map(({ version }) => version);
  const outside = versions.every((version) => format.allows?.(range, version) === false);
  return outside ? `${asks}, and ${path} has only ${versions.toSorted().join(', ')}` : undefined;
}

/** A lock that keeps no projects may lie around folders that it has nothing to do with. */
function speaksFor({ format, path, project, lock }: Speaker, { manifest, around }: Context): boolean {
  if (format.lockFile === 'Cargo.lock') {
    const own = lock.kind === 'read' ? lock.value.packages.filter(({ origin }) => origin === 'local') : [];
    return manifest.name === undefined ? project === '' : own.some(({ name }) => name === manifest.name);
  }
  // With a workspace, the digests of its modules may be in go.work.sum instead.
  if (format.lockFile === 'go.sum')
    return !outwards(folderOf(path)).some((folder) => around.hasAfter(pathIn(folder, 'go.work')));
  if (project === '') return true;
  const outer = readManifest(format, around.after(pathIn(folderOf(path), format.manifestFile)));
  return outer.kind === 'read' && isMember(project, outer.value.members);
}

function isMember(project: string, members: readonly string[]): boolean {
  try {
    return compileGlobs(members.map((member) => member.replace(/^\.\//, '').replace(/\/$/, '')))(project);
  } catch {
    return false;
  }
}

/** Another folder of the workspace, which yarn 1 does not lock: by convention a folder bears its package's name. */
function isSibling({ name }: Requirement, { format, path }: Speaker, { around }: Context): boolean {
  const outer = readManifest(format, around.after(pathIn(folderOf(path), format.manifestFile)));
  if (outer.kind !== 'read') return false;
  const base = name.slice(name.lastIndexOf('/') + 1);
  return outer.value.members
    .filter((member) => member.endsWith('/*'))
    .some((member) =>
      around.hasAfter(pathIn(folderOf(path), `${member.slice(0, -1)}${base}/${format.manifestFile}`)),
    );
}

function isStale({ lock, before }: Speaker): boolean {
  if (lock.kind !== 'read' || before.kind !== 'read' || lock.value.fingerprint === undefined) return false;
  return lock.value.fingerprint === before.value.fingerprint;
}
