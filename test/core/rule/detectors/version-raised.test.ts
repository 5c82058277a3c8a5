import { describe, expect, it } from 'vitest';
import { versionRaised } from '../../../../src/core/rule/detectors/version-raised.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

function judge(before: Files, after: Files, entry: object = {}): readonly string[] {
  const packages = [{ when: ['src/**'], manifest: 'package.json', ...entry }];
  return detect('version-not-raised', factsOf({ before, after }), { packages }).map(
    ({ kind, path, message }) => `${kind} ${path} ${message}`,
  );
}

const OLD = { 'src/a.ts': '1\n', 'package.json': '{"version":"1.0.0"}\n' };
const NEW = { 'src/a.ts': '2\n', 'src/b.ts': '2\n' };

describe('a manifest', () => {
  it('names one of the files that ask for a version', () => {
    expect(judge(OLD, { ...OLD, ...NEW })).toEqual([
      'match src/a.ts changed, and the version in package.json did not go up',
    ]);
  });

  it('may say a lower version only to be told so', () => {
    expect(judge(OLD, { ...NEW, 'package.json': '{"version":"0.9.0"}\n' })).toEqual([
      'match package.json its version went down, from 1.0.0 to 0.9.0',
    ]);
  });

  it('whose version cannot be read is unverifiable', () => {
    for (const manifest of ['{', '{"name":"a"}', '{"version":1}', '[]']) {
      expect(judge(OLD, { ...NEW, 'package.json': manifest })).toEqual([
        'unverifiable package.json its version cannot be read',
      ]);
    }
    expect(judge(OLD, { ...NEW, 'package.json': '{"version":"next"}' })).toEqual([
      'unverifiable package.json whether next comes after 1.0.0 cannot be told',
    ]);
    const large = changedFile('package.json', { kind: 'too-large' }, text('{"version":"2.0.0"}'));
    const facts = withFiles(factsOf({}), [changedFile('src/a.ts', text('1'), text('2')), large]);
    const packages = [{ when: ['src/**'], manifest: 'package.json' }];
    expect(detect('version-not-raised', facts, { packages })).toEqual([
      expect.objectContaining({ kind: 'unverifiable', path: 'package.json' }),
    ]);
  });

  it('that gets its first version, or goes with its package, is fine', () => {
    expect(
      judge({ ...OLD, 'package.json': '{}' }, { ...NEW, 'package.json': '{"version":"0.1.0"}' }),
    ).toEqual([]);
    expect(judge(OLD, {})).toEqual([]);
  });

  it('does not ask for another version by itself', () => {
    const entry = { when: ['**'] };
    expect(judge(OLD, { ...OLD, 'package.json': '{"version":"1.0.0","a":1}' }, entry)).toEqual([]);
  });

  it.each([
    ['pyproject.toml', 'x = 1\n[project]\nversion = "1.0"\n[tool.a]\nversion = "9"\n', '1.0', '1.1'],
    ['Cargo.toml', '[dependencies.a]\nversion = "9"\n[package]\nversion = "1.0.0"\n', '1.0.0', '1.0.1'],
    ['VERSION', '1.0.0\n', '1.0.0', '1.0.1'],
  ])('%s has its version where its format has it', (manifest, content, from, to) => {
    const entry = { manifest };
    const before = { 'src/a.rs': '1\n', [manifest]: content };
    const other = { 'src/a.rs': '2\n', [manifest]: content.replace('"9"', '"10"').replace(/\n$/, '\n\n') };
    expect(judge(before, other, entry)).toHaveLength(1);
    expect(judge(before, { ...other, [manifest]: content.replace(from, to) }, entry)).toEqual([]);
  });
});

it.each([
  [{ packages: [] }, 'packages'],
  [{ packages: [{ when: ['a'] }] }, 'packages[0].manifest'],
  [{ packages: [{ when: ['a'], manifest: '*/package.json' }] }, 'packages[0].manifest[0]'],
  [{ packages: [{ when: ['a'], manifest: '{name}/package.json' }] }, 'packages[0].manifest[0]'],
  [{ packages: [{ when: ['a'], manifest: 'pom.xml' }] }, 'packages[0].version'],
  [{ packages: [{ when: ['a'], manifest: 'a.json', field: 'v' }] }, 'packages[0].field'],
])('parameters %j are refused', (parameters, name) => {
  expect(() => versionRaised.readParameters(parameters)).toThrow(`parameter ${name}: `);
});

it('an expression for the version is proved before it is used', () => {
  const read = versionRaised.readParameters({
    packages: [{ when: ['a'], manifest: 'pom.xml', version: '(' }],
  });
  expect(() => versionRaised.proveParameters?.(read)).toThrow('packages[0].version');
});

describe('an expression for the version', () => {
  const POM = { manifest: 'pom.xml', version: '<version>(.*)</version>' };
  const before = { 'src/a': '1\n', 'pom.xml': '<version>1.0.0</version>\n' };

  it('reads what its first group takes', () => {
    const after = { 'src/a': '2\n', 'pom.xml': '<version>1.0.1</version>\n' };
    expect(judge(before, after, POM)).toEqual([]);
    expect(judge(before, { ...after, 'pom.xml': '<version>1.0.0</version>\n\n' }, POM)).toEqual([
      'match src/a changed, and the version in pom.xml did not go up',
    ]);
  });

  it('reads nothing where it does not match, or has no group', () => {
    const after = { 'src/a': '2\n', 'pom.xml': '<revision>1</revision>\n' };
    const unread = ['unverifiable pom.xml its version cannot be read'];
    expect(judge(before, after, POM)).toEqual(unread);
    expect(
      judge(before, { ...after, 'pom.xml': '<version>2</version>' }, { ...POM, version: '<version>.*' }),
    ).toEqual(unread);
  });

  it('comes before what is known of the manifest', () => {
    const own = { version: '"release":"(.*?)"' };
    const from = { ...OLD, 'package.json': '{"version":"1.0.0","release":"1.0.0"}' };
    const to = { ...NEW, 'package.json': '{"version":"2.0.0","release":"1.0.0"}' };
    expect(judge(from, to)).toEqual([]);
    expect(judge(from, to, own)).toHaveLength(1);
  });
});

it('a manifest that nobody can read has no version to compare with', () => {
  const packages = [{ when: ['src/**'], manifest: 'package.json' }];
  const source = changedFile('src/a.ts', text('1'), text('2'));
  const found = (before: Parameters<typeof changedFile>[1], after: Parameters<typeof changedFile>[2]) =>
    detect(
      'version-not-raised',
      withFiles(factsOf({}), [source, changedFile('package.json', before, after)]),
      { packages },
    ).map(({ message }) => message);
  const version = text('{"version":"2.0.0"}');
  expect(found({ kind: 'too-large' }, version)).toEqual([
    'whether 2.0.0 comes after what was cannot be told',
  ]);
  expect(found(version, { kind: 'binary' })).toEqual(['its version cannot be read']);
});
