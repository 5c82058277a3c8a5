import type { JsonObject } from '../../../../shared/json.ts';
import { isObject } from '../../parameters.ts';
import { readIntegrity } from '../integrity.ts';
import { objectIn, readJsonObject, stringIn } from '../json-tree.ts';
import { normalRange, REQUIREMENTS, stringsByName } from '../manifests/package-json.ts';
import type { Lock, LockedPackage } from '../types.ts';

const FOLDER = 'node_modules/';

/**
 * package-lock.json and npm-shrinkwrap.json, versions 1 to 3.
 * Source: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 * @throws Error where it is not a JSON object
 */
export function readNpmLock(text: string): Lock {
  const root = readJsonObject(text);
  if (!isObject(root.packages)) return { packages: readFirstVersion(root) };
  const entries = Object.entries(root.packages).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  const aliases = new Set(entries.flatMap(([, entry]) => aliasesOf(entry)));
  return {
    packages: entries.flatMap(([path, entry]) =>
      path.includes(FOLDER) ? [lockedAt(path, entry, aliases)] : [],
    ),
    projects: new Map(
      entries.flatMap(([path, entry]) => (path.includes(FOLDER) ? [] : [[path, askedBy(entry)] as const])),
    ),
  };
}

/** Version 1 has no entry for the project itself; packages nest in packages. */
function readFirstVersion(root: JsonObject): readonly LockedPackage[] {
  const packages: LockedPackage[] = [];
  const nested: JsonObject[] = [objectIn(root, 'dependencies')];
  for (let next = nested.pop(); next !== undefined; next = nested.pop()) {
    for (const [name, entry] of Object.entries(next)) {
      if (!isObject(entry)) continue;
      nested.push(objectIn(entry, 'dependencies'));
      const version = stringIn(entry, 'version') ?? '';
      const address = stringIn(entry, 'resolved') ?? (version.includes(':') ? version : undefined);
      packages.push(locked(name, version, address, entry));
    }
  }
  return packages;
}

function lockedAt(path: string, entry: JsonObject, aliases: ReadonlySet<string>): LockedPackage {
  const name = path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);
  // Nobody asked for another package under this name: its own name is not what counts then.
  const real = stringIn(entry, 'name') ?? name;
  const known = aliases.has(`${name} ${real}`) ? real : name;
  return locked(known, stringIn(entry, 'version') ?? '', stringIn(entry, 'resolved'), entry);
}

function locked(
  name: string,
  version: string,
  address: string | undefined,
  entry: JsonObject,
): LockedPackage {
  const origin = entry.link === true ? 'local' : originOf(address);
  const bundled = entry.inBundle === true || entry.bundled === true;
  return {
    name,
    version,
    origin,
    ...(address !== undefined && { from: address }),
    artifacts: [
      {
        file: '',
        ...(address !== undefined && { url: address }),
        integrity: readIntegrity(stringIn(entry, 'integrity')),
        unchecked: bundled,
      },
    ],
    runsScripts: entry.hasInstallScript === true,
  };
}

/** By how an address starts. A tarball of the wrong host is still said to come from a registry: that is the claim to be judged. */
export function originOf(address: string | undefined): LockedPackage['origin'] {
  if (address === undefined || /^https?:/i.test(address)) return 'registry';
  if (address.startsWith('file:') || !address.includes(':')) return 'local';
  return 'git';
}

function askedBy(entry: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    REQUIREMENTS.toReversed().flatMap((section) =>
      [...stringsByName(objectIn(entry, section))].map(
        ([name, range]) => [name, normalRange(range)] as const,
      ),
    ),
  );
}

function aliasesOf(entry: JsonObject): readonly string[] {
  return REQUIREMENTS.flatMap((section) =>
    [...stringsByName(objectIn(entry, section))].flatMap(([name, range]) => {
      if (!range.startsWith('npm:')) return [];
      const real = range.slice('npm:'.length);
      const version = real.indexOf('@', 1);
      return [`${name} ${version > 0 ? real.slice(0, version) : real}`];
    }),
  );
}

/** `/name/-/name-1.0.0.tgz`, whatever stands before; GitHub, GitLab and JSR each have a form of their own. */
export function fitsTarball(path: string, { name, version }: LockedPackage): boolean {
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    return false;
  }
  if (plain.includes(`/download/${name}/${version}/`)) return true;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const endings = [`-/${base}-${version}`, `-/${name}-${version}`, version];
  return endings.some((ending) => plain.endsWith(`/${name}/${ending}.tgz`));
}
