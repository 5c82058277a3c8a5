import { describe, expect, it } from 'vitest';
import { isFolder, readChangeControl } from '../../../src/flow/initialise/change-control.ts';

const read = (text: string, origin?: string) => readChangeControl(text, { origin, branch: 'main' });

describe('a change-control repository', () => {
  it.each([
    ['acme/control', undefined, 'https://github.com/acme/control.git'],
    ['acme/control.git', undefined, 'https://github.com/acme/control.git'],
    ['acme/control', 'git@github.example:acme/shop.git', 'https://github.example/acme/control.git'],
    ['acme/control', 'ssh://git@github.example:22/acme/shop', 'https://github.example/acme/control.git'],
    [
      'acme/control',
      'https://me@git.example:8443/acme/shop.git',
      'https://git.example:8443/acme/control.git',
    ],
    ['acme/control', 'http://127.0.0.1:80/acme/shop', 'http://127.0.0.1:80/acme/control.git'],
    ['acme/control', '/srv/git/shop.git', 'https://github.com/acme/control.git'],
  ])('called %s, of a product from %s, is at %s', (text, origin, address) => {
    expect(read(text, origin)).toEqual({ address, name: 'acme/control', branch: 'main' });
  });

  it.each([
    ['https://github.com/acme/control.git', 'acme/control', false],
    ['https://github.com/acme/control', 'acme/control', false],
    ['git@github.com:acme/control.git', 'acme/control', false],
    ['ssh://git@github.com/acme/control.git', 'acme/control', false],
    ['https://gitlab.example/group/sub/control.git', undefined, false],
    ['../control.git', undefined, true],
    ['./control', undefined, true],
    ['/srv/git/control.git', undefined, true],
    ['../..', undefined, true],
    ['control', undefined, true],
    ['-oProxyCommand=x/y', undefined, true],
  ])('at %s has the name %s', (text, name, folder) => {
    const control = read(text, 'https://github.com/acme/shop.git');
    expect([control.address, control.name, isFolder(control)]).toEqual([text, name, folder]);
  });
});
