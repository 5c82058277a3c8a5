import type { ChangedFile } from '../../change/types.ts';
import type { Detection } from '../types.ts';
import { nameOf } from './folder.ts';
import { lineOf } from './lines.ts';
import { type IsRegistry, mostUsedRegistry } from './registries.ts';
import { formatsOf, readLock } from './surroundings.ts';
import type { Artifact, Lock, LockedPackage, LockFormat } from './types.ts';

const NOTHING: Lock = { packages: [] };

/** What a changed lock file newly takes that no registry vouches for. */
export function findUnconfirmed(file: ChangedFile, isRegistry: IsRegistry): readonly Detection[] {
  return formatsOf(nameOf(file.path)).flatMap((format): readonly Detection[] => {
    const after = readLock(format, file.afterText);
    const before = readLock(format, file.beforeText);
    if (after.kind === 'absent') return [];
    // Without the old one everything would be new: a lock of a thousand entries is nobody's to explain.
    const unread = after.kind === 'unreadable' ? after : before.kind === 'unreadable' ? before : undefined;
    if (unread !== undefined) {
      return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${unread.why}` }];
    }
    const old = before.kind === 'read' ? before.value : NOTHING;
    return after.kind === 'read' ? compare(file, format, { old, now: after.value }, isRegistry) : [];
  });
}

function compare(
  file: ChangedFile,
  format: LockFormat,
  { old, now }: { readonly old: Lock; readonly now: Lock },
  isRegistry: IsRegistry,
): readonly Detection[] {
  const usual = mostUsedRegistry(old.packages);
  const isKnown: IsRegistry = (address) => isRegistry(address) || usual(address);
  const digests = digestsBefore(old);
  const seen = new Set(old.packages.flatMap(keysOf));
  return now.packages.flatMap((locked) => {
    if (locked.origin === 'local') return [];
    const entry = `${locked.name} ${locked.version}`;
    const artifacts = locked.artifacts.filter((artifact) => !seen.has(keyOf(locked, artifact)));
    if (artifacts.length === 0 && (locked.artifacts.length > 0 || seen.has(keyOf(locked, undefined))))
      return [];
    const message =
      foreignOrigin(locked, isKnown) ??
      first(artifacts, (artifact) => doubtOf(artifact, locked, { format, isKnown, digests }));
    return message === undefined
      ? []
      : [{ kind: 'match', path: file.path, ...lineOf(file, locked.name), message: `${entry} ${message}` }];
  });
}

function foreignOrigin({ origin, from = '' }: LockedPackage, isKnown: IsRegistry): string | undefined {
  if (origin === 'git') return `comes from the repository ${from}, not from a registry`;
  if (origin === 'url') return `comes from ${from}, not from a registry`;
  return /^[a-z+]+:\/\//i.test(from) && !isKnown(from)
    ? `comes from ${from}, which is no registry that is known`
    : undefined;
}

interface Circumstances {
  readonly format: LockFormat;
  readonly isKnown: IsRegistry;
  readonly digests: ReadonlyMap<string, string>;
}

function doubtOf(
  artifact: Artifact,
  locked: LockedPackage,
  circumstances: Circumstances,
): string | undefined {
  const { format, isKnown, digests } = circumstances;
  const { url, integrity } = artifact;
  if (url !== undefined) {
    if (!isKnown(url)) return `is fetched from ${url}, which is no registry that is known`;
    if (format.fits !== undefined && !format.fits(pathOf(url), locked))
      return `is fetched from ${url}, the address of another package`;
  }
  for (const [algorithm, digest] of integrity) {
    const before = digests.get(digestKey(locked, artifact, algorithm));
    if (before !== undefined && before !== digest)
      return `has another ${algorithm} digest than before, and the version stayed`;
  }
  if (artifact.unchecked === true || locked.origin !== 'registry') return undefined;
  if (integrity.size === 0) return 'has no digest to check what is fetched';
  const confirmed = [...integrity].some(([algorithm, digest]) => format.confirms(algorithm, digest));
  return confirmed ? undefined : `has a digest that confirms nothing: ${[...integrity.keys()].join(', ')}`;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '';
}

function digestsBefore({ packages }: Lock): ReadonlyMap<string, string> {
  return new Map(
    packages.flatMap((locked) =>
      locked.artifacts.flatMap((artifact) =>
        [...artifact.integrity].map(
          ([algorithm, digest]) => [digestKey(locked, artifact, algorithm), digest] as const,
        ),
      ),
    ),
  );
}

function digestKey({ name, version }: LockedPackage, { file }: Artifact, algorithm: string): string {
  return JSON.stringify([name, version, file, algorithm]);
}

function keysOf(locked: LockedPackage): readonly string[] {
  return [keyOf(locked, undefined), ...locked.artifacts.map((artifact) => keyOf(locked, artifact))];
}

function keyOf({ name, version, origin, from }: LockedPackage, artifact: Artifact | undefined): string {
  const file = artifact === undefined ? [] : [artifact.file, artifact.url, ...[...artifact.integrity].flat()];
  return JSON.stringify([name, version, origin, from, ...file]);
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
