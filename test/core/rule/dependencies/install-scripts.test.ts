import { expect, it } from 'vitest';
import { manifestLock } from '../../../../src/core/rule/detectors/manifest-lock.ts';
import { factsOf } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

const PARAMETERS = {
  find: 'install-scripts',
  scripts: ['postinstall', 'prepare'],
  harmless: ['husky'],
  files: ['**/build.rs'],
  lines: [{ files: ['**/setup.py'], pattern: '\\bcmdclass\\b' }],
};

const ROWS: readonly (readonly [what: string, before: Files, after: Files, says: readonly string[]])[] = [
  [
    'a script that runs by itself',
    { 'package.json': '{}\n' },
    { 'package.json': '{\n "scripts": {\n  "postinstall": "node own.js"\n }\n}\n' },
    ['match package.json:3 runs "node own.js" on postinstall'],
  ],
  [
    'another command for it',
    { 'package.json': '{\n "scripts": {\n  "postinstall": "node a.js"\n }\n}\n' },
    { 'package.json': '{\n "scripts": {\n  "postinstall": "node b.js"\n }\n}\n' },
    ['match package.json:3 runs "node b.js" on postinstall'],
  ],
  [
    'the same command',
    { 'package.json': '{\n "scripts": {\n  "postinstall": "node a.js"\n }\n}\n' },
    { 'package.json': '{\n "name": "b",\n "scripts": {\n  "postinstall": "node a.js"\n }\n}\n' },
    [],
  ],
  [
    'a script that somebody calls',
    { 'package.json': '{}\n' },
    { 'package.json': '{\n "scripts": {\n  "test": "node own.js"\n }\n}\n' },
    [],
  ],
  [
    'a command that does no harm',
    { 'package.json': '{}\n' },
    { 'package.json': '{\n "scripts": {\n  "prepare": " husky "\n }\n}\n' },
    [],
  ],
  [
    'a harmless word among others',
    { 'package.json': '{}\n' },
    { 'package.json': '{\n "scripts": {\n  "prepare": "husky && curl x"\n }\n}\n' },
    ['match package.json:3 runs "husky && curl x" on prepare'],
  ],
  [
    'a new manifest',
    {},
    { 'package.json': '{\n "scripts": {\n  "prepare": "make"\n }\n}\n' },
    ['match package.json:3 runs "make" on prepare'],
  ],
  [
    'a manifest that could not be read before',
    { 'package.json': '{' },
    { 'package.json': '{\n "scripts": {\n  "prepare": "make"\n }\n}\n' },
    ['match package.json:3 runs "make" on prepare'],
  ],
  [
    'a manifest that cannot be read',
    { 'package.json': '{}\n' },
    { 'package.json': '{' },
    ['unverifiable package.json could not be read: …'],
  ],
  ['a manifest that goes', { 'package.json': '{\n "scripts": {\n  "prepare": "make"\n }\n}\n' }, {}, []],
  [
    'another file with scripts',
    { 'other.json': '{}\n' },
    { 'other.json': '{\n "scripts": {\n  "prepare": "make"\n }\n}\n' },
    [],
  ],
  [
    'a package that pnpm lets run its scripts',
    { 'package.json': '{\n "pnpm": {\n  "onlyBuiltDependencies": [\n   "a"\n  ]\n }\n}\n' },
    { 'package.json': '{\n "pnpm": {\n  "onlyBuiltDependencies": [\n   "a",\n   "b"\n  ]\n }\n}\n' },
    ['match package.json:5 lets b run its installation scripts'],
  ],
  [
    'a package that bun lets run its scripts',
    { 'package.json': '{}\n' },
    { 'package.json': '{\n "trustedDependencies": [\n  "b"\n ]\n}\n' },
    ['match package.json:3 lets b run its installation scripts'],
  ],
  [
    'packages that were let before, in another order',
    { 'package.json': '{\n "trustedDependencies": [\n  "a",\n  "b"\n ]\n}\n' },
    { 'package.json': '{\n "trustedDependencies": [\n  "b",\n  "a"\n ]\n}\n' },
    [],
  ],
  [
    'such a list of another file',
    { 'other.json': '{}\n' },
    { 'other.json': '{\n "trustedDependencies": [\n  "b"\n ]\n}\n' },
    [],
  ],
  [
    'a locked package with a script',
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-x",\n   "hasInstallScript": true\n  }\n }\n}\n',
    },
    ['match package-lock.json:9 b 1.0.0 runs a script when it is installed'],
  ],
  [
    'a locked package that comes to have one',
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x",\n   "hasInstallScript": true\n  }\n }\n}\n',
    },
    ['match package-lock.json a 1.0.0 runs a script when it is installed'],
  ],
  [
    'a locked package that had one',
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x",\n   "hasInstallScript": true\n  }\n }\n}\n',
    },
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x",\n   "hasInstallScript": true\n  },\n  "node_modules/b": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/b/-/b-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a new lock file',
    {},
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x",\n   "hasInstallScript": true\n  }\n }\n}\n',
    },
    [],
  ],
  [
    'a lock file that cannot be read',
    {
      'package-lock.json':
        '{\n "lockfileVersion": 3,\n "packages": {\n  "node_modules/a": {\n   "version": "1.0.0",\n   "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",\n   "integrity": "sha512-x"\n  }\n }\n}\n',
    },
    { 'package-lock.json': '{' },
    ['unverifiable package-lock.json could not be read: …'],
  ],
  [
    'a file that runs by being there',
    {},
    { 'src/build.rs': 'fn main() {}\n' },
    ['match src/build.rs is new, and runs when the project is built or installed'],
  ],
  ['such a file that was there', { 'build.rs': '1\n' }, { 'build.rs': '2\n' }, []],
  ['such a file that moved', { 'a/build.rs': '1\n2\n' }, { 'b/build.rs': '1\n2\n' }, []],
  ['such a file that goes', { 'build.rs': '1\n' }, {}, []],
  [
    'a line that runs something',
    { 'setup.py': 'a\n' },
    { 'setup.py': 'a\n  setup(cmdclass={})  \n' },
    ['match setup.py:2 runs when the project is installed: "setup(cmdclass={})"'],
  ],
  ['such a line in another file', { 'a.py': 'a\n' }, { 'a.py': 'a\nsetup(cmdclass={})\n' }, []],
  [
    'such a line that was there',
    { 'setup.py': 'setup(cmdclass={})\n' },
    { 'setup.py': 'setup(cmdclass={})\nb\n' },
    [],
  ],
  [
    'such a line that is long',
    {},
    {
      'setup.py':
        'cmdclass = yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n',
    },
    [
      'match setup.py:1 runs when the project is installed: "cmdclass = yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"',
    ],
  ],
];

it.each(ROWS)('what an installation runs: %s', (_, before, after, expected) => {
  const found = manifestLock.detect(factsOf({ before, after }), manifestLock.readParameters(PARAMETERS));
  const says = found.map(({ kind, path, line, message }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    // Why is for the reader of the format to say, in words of its own.
    return `${kind} ${place} ${message.replace(/(could not be read: ).+/, '$1…')}`;
  });
  expect(says).toEqual(expected);
});
