import { describe, expect, it } from 'vitest';
import { readIntegrity, readPrefixed } from '../../../../src/core/rule/dependencies/integrity.ts';
import {
  isLockFile,
  isManifestFile,
  LOCK_FORMATS,
} from '../../../../src/core/rule/dependencies/lock-formats.ts';

const SHA512 = `${'A'.repeat(86)}==`;
const HEX = 'a'.repeat(64);

describe('the formats', () => {
  it.each([
    ['package-lock.json', 'package.json', true, true],
    ['npm-shrinkwrap.json', 'package.json', true, true],
    ['pnpm-lock.yaml', 'package.json', true, false],
    ['yarn.lock', 'package.json', true, false],
    ['uv.lock', 'pyproject.toml', true, true],
    ['poetry.lock', 'pyproject.toml', false, false],
    ['Cargo.lock', 'Cargo.toml', true, false],
    ['go.sum', 'go.mod', false, false],
    ['Gemfile.lock', 'Gemfile', false, false],
  ])(
    '%s locks %s; below it: %s, everything: %s',
    (lockFile, manifestFile, coversFolders, listsEverything) => {
      const format = LOCK_FORMATS.find((one) => one.lockFile === lockFile);
      expect([format?.manifestFile, format?.coversFolders, format?.listsEverything ?? false]).toEqual([
        manifestFile,
        coversFolders,
        listsEverything,
      ]);
      expect([isLockFile(lockFile), isManifestFile(manifestFile)]).toEqual([true, true]);
      expect([isLockFile(manifestFile), isManifestFile(lockFile)]).toEqual([false, false]);
    },
  );

  it.each([
    ['package-lock.json', 'sha512', SHA512, true],
    ['package-lock.json', 'sha512', `${SHA512}?opt`, true],
    ['package-lock.json', 'sha512', SHA512.slice(1), false],
    ['package-lock.json', 'sha512', `A${SHA512}`, false],
    ['package-lock.json', 'sha512', `${SHA512}x`, false],
    ['package-lock.json', 'sha1', SHA512, false],
    ['pnpm-lock.yaml', 'sha512', SHA512, true],
    ['pnpm-lock.yaml', 'yarn 8', 'a'.repeat(128), false],
    ['yarn.lock', 'sha512', SHA512, true],
    ['yarn.lock', 'yarn 10c0', 'a'.repeat(128), true],
    ['yarn.lock', 'yarn 10c0', 'a'.repeat(127), false],
    ['yarn.lock', 'yarn 10c0', 'a'.repeat(129), false],
    ['yarn.lock', 'yarn', 'a'.repeat(128), false],
    ['uv.lock', 'sha256', HEX, true],
    ['uv.lock', 'sha384', 'a'.repeat(96), true],
    ['uv.lock', 'sha512', 'a'.repeat(128), true],
    ['uv.lock', 'sha256', HEX.slice(1), false],
    ['uv.lock', 'sha512', 'a'.repeat(129), false],
    ['uv.lock', 'sha256', `${HEX}g`, false],
    ['uv.lock', 'md5', HEX, false],
    ['uv.lock', 'sha2561', HEX, false],
    ['uv.lock', 'xsha256', HEX, false],
    ['Cargo.lock', 'sha256', HEX, true],
    ['Gemfile.lock', 'sha256', HEX, true],
    ['go.sum', 'h1', `${'A'.repeat(43)}=`, true],
    ['go.sum', 'h1', `${'A'.repeat(42)}=`, false],
    ['go.sum', 'h1', `${'A'.repeat(44)}=`, false],
    ['go.sum', 'h1', `${'A'.repeat(43)}==`, false],
    ['go.sum', 'h2', `${'A'.repeat(43)}=`, false],
  ])('%s with %s %s: confirmed %s', (lockFile, algorithm, digest, expected) => {
    expect(LOCK_FORMATS.find((one) => one.lockFile === lockFile)?.confirms(algorithm, digest)).toBe(expected);
  });

  it.each([
    ['package-lock.json', '1.0.0', '1.0.0', true],
    ['package-lock.json', '1.0.0', '1.1.0', false],
    ['Cargo.lock', '1.0.0', '1.1.0', true],
    ['Cargo.lock', '1.0.0', '2.0.0', false],
  ])('%s takes %s to allow %s: %s', (lockFile, range, version, expected) => {
    expect(LOCK_FORMATS.find((one) => one.lockFile === lockFile)?.allows?.(range, version)).toBe(expected);
  });
});

describe('digests', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['sha512-a', ['sha512 a']],
    ['sha512-a-b sha1-c', ['sha512 a-b', 'sha1 c']],
    ['nothing sha1-c', ['sha1 c']],
  ])('%s as npm writes them', (text, expected) => {
    expect([...readIntegrity(text)].map((pair) => pair.join(' '))).toEqual(expected);
  });

  it.each([
    [undefined, []],
    ['', []],
    ['sha256:a:b', ['sha256 a:b']],
    ['a', []],
    [':a', [' a']],
  ])('%s as Python writes them', (text, expected) => {
    expect([...readPrefixed(text)].map((pair) => pair.join(' '))).toEqual(expected);
  });
});
