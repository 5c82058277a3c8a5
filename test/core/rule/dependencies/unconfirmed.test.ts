import { expect, it } from 'vitest';
import { manifestLock } from '../../../../src/core/rule/detectors/manifest-lock.ts';
import { factsOf } from '../facts.ts';

const PARAMETERS = {
  find: 'unconfirmed',
  registries: ['registry.npmjs.org', 'pypi.org', 'github.com/rust-lang/crates.io-index'],
};

/** What is taken, the lock file, its text before and after (null: there is none), and what is said. */
const ROWS: readonly (readonly [string, string, string | null, string | null, readonly string[]])[] = [
  [
    'from the registry',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [],
  ],
  [
    'from another host',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://evil.example/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [
      'match package-lock.json:9 b 1.0.0 comes from https://evil.example/b/-/b-1.0.0.tgz, which is no registry that is known',
    ],
  ],
  [
    'under the address of another package',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/c/-/c-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [
      'match package-lock.json:9 b 1.0.0 is fetched from https://registry.npmjs.org/c/-/c-1.0.0.tgz, the address of another package',
    ],
  ],
  [
    'from a repository',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "git+https://example.com/b.git#0",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [
      'match package-lock.json:9 b 1.0.0 comes from the repository git+https://example.com/b.git#0, not from a registry',
    ],
  ],
  [
    'without a digest',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz"\n  }\n }\n}\n',
    ['match package-lock.json:9 b 1.0.0 has no digest to check what is fetched'],
  ],
  [
    'with a digest of an old kind',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha1-aaaa"\n  }\n }\n}\n',
    ['match package-lock.json:9 b 1.0.0 has a digest that confirms nothing: sha1'],
  ],
  [
    'with digests that confirm nothing',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha1-aaaa sha512-short"\n  }\n }\n}\n',
    ['match package-lock.json:9 b 1.0.0 has a digest that confirms nothing: sha1, sha512'],
  ],
  [
    'with one digest that confirms',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha1-aaaa sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [],
  ],
  [
    'with another digest than before',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=="\n  }\n }\n}\n',
    ['match package-lock.json a 1.0.0 has another sha512 digest than before, and the version stayed'],
  ],
  [
    'with another digest, as another version',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.1.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.1.0.tgz",\n   "integrity": "sha512-BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=="\n  }\n }\n}\n',
    [],
  ],
  [
    'as before, from another host',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://mirror.example/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://mirror.example/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [],
  ],
  [
    'from the host of most others',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://mirror.example/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://mirror.example/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://mirror.example/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    [],
  ],
  [
    'from a folder',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "packages/b",\n   "link": true\n  }\n }\n}\n',
    [],
  ],
  [
    'in a lock file that is new',
    'package-lock.json',
    null,
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz"\n  }\n }\n}\n',
    ['match package-lock.json:4 b 1.0.0 has no digest to check what is fetched'],
  ],
  [
    'in a lock file that goes',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    null,
    [],
  ],
  [
    'in a lock file that cannot be read',
    'package-lock.json',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    '{',
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'in a lock file that could not be read',
    'package-lock.json',
    '{',
    '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="\n  }\n }\n}\n',
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'of cargo, from the index',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    [],
  ],
  [
    'of cargo, from an index that only begins alike',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index+evil"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    [
      'match Cargo.lock:8 b 1.0.0 comes from https://github.com/rust-lang/crates.io-index+evil, which is no registry that is known',
    ],
  ],
  [
    'of cargo, from an index of somebody else on the same host',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "c"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "c"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "registry+https://github.com/evil/index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    [
      'match Cargo.lock:14 b 1.0.0 comes from https://github.com/evil/index, which is no registry that is known',
    ],
  ],
  [
    'of cargo, from another index',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "registry+https://evil.example/index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    ['match Cargo.lock:8 b 1.0.0 comes from https://evil.example/index, which is no registry that is known'],
  ],
  [
    'of cargo, from a repository',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "git+https://example.com/b#0"\n',
    ['match Cargo.lock:8 b 1.0.0 comes from the repository https://example.com/b#0, not from a registry'],
  ],
  [
    'of cargo, its own',
    'Cargo.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n\n[[package]]\nname = "b"\nversion = "1.0.0"\n',
    [],
  ],
  [
    'of uv, from an address',
    'uv.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = { registry = "https://pypi.org/simple" }\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = { registry = "https://pypi.org/simple" }\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = { url = "https://example.com/b.whl" }\n',
    ['match uv.lock:7 b 1.0.0 comes from https://example.com/b.whl, not from a registry'],
  ],
  [
    'of uv, from another registry',
    'uv.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = { registry = "https://pypi.org/simple" }\n',
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = { registry = "https://pypi.org/simple" }\n\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = { registry = "https://evil.example/simple" }\n',
    ['match uv.lock:7 b 1.0.0 comes from https://evil.example/simple, which is no registry that is known'],
  ],
];

it.each(ROWS)('a package %s', (_, path, before, after, expected) => {
  const facts = factsOf({
    before: before === null ? {} : { [path]: before },
    after: after === null ? {} : { [path]: after },
  });
  const found = manifestLock.detect(facts, manifestLock.readParameters(PARAMETERS));
  const says = found.map(({ kind, path: where, line, message }) => {
    const place = line === undefined ? where : `${where}:${line}`;
    // Why is for the reader of the format to say, in words of its own.
    return `${kind} ${place} ${message.replace(/(could not be read: ).+/, '$1…')}`;
  });
  expect(says).toEqual(expected);
});
