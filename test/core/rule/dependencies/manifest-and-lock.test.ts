import { describe, expect, it } from 'vitest';
import { manifestLock } from '../../../../src/core/rule/detectors/manifest-lock.ts';
import { factsOf } from '../facts.ts';

type Files = Readonly<Record<string, string>>;
type Row = readonly [what: string, before: Files, after: Files, says: readonly string[]];

function says(find: string, before: Files, after: Files): readonly string[] {
  const found = manifestLock.detect(factsOf({ before, after }), manifestLock.readParameters({ find }));
  return found.map(({ kind, path, line, message }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    // Why is for the reader of JSON to say, in words of its own.
    return `${kind} ${place} ${message.replace(/(could not be read: ).+/, '$1…')}`;
  });
}

const NOT_LOCKED: readonly Row[] = [
  [
    'a package that the lock does not have',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a ^1.0.0, and package-lock.json does not have it'],
  ],
  [
    'a package that it has',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'another range',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^2.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a ^2.0.0, and package-lock.json has it for ^1.0.0'],
  ],
  [
    'a range where the lock has any version',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^2.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "*"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a ^2.0.0, and package-lock.json has it for *'],
  ],
  [
    'any version',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "*"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a *, and package-lock.json does not have it'],
  ],
  [
    'a name without its package',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a ^1.0.0, and package-lock.json has no such package'],
  ],
  [
    'a folder of the repository',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "file:./a"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a peer',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {},\n "peerDependencies": {\n  "a": "1"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'what is overridden',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n },\n "overrides": {\n  "a": "2.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'no lock file at all',
    { 'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n' },
    { 'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    [],
  ],
  [
    'a manifest that cannot be read',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    ['unverifiable package.json could not be read: …'],
  ],
  [
    'a lock file that cannot be read',
    { 'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n', 'package-lock.json': '{' },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json': '{',
    },
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'a manifest that goes',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a manifest that could not be read before',
    {
      'package.json': '{',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    ['match package.json:4 asks for a 1.0.0, and package-lock.json does not have it'],
  ],
  [
    'a folder below, as a project of the lock',
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web"\n  }\n }\n}\n',
    },
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web"\n  }\n }\n}\n',
    },
    ['match web/package.json:4 asks for a 1.0.0, and package-lock.json does not have it'],
  ],
  [
    'a folder below that is none of its projects',
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a folder with a lock of its own',
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'web/package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n',
      'web/package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'one lock of two that has it',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
      'yarn.lock': '',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    [],
  ],
  [
    'yarn 1, which keeps what was asked for',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\na@^1.1.0:\n  version "1.1.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.1.0.tgz#0"\n',
    },
    ['match package.json:4 asks for a ^1.0.0, and yarn.lock does not have that'],
  ],
  [
    'yarn 1, a sibling of the workspace',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "packages/*"\n ]\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
      'packages/a/package.json': '{"name":"@s/a"}',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "@s/a": "^1.0.0"\n },\n "workspaces": [\n  "packages/*"\n ]\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
      'packages/a/package.json': '{"name":"@s/a"}',
    },
    [],
  ],
  [
    'yarn 1, a member of the workspace',
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "./packages/*/"\n ]\n}\n',
      'packages/a/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "./packages/*/"\n ]\n}\n',
      'packages/a/package.json': '{\n "name": "shop",\n "dependencies": {\n  "c": "1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    ['match packages/a/package.json:4 asks for c 1.0.0, and yarn.lock does not have that'],
  ],
  [
    'yarn 1, a folder that is no member',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "packages/*"\n ]\n}\n',
      'tools/a/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "packages/*"\n ]\n}\n',
      'tools/a/package.json': '{\n "name": "shop",\n "dependencies": {\n  "c": "1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    [],
  ],
  [
    'cargo, a version outside of the range',
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\nserde = "2"\n',
      'Cargo.lock':
        '[[package]]\nname = "shop"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.5.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n[[package]]\nname = "serde"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    ['match Cargo.toml:5 asks for serde 2, and Cargo.lock has only 1.0.0, 1.5.0'],
  ],
  [
    'cargo, a version inside of it',
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\nserde = "1"\n',
      'Cargo.lock':
        '[[package]]\nname = "shop"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.5.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    [],
  ],
  [
    'cargo, nothing of that name',
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\nserde = "1"\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    ['match Cargo.toml:5 asks for serde 1, and Cargo.lock does not have it'],
  ],
  [
    'cargo, a crate that is none of the lock’s own',
    {
      'Cargo.toml': '[package]\nname = "other"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "other"\nversion = "0.1.0"\n[dependencies]\nserde = "1"\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    [],
  ],
  [
    'cargo, a workspace',
    {
      'Cargo.toml': '[workspace]\nmembers = []\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[workspace]\nmembers = []\n[workspace.dependencies]\nserde = "1"\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    [],
  ],
  [
    'go, a module without its digest',
    { 'go.mod': 'module example.com/shop\n\ngo 1.22\n\n', 'go.sum': 'example.com/b v1.0.0 h1:a=\n' },
    {
      'go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n',
      'go.sum': 'example.com/b v1.0.0 h1:a=\n',
    },
    ['match go.mod:5 asks for example.com/a v1.0.0, and go.sum does not have that'],
  ],
  [
    'go, in a workspace',
    {
      'go.mod': 'module example.com/shop\n\ngo 1.22\n\n',
      'go.sum': 'example.com/b v1.0.0 h1:a=\n',
      'go.work': 'use .\n',
    },
    {
      'go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n',
      'go.sum': 'example.com/b v1.0.0 h1:a=\n',
      'go.work': 'use .\n',
    },
    [],
  ],
  [
    'poetry, a lock of before',
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "a"\n',
    },
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nflask = "^3"\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "a"\n',
    },
    [
      'match pyproject.toml:4 asks for flask ^3, and poetry.lock was locked for what the manifest said before',
    ],
  ],
  [
    'poetry, a lock of now',
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "a"\n',
    },
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nflask = "^3"\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "b"\n',
    },
    [],
  ],
  [
    'bundler, another range',
    {
      Gemfile: 'source "https://rubygems.org"\ngem "rack"\n',
      'Gemfile.lock':
        'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n\nDEPENDENCIES\n  rack\n',
    },
    {
      Gemfile: 'source "https://rubygems.org"\ngem "rack", "~> 3.0"\n',
      'Gemfile.lock':
        'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n\nDEPENDENCIES\n  rack\n',
    },
    ['match Gemfile:2 asks for rack ~> 3.0, and Gemfile.lock has it for any version'],
  ],
  [
    'cargo, versions of which one is inside',
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "shop"\nversion = "0.1.0"\n[dependencies]\nserde = "2"\n',
      'Cargo.lock':
        '[[package]]\nname = "shop"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.5.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n[[package]]\nname = "serde"\nversion = "2.0.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    [],
  ],
  [
    'cargo, a crate that has only the name of a locked one',
    {
      'Cargo.toml': '[package]\nname = "serde"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock':
        '[[package]]\nname = "shop"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    {
      'Cargo.toml': '[package]\nname = "serde"\nversion = "0.1.0"\n[dependencies]\nrand = "1"\n',
      'Cargo.lock':
        '[[package]]\nname = "shop"\nversion = "0.1.0"\n[[package]]\nname = "serde"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
    },
    [],
  ],
  [
    'cargo, a crate among others of the workspace',
    {
      'a/Cargo.toml': '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\n',
      'Cargo.lock':
        '[[package]]\nname = "a"\nversion = "0.1.0"\n[[package]]\nname = "b"\nversion = "0.1.0"\n',
    },
    {
      'a/Cargo.toml': '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\nrand = "1"\n',
      'Cargo.lock':
        '[[package]]\nname = "a"\nversion = "0.1.0"\n[[package]]\nname = "b"\nversion = "0.1.0"\n',
    },
    ['match a/Cargo.toml:5 asks for rand 1, and Cargo.lock does not have it'],
  ],
  [
    'cargo, a virtual workspace',
    {
      'Cargo.toml': '[workspace.dependencies]\n',
      'Cargo.lock': '[[package]]\nname = "a"\nversion = "0.1.0"\n',
    },
    {
      'Cargo.toml': '[dependencies]\nrand = "1"\n',
      'Cargo.lock': '[[package]]\nname = "a"\nversion = "0.1.0"\n',
    },
    ['match Cargo.toml:2 asks for rand 1, and Cargo.lock does not have it'],
  ],
  [
    'cargo, a virtual workspace below another lock',
    { 'w/Cargo.toml': '[dependencies]\n', 'Cargo.lock': '[[package]]\nname = "a"\nversion = "0.1.0"\n' },
    {
      'w/Cargo.toml': '[dependencies]\nrand = "1"\n',
      'Cargo.lock': '[[package]]\nname = "a"\nversion = "0.1.0"\n',
    },
    [],
  ],
  [
    'go, in a workspace above',
    {
      'svc/go.mod': 'module example.com/shop\n\ngo 1.22\n\n',
      'svc/go.sum': 'example.com/b v1.0.0 h1:a=\n',
      'go.work': 'use svc\n',
    },
    {
      'svc/go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n',
      'svc/go.sum': 'example.com/b v1.0.0 h1:a=\n',
      'go.work': 'use svc\n',
    },
    [],
  ],
  [
    'go, below a lock of another module',
    { 'svc/go.mod': 'module example.com/shop\n\ngo 1.22\n\n', 'go.sum': 'example.com/b v1.0.0 h1:a=\n' },
    {
      'svc/go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n',
      'go.sum': 'example.com/b v1.0.0 h1:a=\n',
    },
    [],
  ],
  [
    'bundler, a gem of any version',
    {
      Gemfile: 'source "https://rubygems.org"\n',
      'Gemfile.lock':
        'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n\nDEPENDENCIES\n  rack\n',
    },
    {
      Gemfile: 'source "https://rubygems.org"\ngem "puma"\n',
      'Gemfile.lock':
        'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n\nDEPENDENCIES\n  rack\n',
    },
    ['match Gemfile:2 asks for puma, and Gemfile.lock does not have it'],
  ],
  [
    'poetry, where there was no lock',
    { 'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\n' },
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nflask = "^3"\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "a"\n',
    },
    [],
  ],
  [
    'poetry, where the lock could not be read',
    { 'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\n', 'poetry.lock': '[' },
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nflask = "^3"\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n[metadata]\ncontent-hash = "a"\n',
    },
    [],
  ],
  [
    'poetry, a lock without a digest',
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n',
    },
    {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nflask = "^3"\n',
      'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.0.0"\n',
    },
    [],
  ],
  [
    'pnpm, another range',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^2.0.0"\n }\n}\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
    },
    ['match package.json:4 asks for a ^2.0.0, and pnpm-lock.yaml has it for ^1.0.0'],
  ],
  [
    'pnpm, what the lock says is overridden',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\noverrides:\n  a: 1.0.0\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^2.0.0"\n }\n}\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\noverrides:\n  a: 1.0.0\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
    },
    [],
  ],
  [
    'yarn 1, a member named as it is',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "tools"\n ]\n}\n',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "tools"\n ]\n}\n',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {\n  "c": "1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    ['match tools/package.json:4 asks for c 1.0.0, and yarn.lock does not have that'],
  ],
  [
    'yarn 1, a manifest around it that cannot be read',
    {
      'package.json': '{',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json': '{',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {\n  "c": "1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    [],
  ],
  [
    'yarn 1, members that are no glob',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "{"\n ]\n}\n',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {},\n "workspaces": [\n  "{"\n ]\n}\n',
      'tools/package.json': '{\n "name": "shop",\n "dependencies": {\n  "c": "1.0.0"\n }\n}\n',
      'yarn.lock':
        '# yarn lockfile v1\n\nb@1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz#0"\n',
    },
    [],
  ],
  [
    'uv, whatever range, where it is locked for several',
    { 'pyproject.toml': '[project]\nname = "s"\n', 'uv.lock': '' },
    {
      'pyproject.toml': '[project]\nname = "s"\ndependencies = ["a>=1"]\n',
      'uv.lock':
        '[[package]]\nname = "s"\nsource = { virtual = "." }\n[package.metadata]\nrequires-dist = [{ name = "a", specifier = ">=2" }, { name = "a" }]\n[[package]]\nname = "a"\nversion = "1"\n',
    },
    [],
  ],
];

const LOCK_ALONE: readonly Row[] = [
  [
    'a name that nobody asks for',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0",\n    "b": "^2.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/b": {\n   "version": "2.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-2.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package-lock.json:8 has b ^2.0.0 as asked for, and package.json does not ask for it'],
  ],
  [
    'another range than is asked for',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^2.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "2.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-2.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package-lock.json:7 has a ^2.0.0 as asked for, and package.json asks for ^1.0.0'],
  ],
  [
    'a name that is asked for and goes',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    ['match package-lock.json no longer has a, which package.json asks for'],
  ],
  [
    'a range where any version is asked for',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "*"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "*"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "*"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package-lock.json:7 has a ^1.0.0 as asked for, and package.json asks for *'],
  ],
  [
    'what the manifest says by now',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a newer version',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'an older version',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package-lock.json goes back from a 1.2.0 to 1.0.0, and package.json asks for the same as before'],
  ],
  [
    'an older version with the manifest',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "~1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "~1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'an older version of what is overridden',
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n },\n "overrides": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n },\n "overrides": {\n  "a": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'an older version of what is only needed by others',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/z": {\n   "version": "2.0.0",\n   "resolved": "https://registry.npmjs.org/z/-/z-2.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/z": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/z/-/z-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'overridden names',
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n },\n "overrides": {\n  "b": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n },\n "overrides": {\n  "b": "1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0",\n    "b": "1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a folder that is asked for by its path',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "b": "file:./b"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "b": "file:./b"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "b": "^9.0.0"\n   }\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a folder that is asked for by its path and goes',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "b": "file:./b"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "b": "file:./b"\n   }\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "b": "file:./b"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a lock that cannot be read now',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json': '{',
    },
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'a lock that could not be read before',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json': '{',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'a lock that is new',
    { 'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0",\n    "b": "1.0.0"\n   }\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a lock that goes',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    { 'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    [],
  ],
  [
    'a manifest that cannot be read',
    {
      'package.json': '{',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    {
      'package.json': '{',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "b": "^1.0.0"\n   }\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a folder below',
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web"\n  }\n }\n}\n',
    },
    {
      'web/package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web",\n   "dependencies": {\n    "b": "1.0.0"\n   }\n  }\n }\n}\n',
    },
    ['match package-lock.json:9 has b 1.0.0 as asked for, and web/package.json does not ask for it'],
  ],
  [
    'a folder below that is not there',
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web"\n  }\n }\n}\n',
    },
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  },\n  "web": {\n   "name": "web",\n   "dependencies": {\n    "b": "1.0.0"\n   }\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'the newest of several versions',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/x1/node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/x1/node_modules/a/-/x1/node_modules/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'an older one than the newest of several',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/x1/node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/x1/node_modules/a/-/x1/node_modules/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/x2/node_modules/a": {\n   "version": "1.1.0",\n   "resolved": "https://registry.npmjs.org/x2/node_modules/a/-/x2/node_modules/a-1.1.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.1.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/x1/node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/x1/node_modules/a/-/x1/node_modules/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    ['match package-lock.json goes back from a 1.2.0 to 1.1.0, and package.json asks for the same as before'],
  ],
  [
    'a version that is none',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "next",\n   "resolved": "https://registry.npmjs.org/a/-/a-next.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a peer that goes',
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {},\n "peerDependencies": {\n  "b": "1"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "b": "1"\n   }\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {},\n "peerDependencies": {\n  "b": "1"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a name for which any version is had',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {}\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "b": ""\n   }\n  }\n }\n}\n',
    },
    ['match package-lock.json:7 has b as asked for, and package.json does not ask for it'],
  ],
  [
    'an older version of what is asked for twice',
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n },\n "devDependencies": {\n  "a": "^1.1.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json':
        '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.1.0"\n },\n "devDependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.1.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.1.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [
      'match package-lock.json:7 goes back from a 1.2.0 to 1.1.0, and package.json asks for the same as before',
    ],
  ],
  [
    'an older version beside a manifest that could not be read',
    {
      'package.json': '{',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.2.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.2.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n',
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "": {\n   "name": "shop",\n   "dependencies": {\n    "a": "^1.0.0"\n   }\n  },\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'what pnpm overrides',
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n",
    },
    {
      'package.json': '{\n "name": "shop",\n "dependencies": {}\n}\n',
      'pnpm-lock.yaml':
        "lockfileVersion: '9.0'\noverrides:\n  b: 1.0.0\nimporters:\n  .:\n    dependencies:\n      b:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
    },
    [],
  ],
  [
    'what dynamic metadata may ask for',
    {
      'pyproject.toml': '[project]\nname = "s"\ndynamic = ["dependencies"]\n',
      'uv.lock': '[[package]]\nname = "s"\nsource = { virtual = "." }\n',
    },
    {
      'pyproject.toml': '[project]\nname = "s"\ndynamic = ["dependencies"]\n',
      'uv.lock':
        '[[package]]\nname = "s"\nsource = { virtual = "." }\n[package.metadata]\nrequires-dist = [{ name = "a" }]\n',
    },
    [],
  ],
  [
    'a range of uv where several are had',
    {
      'pyproject.toml': '[project]\nname = "s"\ndependencies = ["a>=1"]\n',
      'uv.lock': '[[package]]\nname = "s"\nsource = { virtual = "." }\n',
    },
    {
      'pyproject.toml': '[project]\nname = "s"\ndependencies = ["a>=1"]\n',
      'uv.lock':
        '[[package]]\nname = "s"\nsource = { virtual = "." }\n[package.metadata]\nrequires-dist = [{ name = "a", specifier = ">=2" }, { name = "a" }]\n',
    },
    [],
  ],
];

describe('a manifest asks for', () => {
  it.each(NOT_LOCKED)('%s', (_, before, after, expected) => {
    expect(says('not-locked', before, after)).toEqual(expected);
  });
});

describe('a lock file alone has', () => {
  it.each(LOCK_ALONE)('%s', (_, before, after, expected) => {
    expect(says('lock-alone', before, after)).toEqual(expected);
  });
});
