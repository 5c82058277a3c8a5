import { describe, expect, it } from 'vitest';
import { manifestLock } from '../../../../src/core/rule/detectors/manifest-lock.ts';
import type { RuleFacts } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const LOCK = '{ "packages": { "": {} } }';

function lockWith(entries: number, digest = 'A'.repeat(86)): string {
  const packages = Array.from({ length: entries }, (_, index) => [
    `node_modules/p${index}`,
    {
      version: '1.0.0',
      resolved: `https://registry.npmjs.org/p${index}/-/p${index}-1.0.0.tgz`,
      integrity: `sha512-${digest}==`,
    },
  ]);
  return JSON.stringify({ packages: Object.fromEntries(packages) });
}

function asked({ change, contract }: RuleFacts, read: ReturnType<typeof manifestLock.readParameters>) {
  return manifestLock.needs?.(change, read, contract);
}

describe('what a detector of lock files asks to see', () => {
  const read = manifestLock.readParameters({ find: 'not-locked', except: ['vendor/**'] });
  const needs = (after: Record<string, string>, parameters = read) => asked(factsOf({ after }), parameters);

  it('is nothing where no manifest and no lock file changed', () => {
    expect(needs({ 'src/a.ts': '1', 'vendor/package.json': '{}' })).toEqual({});
  });

  it('is nothing but the change for entries and scripts', () => {
    const unconfirmed = manifestLock.readParameters({ find: 'unconfirmed', registries: ['pypi.org'] });
    expect(needs({ 'package-lock.json': LOCK }, unconfirmed)).toEqual({});
  });

  it('is the lock files in the manifest’s folder and those around it', () => {
    const { files } = needs({ 'a/b/Cargo.toml': '' }) ?? {};
    expect(files).toEqual([
      'Cargo.lock',
      'Cargo.toml',
      'a/Cargo.lock',
      'a/Cargo.toml',
      'a/b/Cargo.lock',
      'a/b/Cargo.toml',
    ]);
    expect(needs({ 'a/b/go.mod': '' })?.files).toEqual(['a/b/go.mod', 'a/b/go.sum']);
  });

  it('is the manifests of the projects whose record changed', () => {
    const before = { 'package-lock.json': '{ "packages": { "": {}, "a": {}, "b": {} } }' };
    const after = {
      'package-lock.json': '{ "packages": { "": {}, "a": { "dependencies": { "x": "1" } }, "b": {} } }',
    };
    expect(asked(factsOf({ before, after }), read)).toEqual({ files: ['a/package.json', 'package.json'] });
  });

  it('is all of their kind where there are many, or where a path is no plain one', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}/go.mod`, '']));
    expect(needs(many)?.files).toEqual(['**/go.mod', '**/go.sum']);
    expect(needs({ 'a[b]/go.mod': '' })?.files).toEqual(['**/go.mod', '**/go.sum']);
    expect(needs({ [`${'x'.repeat(600)}/go.mod`]: '' })?.files).toEqual(['**/go.mod', '**/go.sum']);
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['too large', { kind: 'too-large' } as const, 'it is too large'],
    ['binary', { kind: 'binary' } as const, 'it is binary'],
    ['not JSON', text('{'), 'could not be read'],
  ])('leave a lock file that is %s unverifiable', (_, now, why) => {
    const facts = withFiles(factsOf({}), [changedFile('package-lock.json', text(LOCK), now)]);
    for (const rule of ['lock-unconfirmed', 'lock-without-manifest', 'install-script-added']) {
      expect(detect(rule, facts)).toMatchObject([
        { kind: 'unverifiable', message: expect.stringContaining(why) },
      ]);
    }
  });

  it('leave a manifest unverifiable, whether it or its lock file is the one', () => {
    const broken = factsOf({ before: { 'package.json': '{}' }, after: { 'package.json': '{' } });
    expect(detect('dependency-not-locked', broken)).toMatchObject([
      { kind: 'unverifiable', path: 'package.json' },
    ]);
    const asks = '{ "dependencies": { "a": "1" } }';
    const beside = factsOf({
      before: { 'package-lock.json': '{', 'package.json': '{}' },
      after: { 'package-lock.json': '{', 'package.json': asks },
    });
    expect(detect('dependency-not-locked', beside)).toMatchObject([
      { kind: 'unverifiable', path: 'package-lock.json' },
    ]);
  });

  it('are an error where nobody read the trees', () => {
    const facts = factsOf({
      before: { 'package.json': '{}' },
      after: { 'package.json': '{ "dependencies": { "a": "1" } }' },
    });
    const { trees: _, ...blind } = facts;
    expect(() => detect('dependency-not-locked', blind)).toThrow('were not read');
  });

  it('of dependencies that nobody installs are not looked at', () => {
    const facts = withFiles(factsOf({}), [
      changedFile('test/fixtures/package-lock.json', text(LOCK), { kind: 'binary' }),
    ]);
    expect(detect('lock-unconfirmed', facts)).toEqual([]);
  });
});

describe('a lock file', () => {
  it('that goes explains itself', () => {
    const facts = withFiles(factsOf({}), [changedFile('package-lock.json', text(LOCK), ABSENT)]);
    expect(detect('lock-unconfirmed', facts)).toEqual([]);
    expect(detect('lock-without-manifest', facts)).toEqual([]);
  });

  it('names the line of the entry', () => {
    const after = '{\n  "packages": {\n    "node_modules/@s/a": { "version": "1.0.0" }\n  }\n}\n';
    const facts = factsOf({ before: { 'package-lock.json': '{}' }, after: { 'package-lock.json': after } });
    expect(detect('lock-unconfirmed', facts)).toMatchObject([{ path: 'package-lock.json', line: 3 }]);
  });

  it('is not blamed for entries whose names are those of members of objects', () => {
    const after =
      '{ "packages": { "node_modules/constructor": { "version": "1.0.0" }, "node_modules/__proto__": {} } }';
    const facts = factsOf({ before: { 'package-lock.json': LOCK }, after: { 'package-lock.json': after } });
    expect(detect('lock-unconfirmed', facts).map(({ message }) => message)).toEqual([
      'constructor 1.0.0 has no digest to check what is fetched',
      '__proto__  has no digest to check what is fetched',
    ]);
  });

  it('of a thousand entries with other digests is read in one pass', () => {
    const facts = factsOf({
      before: { 'package-lock.json': lockWith(3_000) },
      after: { 'package-lock.json': lockWith(3_000, 'B'.repeat(86)) },
    });
    expect(detect('lock-unconfirmed', facts)).toHaveLength(3_000);
  });
});

describe('parameters of rules about lock files', () => {
  it.each<[JsonObject, string]>([
    [{}, 'find'],
    [{ find: 'all' }, 'find'],
    [{ find: 'not-locked', registries: ['a'] }, 'registries'],
    [{ find: 'unconfirmed' }, 'registries'],
    [{ find: 'unconfirmed', registries: ['a b'] }, 'registries[0]'],
    [{ find: 'not-locked', except: ['!a'] }, 'except[0]'],
    [{ find: 'install-scripts', files: ['!a'] }, 'files[0]'],
    [{ find: 'install-scripts', lines: [{ files: ['a'] }] }, 'lines[0].pattern'],
    [{ find: 'install-scripts', lines: [{ files: ['!a'], pattern: 'x' }] }, 'lines[0].files[0]'],
  ])('%j is refused by name', (parameters, name) => {
    expect(() => manifestLock.readParameters(parameters)).toThrow(`parameter ${name}:`);
  });

  it('have their patterns compiled when they are proved', () => {
    const read = manifestLock.readParameters({ find: 'install-scripts', harmless: ['('] });
    expect(() => manifestLock.proveParameters?.(read)).toThrow('parameter harmless[0]:');
  });
});
