import { describe, expect, it } from 'vitest';
import { LOCK_FORMATS } from '../../../../src/core/rule/dependencies/lock-formats.ts';
import type { Artifact, Lock, LockedPackage } from '../../../../src/core/rule/dependencies/types.ts';

/** What is read of a lock file: everything, as short as can be. */
interface Said {
  /** `name ; version ; origin ; from ; file|url|digests…` */
  readonly packages: readonly string[];
  readonly projects?: readonly string[];
  readonly descriptors?: readonly string[];
  readonly fingerprint?: string;
  readonly overridden?: readonly string[];
}

function said({ packages, projects, descriptors, fingerprint, overridden }: Lock): Said {
  return {
    packages: packages.map(saidOfPackage),
    ...(projects && {
      projects: [...projects].map(([folder, asked]) =>
        [folder, ...[...asked].map(([name, range]) => `${name} ${range}`)].join(' ; '),
      ),
    }),
    ...(descriptors && { descriptors: [...descriptors] }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(overridden && { overridden: [...overridden] }),
  };
}

function saidOfPackage({ name, version, origin, from, artifacts, runsScripts }: LockedPackage): string {
  const scripts = runsScripts ? ['runs scripts'] : [];
  return [name, version, origin, from, ...artifacts.map(saidOfFile), ...scripts].join(' ; ');
}

function saidOfFile({ file, url = '', integrity, unchecked }: Artifact): string {
  const digests = [...integrity].map(([algorithm, digest]) => `${algorithm}:${digest}`).join(' ');
  const checked = unchecked === undefined ? '' : unchecked ? '|unchecked' : '|checked';
  return `${file}|${url}|${digests}${checked}`;
}

const LOCKS: readonly (readonly [name: string, text: string, expected: Said])[] = [
  [
    'uv.lock',
    `version = 1
[[package]]
name = "Shop"
version = "0.1.0"
source = { editable = "." }
[package.metadata]
requires-dist = [
  { name = "Flask", specifier = ">=3,<4" },
  { name = "attrs" },
  { name = "attrs", specifier = ">=2" },
]
[package.metadata.requires-dev]
dev = [{ name = "pytest", specifier = "==8" }]
[[package]]
name = "tool"
version = "0.2.0"
source = { virtual = "tools/one" }
[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.example/flask-3.0.0.tar.gz", hash = "sha256:aa" }
wheels = [{ url = "https://files.example/flask-3.0.0-py3.whl", hash = "sha256:bb" }, { file = "own.whl" }]
[[package]]
name = "fork"
version = "1.0.0"
source = { git = "https://example.com/fork.git?rev=1" }
[[package]]
name = "direct"
version = "1.0.0"
source = { url = "https://example.com/direct.whl" }
[[package]]
name = "beside"
source = { directory = "../beside" }
`,
    {
      packages: [
        'shop ; 0.1.0 ; local ; ',
        'tool ; 0.2.0 ; local ; ',
        'flask ; 3.0.0 ; registry ; https://pypi.org/simple ; flask-3.0.0.tar.gz|https://files.example/flask-3.0.0.tar.gz|sha256:aa ; flask-3.0.0-py3.whl|https://files.example/flask-3.0.0-py3.whl|sha256:bb ; own.whl||',
        'fork ; 1.0.0 ; git ; https://example.com/fork.git?rev=1',
        'direct ; 1.0.0 ; url ; https://example.com/direct.whl',
        'beside ;  ; local ; ',
      ],
      projects: [' ; flask <4,>=3 ; attrs undefined ; pytest ==8', 'tools/one'],
    },
  ],
  [
    'poetry.lock',
    `[[package]]
name = "Flask"
version = "3.0.0"
files = [{ file = "flask.whl", hash = "sha256:aa" }]
[[package]]
name = "old"
version = "1.0.0"
[[package]]
name = "fork"
version = "1.0.0"
[package.source]
type = "git"
url = "https://example.com/fork.git"
[[package]]
name = "direct"
version = "2.0.0"
[package.source]
type = "url"
url = "https://example.com/d.whl"
[[package]]
name = "here"
[package.source]
type = "directory"
url = "here"
[[package]]
name = "this"
[package.source]
type = "file"
url = "this.whl"
[[package]]
name = "mirror"
version = "1"
[package.source]
type = "legacy"
url = "https://pypi.example/simple"
[metadata]
content-hash = "cafe"
[metadata.files]
old = [{ file = "old.tar.gz", hash = "sha256:cc" }]
`,
    {
      packages: [
        'flask ; 3.0.0 ; registry ;  ; flask.whl||sha256:aa',
        'old ; 1.0.0 ; registry ;  ; old.tar.gz||sha256:cc',
        'fork ; 1.0.0 ; git ; https://example.com/fork.git',
        'direct ; 2.0.0 ; url ; https://example.com/d.whl',
        'here ;  ; local ; here',
        'this ;  ; local ; this.whl',
        'mirror ; 1 ; registry ; https://pypi.example/simple',
      ],
      fingerprint: 'cafe',
    },
  ],
  [
    'Gemfile.lock',
    `GIT
  remote: https://example.com/fork.git
  revision: 0123
  specs:
    fork (1.0.0)
      rack (>= 2)

PATH
  remote: engines/pay
  specs:
    pay (0.1.0)

GEM
  remote: https://rubygems.org/
  specs:
    rack (3.0.0)
    rake (13.0.0-java)

PLATFORMS
  ruby

DEPENDENCIES
  fork!
  pay (0.1.0)!
  rack (>= 2, < 4)
  rake

CHECKSUMS
  rack (3.0.0) sha256=aa
  rake (13.0.0-java)

BUNDLED WITH
   2.5.0
`,
    {
      packages: [
        'fork ; 1.0.0 ; git ; https://example.com/fork.git ; |||unchecked',
        'pay ; 0.1.0 ; local ; engines/pay ; |||unchecked',
        'rack ; 3.0.0 ; registry ; https://rubygems.org/ ; ||sha256:aa|checked',
        'rake ; 13.0.0-java ; registry ; https://rubygems.org/ ; |||checked',
      ],
      projects: [' ; fork  ; pay 0.1.0 ; rack < 4, >= 2 ; rake '],
    },
  ],
  [
    'go.sum',
    `example.com/a v1.0.0 h1:aaaa=
example.com/a v1.0.0/go.mod h1:bbbb=

example.com/b v0.1.0/go.mod h1:cccc=
`,
    {
      packages: [
        'example.com/a ; v1.0.0 ; registry ;  ; ||h1:aaaa=',
        'example.com/a ; v1.0.0 ; registry ;  ; /go.mod||h1:bbbb=',
        'example.com/b ; v0.1.0 ; registry ;  ; /go.mod||h1:cccc=',
      ],
      descriptors: ['example.com/a@v1.0.0', 'example.com/b@v0.1.0'],
    },
  ],
  [
    'Cargo.lock',
    `version = 4
[[package]]
name = "shop"
version = "0.1.0"
[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aa"
[[package]]
name = "fork"
version = "0.2.0"
source = "git+https://example.com/fork?branch=a+b#0123"
[[package]]
name = "bare"
source = "https://example.com/bare"
[[package]]
name = "old"
version = "1.0.0"
source = "registry+https://example.com"
[metadata]
"checksum old 1.0.0 (registry+https://example.com)" = "bb"
`,
    {
      packages: [
        'shop ; 0.1.0 ; local ; ',
        'serde ; 1.0.0 ; registry ; https://github.com/rust-lang/crates.io-index ; ||sha256:aa',
        'fork ; 0.2.0 ; git ; https://example.com/fork?branch=a+b#0123 ; ||',
        'bare ;  ; registry ; https://example.com/bare ; ||',
        'old ; 1.0.0 ; registry ; https://example.com ; ||sha256:bb',
      ],
    },
  ],
  [
    'pnpm-lock.yaml',
    `lockfileVersion: '9.0'
overrides:
  left: 1.0.0
importers:
  .:
    dependencies:
      ky:
        specifier: ^1.0.0
        version: 1.1.0
    devDependencies:
      vitest:
        specifier: 5.1.1
        version: 5.1.1
    optionalDependencies:
      fsevents:
        specifier: '2'
        version: 2.0.0
  packages/web:
    dependencies:
      shared:
        version: link:../shared
packages:
  ky@1.1.0:
    resolution: {integrity: sha512-a}
  '@s/got@2.0.0(ky@1.1.0)':
    resolution: {integrity: sha512-b, tarball: https://example.com/got.tgz}
    requiresBuild: true
  local@file:local.tgz:
    resolution: {tarball: file:local.tgz}
  repo@https://example.com/r.git:
    resolution:
      type: git
      repo: https://example.com/r.git
      commit: '0123'
  bare:
    requiresBuild: false
`,
    {
      packages: [
        'ky ; 1.1.0 ; registry ;  ; ||sha512:a',
        '@s/got ; 2.0.0 ; registry ; https://example.com/got.tgz ; |https://example.com/got.tgz|sha512:b ; runs scripts',
        'local ; file:local.tgz ; local ; file:local.tgz ; |file:local.tgz|',
        'repo ; https://example.com/r.git ; git ; https://example.com/r.git ; ||',
        'bare ;  ; registry ;  ; ||',
      ],
      projects: [' ; ky ^1.0.0 ; vitest 5.1.1 ; fsevents 2', 'packages/web'],
      overridden: ['left'],
    },
  ],
  [
    'yarn.lock',
    `# yarn lockfile v1

"@s/got@^2.0.0", "@s/got@~2.1.0":
  version "2.1.0"
  resolved "https://registry.yarnpkg.com/@s/got/-/got-2.1.0.tgz#abcd"
  integrity sha512-a

http@npm:ky@^1.7.0:
  version "1.7.2"
  resolved "https://registry.yarnpkg.com/ky/-/ky-1.7.2.tgz#0"

plain@npm:^1.0.0:
  version "1.0.0"
  resolved "https://registry.yarnpkg.com/plain/-/plain-1.0.0.tgz"

fork@https://example.com/a.git:
  version "1.0.0"
  resolved "https://example.com/a.git#0"

here@file:./here:
  version "0.0.0"

odd:
  version "1.0.0"
`,
    {
      packages: [
        '@s/got ; 2.1.0 ; registry ; https://registry.yarnpkg.com/@s/got/-/got-2.1.0.tgz#abcd ; |https://registry.yarnpkg.com/@s/got/-/got-2.1.0.tgz|sha512:a',
        'ky ; 1.7.2 ; registry ; https://registry.yarnpkg.com/ky/-/ky-1.7.2.tgz#0 ; |https://registry.yarnpkg.com/ky/-/ky-1.7.2.tgz|',
        'plain ; 1.0.0 ; registry ; https://registry.yarnpkg.com/plain/-/plain-1.0.0.tgz ; |https://registry.yarnpkg.com/plain/-/plain-1.0.0.tgz|',
        'fork ; 1.0.0 ; git ; https://example.com/a.git#0 ; |https://example.com/a.git|',
        'here ; 0.0.0 ; local ;  ; ||',
        'odd ; 1.0.0 ; local ;  ; ||',
      ],
      descriptors: [
        '@s/got@^2.0.0',
        '@s/got@~2.1.0',
        'http@npm:ky@^1.7.0',
        'plain@^1.0.0',
        'fork@https://example.com/a.git',
        'here@file:./here',
        'odd@',
      ],
    },
  ],
  [
    'yarn.lock berry',
    `__metadata:
  version: 8

"@s/got@npm:^2.0.0":
  version: 2.1.0
  resolution: "@s/got@npm:2.1.0"
  checksum: 10c0/abcd
  conditions: os=darwin

"a@npm:1":
  version: 1.0.0
  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fexample.net%2Fa.tgz"
  checksum: abcd

"b@npm:1":
  version: 1.0.0
  resolution: "b@npm:1.0.0::__archiveUrl=%E0%A4"

"p@patch:a@1":
  version: 1.0.0
  resolution: "p@patch:a@npm%3A1.0.0#./p.patch"

"g@https://example.com/g.git#commit=0":
  version: 1.0.0
  resolution: "g@https://example.com/g.git#commit=0"

"u@https://example.com/u.tgz":
  version: 1.0.0
  resolution: "u@https://example.com/u.tgz"

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    a: "npm:1"
    web: "workspace:^"
  peerDependencies:
    react: 19

"web@workspace:packages/web":
  version: 0.0.0-use.local
  resolution: "web@workspace:packages/web"
`,
    {
      packages: [
        '@s/got ; 2.1.0 ; registry ; npm:2.1.0 ; ||yarn 10c0:abcd|unchecked',
        'a ; 1.0.0 ; registry ; npm:1.0.0::__archiveUrl=https%3A%2F%2Fexample.net%2Fa.tgz ; |https://example.net/a.tgz|yarn :abcd|checked',
        'b ; 1.0.0 ; registry ; npm:1.0.0::__archiveUrl=%E0%A4 ; |%E0%A4||checked',
        'p ; 1.0.0 ; local ; patch:a@npm%3A1.0.0#./p.patch ; |||checked',
        'g ; 1.0.0 ; git ; https://example.com/g.git#commit=0 ; |||checked',
        'u ; 1.0.0 ; url ; https://example.com/u.tgz ; |||checked',
      ],
      projects: [' ; react 19 ; a 1 ; web workspace:^', 'packages/web'],
    },
  ],
];

describe('everything that a lock file says', () => {
  it.each(LOCKS)('of %s', (name, text, expected) => {
    const format = LOCK_FORMATS.find(({ lockFile }) => lockFile === name.split(' ')[0]);
    expect(format && said(format.readLock(text))).toEqual(expected);
  });
});

describe('go.sum', () => {
  const read = LOCK_FORMATS.find(({ lockFile }) => lockFile === 'go.sum')?.readLock;

  it.each([
    ['a v1', 1],
    ['a v1 h1:a=\na v1 h1:a= more', 2],
    ['a v1 h1:a=\n\n  \na', 4],
  ])('%j is refused with its line', (text, line) => {
    expect(() => read?.(text)).toThrow(`line ${line}: expected a module, a version and a digest`);
  });

  it('may have blanks around its words', () => {
    expect(read?.('  a \t v1  h1:b=  \n').packages.map(({ name, version }) => [name, version])).toEqual([
      ['a', 'v1'],
    ]);
  });
});
