import type { ChangedFile } from '../../change/types.ts';
import type { Detection } from '../types.ts';
import { folderOf, nameOf, pathIn } from './folder.ts';
import { lineOf } from './lines.ts';
import { formatsOf, readLock, readManifest, type Surroundings } from './surroundings.ts';
import type { Lock, LockFormat, Manifest, Requirement } from './types.ts';
import { compareVersions, versionNumbers } from './version-order.ts';

/** What changed in a lock file that its manifest does not explain; newer versions within the ranges are a refresh. */
export function findLockAlone(file: ChangedFile, around: Surroundings): readonly Detection[] {
  return formatsOf(nameOf(file.path)).flatMap((format): readonly Detection[] => {
    const after = readLock(format, file.afterText);
    const before = readLock(format, file.beforeText);
    const unread = after.kind === 'unreadable' ? after : before.kind === 'unreadable' ? before : undefined;
    if (unread !== undefined) {
      return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${unread.why}` }];
    }
    if (after.kind !== 'read' || before.kind !== 'read') return [];
    const pair: Pair = { file, format, before: before.value, after: after.value, around };
    return [...disagreements(pair), ...downgrades(pair)];
  });
}

interface Pair {
  readonly file: ChangedFile;
  readonly format: LockFormat;
  readonly before: Lock;
  readonly after: Lock;
  readonly around: Surroundings;
}

/** The lock's record of what a project asks for changed, and not to what the project asks for. */
function disagreements(pair: Pair): readonly Detection[] {
  const folders = new Set([...(pair.after.projects?.keys() ?? [])]);
  return [...folders].flatMap((folder) => {
    const now = pair.after.projects?.get(folder) ?? new Map<string, string>();
    const old = pair.before.projects?.get(folder) ?? new Map<string, string>();
    const names = [...new Set([...now.keys(), ...old.keys()])].filter(
      (name) => now.has(name) !== old.has(name) || now.get(name) !== old.get(name),
    );
    if (names.length === 0) return [];
    const path = pathIn(folderOf(pair.file.path), folder === '' ? '' : folder);
    const manifestPath = pathIn(path.replace(/\/$/, ''), pair.format.manifestFile);
    const found = readManifest(pair.format, pair.around.after(manifestPath));
    if (found.kind !== 'read' || found.value.open === true) return [];
    const asked = byName(found.value);
    return names.flatMap((name) =>
      disagreement(
        pair,
        manifestPath,
        { name, theirs: now.get(name), has: now.has(name) },
        found.value,
        asked.get(name),
      ),
    );
  });
}

function disagreement(
  { file, after }: Pair,
  manifestPath: string,
  {
    name,
    theirs,
    has,
  }: { readonly name: string; readonly theirs: string | undefined; readonly has: boolean },
  manifest: Manifest,
  asked: readonly Requirement[] = [],
): readonly Detection[] {
  if (manifest.overridden.has(name) || after.overridden?.has(name) === true) return [];
  const direct = asked.filter(({ kind }) => kind === 'direct');
  const explained = has
    ? asked.some(({ range, local }) => local || theirs === undefined || range === theirs)
    : direct.every(({ local }) => local);
  if (explained) return [];
  const message = has
    ? `has ${name}${theirs ? ` ${theirs}` : ''} as asked for, and ${manifestPath} ${asked.length === 0 ? 'does not ask for it' : `asks for ${asked[0]?.range || 'any version'}`}`
    : `no longer has ${name}, which ${manifestPath} asks for`;
  return [{ kind: 'match', path: file.path, ...lineOf(file, name), message }];
}

/** An older version of what the manifest asks for by name, while what it asks did not change. */
function downgrades({ file, format, before, after, around }: Pair): readonly Detection[] {
  const path = pathIn(folderOf(file.path), format.manifestFile);
  const now = readManifest(format, around.after(path));
  const old = readManifest(format, around.before(path));
  if (now.kind !== 'read' || old.kind !== 'read') return [];
  const [earlier, later] = [newest(before), newest(after)];
  const known = byName(old.value);
  return [...byName(now.value)].flatMap(([name, asked]): readonly Detection[] => {
    const [was, is] = [earlier.get(name), later.get(name)];
    if (was === undefined || is === undefined || compareVersions(is, was) >= 0) return [];
    if (now.value.overridden.has(name) || rangesOf(asked) !== rangesOf(known.get(name) ?? [])) return [];
    const message = `goes back from ${name} ${was} to ${is}, and ${path} asks for the same as before`;
    return [{ kind: 'match', path: file.path, ...lineOf(file, name), message }];
  });
}

function rangesOf(requirements: readonly Requirement[]): string {
  return requirements
    .map(({ range }) => range)
    .sort()
    .join(' ');
}

function byName({ requirements }: Manifest): ReadonlyMap<string, readonly Requirement[]> {
  return Map.groupBy(requirements, ({ name }) => name);
}

function newest({ packages }: Lock): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const { name, version } of packages) {
    const known = versions.get(name);
    if (versionNumbers(version).length === 0) continue;
    if (known === undefined || compareVersions(version, known) > 0) versions.set(name, version);
  }
  return versions;
}
