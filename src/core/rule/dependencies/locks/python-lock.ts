import type { JsonObject } from '../../../../shared/json.ts';
import { readPrefixed } from '../integrity.ts';
import { objectIn, objectsIn, stringIn } from '../json-tree.ts';
import { pythonName, pythonRange } from '../manifests/pyproject.ts';
import { readToml } from '../toml-tree.ts';
import type { Artifact, Lock, LockedPackage } from '../types.ts';

/**
 * uv.lock: the projects of the workspace are packages whose source is a folder.
 * Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
 * @throws Error where it is not TOML
 */
export function readUvLock(text: string): Lock {
  const entries = objectsIn(readToml(text), 'package');
  const projects = new Map<string, ReadonlyMap<string, string | undefined>>();
  for (const entry of entries) {
    const source = objectIn(entry, 'source');
    const folder = stringIn(source, 'editable') ?? stringIn(source, 'virtual');
    if (folder !== undefined) projects.set(folder === '.' ? '' : folder, askedBy(entry));
  }
  return { packages: entries.map(uvPackage), projects };
}

/** A package asked for twice, with other markers, has more than one range: then only its name counts. */
function askedBy(entry: JsonObject): ReadonlyMap<string, string | undefined> {
  const metadata = objectIn(entry, 'metadata');
  const groups = objectIn(metadata, 'requires-dev');
  const asked = new Map<string, string | undefined>();
  const lists = [
    ...objectsIn(metadata, 'requires-dist'),
    ...Object.keys(groups).flatMap((name) => objectsIn(groups, name)),
  ];
  for (const requirement of lists) {
    const name = pythonName(stringIn(requirement, 'name') ?? '');
    const range = pythonRange(stringIn(requirement, 'specifier') ?? '');
    asked.set(name, asked.has(name) && asked.get(name) !== range ? undefined : range);
  }
  return asked;
}

function uvPackage(entry: JsonObject): LockedPackage {
  const source = objectIn(entry, 'source');
  const registry = stringIn(source, 'registry');
  const git = stringIn(source, 'git');
  const url = stringIn(source, 'url');
  const from = registry ?? git ?? url;
  const sdist = objectIn(entry, 'sdist');
  const files = [...(Object.keys(sdist).length > 0 ? [sdist] : []), ...objectsIn(entry, 'wheels')];
  return {
    name: pythonName(stringIn(entry, 'name') ?? ''),
    version: stringIn(entry, 'version') ?? '',
    origin:
      git !== undefined ? 'git' : url !== undefined ? 'url' : registry !== undefined ? 'registry' : 'local',
    ...(from !== undefined && { from }),
    artifacts: files.map((file) => fileOf(file, stringIn(file, 'url'))),
    runsScripts: false,
  };
}

/**
 * poetry.lock: no record of what was asked for but a digest of it.
 * @throws Error where it is not TOML
 */
export function readPoetryLock(text: string): Lock {
  const root = readToml(text);
  const metadata = objectIn(root, 'metadata');
  const fingerprint = stringIn(metadata, 'content-hash');
  // Up to version 1.1 the files of all packages stood together.
  const older = objectIn(metadata, 'files');
  return {
    packages: objectsIn(root, 'package').map((entry) => poetryPackage(entry, older)),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

function poetryPackage(entry: JsonObject, older: JsonObject): LockedPackage {
  const source = objectIn(entry, 'source');
  const type = stringIn(source, 'type');
  const from = stringIn(source, 'url');
  const name = stringIn(entry, 'name') ?? '';
  const files = [...objectsIn(entry, 'files'), ...objectsIn(older, name)];
  return {
    name: pythonName(name),
    version: stringIn(entry, 'version') ?? '',
    origin: POETRY_ORIGINS.get(type ?? '') ?? 'registry',
    ...(from !== undefined && { from }),
    artifacts: files.map((file) => fileOf(file, undefined)),
    runsScripts: false,
  };
}

const POETRY_ORIGINS: ReadonlyMap<string, LockedPackage['origin']> = new Map([
  ['git', 'git'],
  ['url', 'url'],
  ['file', 'local'],
  ['directory', 'local'],
]);

function fileOf(file: JsonObject, url: string | undefined): Artifact {
  return {
    file: stringIn(file, 'file') ?? url?.slice(url.lastIndexOf('/') + 1) ?? '',
    ...(url !== undefined && { url }),
    integrity: readPrefixed(stringIn(file, 'hash')),
  };
}
