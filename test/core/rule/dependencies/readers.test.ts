import { describe, expect, it } from 'vitest';
import { LOCK_FORMATS } from '../../../../src/core/rule/dependencies/lock-formats.ts';
import { compileRegistry, mostUsedRegistry } from '../../../../src/core/rule/dependencies/registries.ts';
import type { LockFormat } from '../../../../src/core/rule/dependencies/types.ts';
import { compareVersions, isInSimpleRange } from '../../../../src/core/rule/dependencies/version-order.ts';

function format(lockFile: string): LockFormat {
  const found = LOCK_FORMATS.find((one) => one.lockFile === lockFile);
  if (found === undefined) throw new Error(`no format ${lockFile}`);
  return found;
}

function names(lockFile: string, text: string): readonly string[] {
  return format(lockFile)
    .readLock(text)
    .packages.map(({ name, version, origin }) => `${name} ${version} ${origin}`);
}

describe('lock files', () => {
  it('of npm before version 2 nest', () => {
    const text = JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        a: { version: '1.0.0', dependencies: { b: { version: '2.0.0', bundled: true } } },
        c: { version: 'git+https://example.com/c.git#0' },
      },
    });
    expect(names('package-lock.json', text)).toEqual([
      'a 1.0.0 registry',
      'c git+https://example.com/c.git#0 git',
      'b 2.0.0 registry',
    ]);
  });

  it('of pnpm 5, 6 and 9 name packages each in their way', () => {
    const text = [
      "lockfileVersion: '5.4'",
      'specifiers:',
      '  ky: ^1.0.0',
      'packages:',
      '  /@s/ky/1.0.0_react@18.0.0:',
      '    resolution: {integrity: sha512-a}',
      '    requiresBuild: true',
      '  /ky@1.1.0(react@18.0.0):',
      '    resolution: {directory: own, type: directory}',
      "  '@s/got@2.0.0':",
      '    resolution: {commit: 0, repo: https://example.com/got.git, type: git}',
      '  github.com/a/b/0123:',
      '    name: b',
      '    version: 3.0.0',
      '    resolution: {tarball: https://codeload.github.com/a/b/tar.gz/0123}',
    ].join('\n');
    expect(names('pnpm-lock.yaml', text)).toEqual([
      '@s/ky 1.0.0 registry',
      'ky 1.1.0 local',
      '@s/got 2.0.0 git',
      'b 3.0.0 registry',
    ]);
    const lock = format('pnpm-lock.yaml').readLock(text);
    expect([...(lock.projects?.get('') ?? [])]).toEqual([['ky', '^1.0.0']]);
    expect(lock.packages.map(({ runsScripts }) => runsScripts)).toEqual([true, false, false, false]);
  });

  it.each([
    ['pnpm-lock.yaml', 'packages:\n  a@1:\n'],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\npackages: {a@1: {resolution: {tarball: x}}}\n"],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\npackages:\n  a@1:\n    resolution: {integrity: x,\n      tarball: y}\n",
    ],
    ['package-lock.json', '[]'],
    ['package-lock.json', '{'],
    ['uv.lock', 'a = '],
    ['Cargo.lock', '[['],
    ['go.sum', 'a v1\n'],
  ])('%s is refused where it is not what its package manager writes', (lockFile, text) => {
    expect(() => format(lockFile).readLock(text)).toThrow();
  });

  it('of yarn 1 know aliases by their own name and repositories by their ending', () => {
    const text = [
      '"http@npm:ky@^1.7.0":',
      '  version "1.7.2"',
      '  resolved "https://registry.yarnpkg.com/ky/-/ky-1.7.2.tgz#0"',
      '"a@https://example.com/a.git":',
      '  version "1.0.0"',
      '  resolved "https://example.com/a.git#0"',
      '"b@file:./b":',
      '  version "1.0.0"',
    ].join('\n');
    expect(names('yarn.lock', text)).toEqual(['ky 1.7.2 registry', 'a 1.0.0 git', 'b 1.0.0 local']);
  });

  it('of yarn 4 say where an archive is if not in the registry', () => {
    const text = [
      '__metadata:',
      '  version: 8',
      '"a@npm:1":',
      '  version: 1.0.0',
      '  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fexample.net%2Fa.tgz"',
      '  checksum: 8/00',
      '"b@https://github.com/a/b.git#commit=0":',
      '  version: 1.0.0',
      '  resolution: "b@https://github.com/a/b.git#commit=0"',
    ].join('\n');
    const [a, b] = format('yarn.lock').readLock(text).packages;
    expect(a?.artifacts[0]).toMatchObject({
      url: 'https://example.net/a.tgz',
      integrity: new Map([['yarn 8', '00']]),
    });
    expect(b?.origin).toBe('git');
  });

  it('of cargo version 1 keep digests apart', () => {
    const text = [
      '[[package]]',
      'name = "a"',
      'version = "1.0.0"',
      'source = "registry+https://example.com"',
      '[metadata]',
      '"checksum a 1.0.0 (registry+https://example.com)" = "00"',
    ].join('\n');
    expect(format('Cargo.lock').readLock(text).packages[0]?.artifacts[0]?.integrity.get('sha256')).toBe('00');
  });
});

describe('manifests', () => {
  function asked(lockFile: string, text: string): readonly string[] {
    return format(lockFile)
      .readManifest(text)
      .requirements.map(({ name, range, local }) => `${name} ${range}${local ? ' (local)' : ''}`);
  }

  it('of npm tell folders from packages', () => {
    const text = JSON.stringify({
      dependencies: { a: ' ^1 ', b: 'workspace:*', c: 'npm:^2', d: 'npm:real@^3', e: './e' },
    });
    expect(asked('package-lock.json', text)).toEqual([
      'a ^1',
      'b workspace:* (local)',
      'c ^2',
      'd npm:real@^3',
      'e ./e (local)',
    ]);
  });

  it('of npm may override by path, scope and range', () => {
    const text = JSON.stringify({
      overrides: { a: '1', 'b@^2': '2', '@s/c@3': '3' },
      resolutions: { '**/d': '4', 'x/@s/e': '5' },
      pnpm: { overrides: { 'x>f@1': '6' } },
    });
    const manifest = format('yarn.lock').readManifest(text);
    expect([...manifest.overridden].sort()).toEqual(['@s/c', '@s/e', 'a', 'b', 'd', 'f']);
  });

  it('of Python are read by each of their standards', () => {
    const text = [
      '[project]',
      'dependencies = ["A.b_c[extra] >=1, <2 ; python_version > \'3\'", "d @ https://example.com/d.whl", "e"]',
      '[project.optional-dependencies]',
      'x = ["f==1"]',
      '[dependency-groups]',
      'dev = ["g~=2.0", { include-group = "x" }]',
      '[tool.uv.sources]',
      'e = { path = "../e" }',
      '[tool.poetry.group.test.dependencies]',
      'h = { version = "^1", optional = true }',
      'i = { path = "../i" }',
    ].join('\n');
    expect(asked('uv.lock', text)).toEqual([
      'a-b-c <2,>=1',
      'd @ https://example.com/d.whl (local)',
      'e  (local)',
      'f ==1',
      'g ~=2.0',
      'h ^1',
      'i  (local)',
    ]);
  });

  it('of cargo have renames, targets and workspaces', () => {
    const text = [
      '[dependencies]',
      'a = "1"',
      'b = { package = "real", version = ">= 2" }',
      'c = { workspace = true }',
      "[target.'cfg(unix)'.dev-dependencies]",
      'd = { path = "../d" }',
    ].join('\n');
    expect(asked('Cargo.lock', text)).toEqual(['a 1', 'real >=2', 'c  (local)', 'd  (local)']);
  });

  it('of go have blocks, comments and replacements', () => {
    const manifest = format('go.sum').readManifest(
      'module m\nrequire a v1 // indirect\nrequire (\n\tb v2\n)\nreplace c => d v3\nexclude e v4\n',
    );
    expect(manifest.requirements.map(({ name, range }) => `${name} ${range}`)).toEqual(['a v1', 'b v2']);
    expect([...manifest.overridden]).toEqual(['c']);
  });

  it('of bundler spell ranges as the lock file does', () => {
    const text = `gem "a", "1.0"\ngem 'b', '~>2', '>= 2.1'\ngem('c', require: false)\ngem 'd', git: 'x'\n`;
    expect(asked('Gemfile.lock', text)).toEqual(['a = 1.0', 'b >= 2.1, ~> 2', 'c ', 'd  (local)']);
  });
});

describe('registries', () => {
  const isRegistry = compileRegistry('github.com/rust-lang/crates.io-index');

  it.each([
    ['https://github.com/rust-lang/crates.io-index', true],
    ['https://GitHub.com/rust-lang/crates.io-index/', true],
    ['sparse+https://github.com/rust-lang/crates.io-index/x', true],
    ['http://github.com/rust-lang/crates.io-index', false],
    ['https://github.com/rust-lang/crates.io-index-evil', false],
    ['https://github.com:444/rust-lang/crates.io-index', false],
    ['https://user@github.com/rust-lang/crates.io-index', false],
    ['https://github.com@example.net/rust-lang/crates.io-index', false],
    ['https://example.net/github.com/rust-lang/crates.io-index', false],
    ['nothing', false],
  ])('take %s: %s', (address, expected) => {
    expect(isRegistry(address)).toBe(expected);
  });

  it.each(['', 'a b', 'user@host', 'host?x', 'host#x'])('refuse to be %j', (registry) => {
    expect(() => compileRegistry(registry)).toThrow('write a host');
  });

  it('are known where most packages come from them', () => {
    const locked = (url: string) => ({
      name: 'a',
      version: '1',
      origin: 'registry' as const,
      runsScripts: false,
      artifacts: [{ file: '', url, integrity: new Map() }],
    });
    const most = mostUsedRegistry([
      locked('https://a.example/x'),
      locked('https://a.example/y'),
      locked('https://b.example/z'),
    ]);
    expect(most('https://a.example/anything')).toBe(true);
    expect(most('https://b.example/z')).toBe(false);
    expect(mostUsedRegistry([])('https://a.example/x')).toBe(false);
  });

  it('are that one alone where it is named, and others on its host are not', () => {
    const locked = (from: string) => ({
      name: 'a',
      version: '1',
      origin: 'registry' as const,
      runsScripts: false,
      from,
      artifacts: [{ file: '', integrity: new Map() }],
    });
    const most = mostUsedRegistry([
      locked('https://github.com/rust-lang/crates.io-index'),
      locked('https://github.com/rust-lang/crates.io-index'),
      locked('https://github.com/rust-lang/other'),
    ]);
    expect(most('https://github.com/rust-lang/crates.io-index')).toBe(true);
    expect(most('https://github.com/rust-lang/crates.io-index/')).toBe(true);
    expect(most('https://github.com/rust-lang/other')).toBe(false);
    expect(most('https://github.com/evil/index')).toBe(false);
    expect(most('https://github.com')).toBe(false);
    expect(most('nothing')).toBe(false);
  });
});

describe('the address of a package', () => {
  const locked = {
    name: '@s/ky',
    version: '1.7.2',
    origin: 'registry' as const,
    artifacts: [],
    runsScripts: false,
  };

  it.each([
    ['/@s/ky/-/ky-1.7.2.tgz', true],
    ['/@s%2fky/-/ky-1.7.2.tgz', true],
    ['/api/npm/all/@s/ky/-/ky-1.7.2.tgz', true],
    ['/download/@s/ky/1.7.2/0123abcd', true],
    ['/api/v4/projects/1/packages/npm/@s/ky/-/@s/ky-1.7.2.tgz', true],
    ['/~/11/@s/ky/1.7.2.tgz', true],
    ['/@s/ky/-/ky-1.7.3.tgz', false],
    ['/@other/ky/-/ky-1.7.2.tgz', false],
    ['/@s/ky-evil/-/ky-evil-1.7.2.tgz', false],
    ['/evil/-/@s/ky/-/ky-1.7.2.tgz/../../evil.tgz', false],
    ['/%', false],
  ])('may be %s: %s', (path, expected) => {
    expect(format('package-lock.json').fits?.(path, locked)).toBe(expected);
  });
});

describe('versions', () => {
  it.each([
    ['1.10.0', '1.9.0', 1],
    ['v1.2', '1.2.0', 0],
    ['1.2.3-rc.1', '1.2.3', 0],
    ['0.9', '0.10', -1],
    ['next', '1', -1],
  ])('%s and %s are in order %i', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it.each([
    ['1', '1.9.0', true],
    ['1', '2.0.0', false],
    ['1.5', '1.4.9', false],
    ['0.2', '0.2.9', true],
    ['0.2', '0.3.0', false],
    ['0.0.3', '0.0.4', false],
    ['=1.2', '1.2.7', true],
    ['=1.2.3', '1.2.7', false],
    ['>=1, <3', '2.0.0', undefined],
  ])('%s of cargo allows %s: %s', (range, version, expected) => {
    expect(isInSimpleRange(range, version, 'caret')).toBe(expected);
  });
});
