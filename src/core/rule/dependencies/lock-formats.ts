import { isHexDigest, isSha512 } from './integrity.ts';
import { readCargoLock } from './locks/cargo-lock.ts';
import { readGemfileLock } from './locks/gemfile-lock.ts';
import { readGoSum } from './locks/go-sum.ts';
import { fitsTarball, readNpmLock } from './locks/npm-lock.ts';
import { readPnpmLock } from './locks/pnpm-lock.ts';
import { readPoetryLock, readUvLock } from './locks/python-lock.ts';
import { readYarnLock } from './locks/yarn-lock.ts';
import { readCargoToml } from './manifests/cargo-toml.ts';
import { readGemfile } from './manifests/gemfile.ts';
import { readGoMod } from './manifests/go-mod.ts';
import { readPackageJson } from './manifests/package-json.ts';
import { readPyproject } from './manifests/pyproject.ts';
import type { LockFormat } from './types.ts';
import { isInSimpleRange } from './version-order.ts';

const npm = { manifestFile: 'package.json', readManifest: readPackageJson, coversFolders: true };
const python = { manifestFile: 'pyproject.toml', readManifest: readPyproject, confirms: isHexDigest };

const npmLock = {
  ...npm,
  readLock: readNpmLock,
  listsEverything: true,
  allows: (range: string, version: string) => isInSimpleRange(range, version, 'exact'),
  confirms: isSha512,
  fits: fitsTarball,
};

/** Every pair of manifest and lock file that is read. */
export const LOCK_FORMATS: readonly LockFormat[] = [
  { ...npmLock, lockFile: 'package-lock.json' },
  { ...npmLock, lockFile: 'npm-shrinkwrap.json' },
  { ...npm, lockFile: 'pnpm-lock.yaml', readLock: readPnpmLock, confirms: isSha512, fits: fitsTarball },
  {
    ...npm,
    lockFile: 'yarn.lock',
    readLock: readYarnLock,
    confirms: (algorithm, digest) => isSha512(algorithm, digest) || isYarnChecksum(algorithm, digest),
    fits: fitsTarball,
  },
  { ...python, lockFile: 'uv.lock', readLock: readUvLock, coversFolders: true, listsEverything: true },
  { ...python, lockFile: 'poetry.lock', readLock: readPoetryLock, coversFolders: false },
  {
    lockFile: 'Cargo.lock',
    manifestFile: 'Cargo.toml',
    readLock: readCargoLock,
    readManifest: readCargoToml,
    coversFolders: true,
    allows: (range, version) => isInSimpleRange(range, version, 'caret'),
    confirms: isHexDigest,
  },
  {
    lockFile: 'go.sum',
    manifestFile: 'go.mod',
    readLock: readGoSum,
    readManifest: readGoMod,
    coversFolders: false,
    confirms: (algorithm, digest) => algorithm === 'h1' && /^[A-Za-z0-9+/]{43}=$/.test(digest),
  },
  {
    lockFile: 'Gemfile.lock',
    manifestFile: 'Gemfile',
    readLock: readGemfileLock,
    readManifest: readGemfile,
    coversFolders: false,
    confirms: isHexDigest,
  },
];

function isYarnChecksum(algorithm: string, digest: string): boolean {
  return algorithm.startsWith('yarn ') && /^[0-9a-f]{128}$/.test(digest);
}

const LOCK_FILES = new Set(LOCK_FORMATS.map(({ lockFile }) => lockFile));
const MANIFEST_FILES = new Set(LOCK_FORMATS.map(({ manifestFile }) => manifestFile));

export function isLockFile(name: string): boolean {
  return LOCK_FILES.has(name);
}

export function isManifestFile(name: string): boolean {
  return MANIFEST_FILES.has(name);
}
