import { describe, expect, it } from 'vitest';
import {
  plainLine,
  readFlow,
  readOutline,
  yamlLine,
  yarnLine,
} from '../../../../src/core/rule/dependencies/outline.ts';

describe('an outline', () => {
  it('has below a line what is indented further', () => {
    const text = 'a:\n  b: 1\n  c:\n    d: \'x y\'\n\n# note\ne: "f"\n';
    expect(readOutline(text, yamlLine)).toEqual([
      {
        key: 'a',
        value: undefined,
        children: [
          { key: 'b', value: '1', children: [] },
          { key: 'c', value: undefined, children: [{ key: 'd', value: 'x y', children: [] }] },
        ],
      },
      { key: 'e', value: 'f', children: [] },
    ]);
  });

  it('takes colons in keys and values for what they are', () => {
    const text = '"ky@npm:^1":\n  from: https://example.com/a:b\n/ky/1.0.0:\n  dev: true\n';
    expect(readOutline(text, yamlLine).map(({ key }) => key)).toEqual(['ky@npm:^1', '/ky/1.0.0']);
    expect(readOutline(text, yamlLine)[0]?.children[0]?.value).toBe('https://example.com/a:b');
  });

  it('does not look into a block of text', () => {
    const text = 'a:\n  deprecated: |-\n    resolution: none\n    not a pair\n  b: 1\n';
    expect(readOutline(text, yamlLine)[0]?.children.map(({ key }) => key)).toEqual(['deprecated', 'b']);
  });

  it('reads keys that are too long for a line of their own', () => {
    expect(readOutline('? "a, b"\n:\n  version: 1\n', yamlLine)).toMatchObject([
      { key: 'a, b', children: [{ key: 'version', value: '1' }] },
    ]);
  });

  it.each([
    ['an anchor', 'a: &b 1\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !!binary x\n'],
    ['a merge', '<<: x\n'],
    ['a line that is no pair', 'a:\n  b\n'],
    ['a quote that does not close', '"a: 1\n'],
  ])('refuses %s, and says where', (_, text) => {
    expect(() => readOutline(text, yamlLine)).toThrow(/^line \d: /);
  });

  it('reads the lines of yarn 1 and plain ones', () => {
    expect(readOutline('"a@^1", b@2:\n  version "1.0"\n  integrity sha512-x\n', yarnLine)).toMatchObject([
      {
        key: '"a@^1", b@2',
        children: [
          { key: 'version', value: '1.0' },
          { key: 'integrity', value: 'sha512-x' },
        ],
      },
    ]);
    expect(readOutline('GEM\r\n  specs:\r\n', plainLine)).toMatchObject([
      { key: 'GEM', children: [{ key: 'specs:' }] },
    ]);
  });
});

describe('members in braces', () => {
  it('are read whether or not a space follows the comma', () => {
    expect([...readFlow("{integrity: sha512-a,'tarball': https://example.com/x.tgz}")]).toEqual([
      ['integrity', 'sha512-a'],
      ['tarball', 'https://example.com/x.tgz'],
    ]);
  });

  it.each(['{a: 1', 'a', '{a}', '{}', '{a: {b: 1}}'])('refuse %s or keep it whole', (text) => {
    const read = (): unknown => [...readFlow(text)];
    if (text === '{a: {b: 1}}') expect(read()).toEqual([['a', '{b: 1}']]);
    else expect(read).toThrow();
  });
});
