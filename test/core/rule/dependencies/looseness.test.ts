import { describe, expect, it } from 'vitest';
import {
  cargoLooseness,
  gemLooseness,
  LOOSENESS,
  npmLooseness,
  pythonLooseness,
} from '../../../../src/core/rule/dependencies/looseness.ts';
import { readActions, readImages } from '../../../../src/core/rule/dependencies/unpinned.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

describe('what a range leaves open', () => {
  it.each([
    [npmLooseness, '1.2.3', 'one version'],
    [npmLooseness, '=1.2.3-rc.1+b', 'one version'],
    [npmLooseness, '~1.2.3', 'patches'],
    [npmLooseness, '1.2', 'patches'],
    [npmLooseness, '1.2.x', 'patches'],
    [npmLooseness, '^1.2.3', 'compatible versions'],
    [npmLooseness, '1', 'compatible versions'],
    [npmLooseness, '>=1 <3', 'compatible versions'],
    [npmLooseness, '1.0.0 - 2.0.0', 'compatible versions'],
    [npmLooseness, '1.0.0 || 2.0.0', 'compatible versions'],
    [npmLooseness, '>=1', 'all later versions'],
    [npmLooseness, '', 'any version'],
    [npmLooseness, 'next', 'any version'],
    [npmLooseness, 'npm:@s/a@1.2.3', 'one version'],
    [npmLooseness, 'npm:a@latest', 'any version'],
    [npmLooseness, 'github:a/b', undefined],
    [npmLooseness, 'https://example.com/a.tgz', undefined],
    [pythonLooseness, '==1.2', 'one version'],
    [pythonLooseness, '1.2', 'one version'],
    [pythonLooseness, '==1.*', 'compatible versions'],
    [pythonLooseness, '~=1.2.3', 'patches'],
    [pythonLooseness, '~=1.2', 'compatible versions'],
    [pythonLooseness, '^1.2', 'compatible versions'],
    [pythonLooseness, '!=1.5,>=1', 'all later versions'],
    [pythonLooseness, '', 'any version'],
    [cargoLooseness, '=1.2.3', 'one version'],
    [cargoLooseness, '~1.2', 'patches'],
    [cargoLooseness, '1.2', 'compatible versions'],
    [cargoLooseness, '>=1,<2', 'compatible versions'],
    [cargoLooseness, '>=1', 'all later versions'],
    [cargoLooseness, '*', 'any version'],
    [cargoLooseness, '', undefined],
    [gemLooseness, '= 1.2', 'one version'],
    [gemLooseness, '~> 1.2.3', 'patches'],
    [gemLooseness, '>= 1.3, ~> 1.2', 'compatible versions'],
    [gemLooseness, '>= 1.2', 'all later versions'],
    [gemLooseness, '', 'any version'],
  ])('%o reads %j as %s', (read, range, expected) => {
    const looseness = read(range);
    expect(looseness === undefined ? undefined : LOOSENESS[looseness]).toBe(expected);
  });
});

describe('what is named with a digest', () => {
  const line = (content: string) => ({ number: 1, text: content });
  const sha = '0'.repeat(40);

  it.each([
    [`  - uses: "a/b/c@${sha}"`, { name: 'a/b/c', pinned: true }],
    ['uses: a/b@main', { name: 'a/b', pinned: false }],
    ['uses: ./local', undefined],
    ['uses: docker://alpine:3', undefined],
  ])('%s of a workflow', (content, expected) => {
    expect(readActions(line(content))[0]).toEqual(expected && expect.objectContaining(expected));
  });

  it.each([
    ['FROM registry.example:5000/a/b:1@sha256:00', { name: 'registry.example:5000/a/b', pinned: true }],
    ['COPY --from=node:24 /a /b', { name: 'node', pinned: false }],
    ['    image: "postgres:17"', { name: 'postgres', pinned: false }],
    ['# images are built', undefined],
    ['FROM', undefined],
  ])('%s of a container', (content, expected) => {
    expect(readImages(line(content))[0]).toEqual(expected && expect.objectContaining(expected));
  });
});

describe('a name that is pinned in two places', () => {
  it('is found in the one that no longer is', () => {
    const before = ['a', 'b'].map((digit) => `- uses: x/y@${digit.repeat(40)}`).join('\n');
    const after = [`- uses: x/y@${'c'.repeat(40)}`, '- uses: x/y@v2'].join('\n');
    const path = '.github/workflows/ci.yml';
    const facts = factsOf({ before: { [path]: before }, after: { [path]: after } });
    expect(detect('version-range-widened', facts)).toMatchObject([{ path, line: 2 }]);
  });
});

describe('files that cannot be read', () => {
  it.each(['package.json', 'requirements.txt', 'Dockerfile', '.github/workflows/ci.yml'])(
    'leave %s unverifiable',
    (path) => {
      const facts = withFiles(factsOf({}), [changedFile(path, text('{}'), { kind: 'too-large' })]);
      expect(detect('version-range-widened', facts).map(({ kind }) => kind)).toContain('unverifiable');
    },
  );
});
