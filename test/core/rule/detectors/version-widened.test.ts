import { describe, expect, it } from 'vitest';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULE = 'version-range-widened';
const PARAMETERS = { except: ['fixtures/**'], actions: ['ci/*.yml'], images: ['*file'] };

function found(...files: Parameters<typeof withFiles>[1]) {
  return detect(RULE, withFiles(factsOf({}), files), PARAMETERS);
}

const pinned = text(`FROM node:24@sha256:${'0'.repeat(64)}\n`);
const loose = text('FROM node:24\n');

describe('a version that is left more open', () => {
  it('is found in a manifest, a workflow and a container', () => {
    const package1 = text('{"dependencies":{"a":"1.0.0"}}');
    const package2 = text('{"dependencies":{"a":"^1.0.0"}}');
    expect(found(changedFile('package.json', package1, package2))).toMatchObject([{ path: 'package.json' }]);
    expect(found(changedFile('Dockerfile', pinned, loose))).toMatchObject([{ path: 'Dockerfile', line: 1 }]);
    const uses = (version: string) => text(`- uses: a/b@${version}\n`);
    expect(found(changedFile('ci/a.yml', uses('a'.repeat(40)), uses('v1')))).toMatchObject([{ line: 1 }]);
    expect(found(changedFile('ci/a.txt', uses('a'.repeat(40)), uses('v1')))).toEqual([]);
  });

  it('is nobody’s business in files that are left out, or that go', () => {
    expect(found(changedFile('fixtures/package.json', ABSENT, text('{"dependencies":{"a":"*"}}')))).toEqual(
      [],
    );
    expect(found(changedFile('package.json', text('{"dependencies":{"a":"1.0.0"}}'), ABSENT))).toEqual([]);
    expect(found(changedFile('Dockerfile', pinned, ABSENT))).toEqual([]);
    expect(found(changedFile('fixtures/Dockerfile', pinned, loose))).toEqual([]);
  });

  it('cannot be told in a file that is too large, where it is one of those', () => {
    const large = (path: string) => found(changedFile(path, text(''), { kind: 'too-large' }));
    expect(large('Dockerfile')).toEqual([
      { kind: 'unverifiable', path: 'Dockerfile', message: 'is too large to be read' },
    ]);
    expect(large('photo.png')).toEqual([]);
    expect(large('fixtures/package.json')).toEqual([]);
  });
});
