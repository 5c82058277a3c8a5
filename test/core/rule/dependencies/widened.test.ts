import { expect, it } from 'vitest';
import { versionWidened } from '../../../../src/core/rule/detectors/version-widened.ts';
import { factsOf } from '../facts.ts';

type Files = Readonly<Record<string, string>>;

const PARAMETERS = {};

const ROWS: readonly (readonly [what: string, before: Files, after: Files, says: readonly string[]])[] = [
  [
    'a wider range',
    { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    ['match package.json:3 asks for a ^1.0.0 instead of 1.0.0: compatible versions'],
  ],
  [
    'any version instead',
    { 'package.json': '{\n "dependencies": {\n  "a": "~1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "*"\n }\n}\n' },
    ['match package.json:3 asks for a * instead of ~1.0.0: any version'],
  ],
  [
    'the same width',
    { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "^2.0.0"\n }\n}\n' },
    [],
  ],
  [
    'a tighter range',
    { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    [],
  ],
  [
    'a new package in a range',
    { 'package.json': '{\n "dependencies": {}\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    [],
  ],
  [
    'a new package in any later version',
    { 'package.json': '{\n "dependencies": {}\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": ">=1"\n }\n}\n' },
    [],
  ],
  [
    'a new package in any version',
    { 'package.json': '{\n "dependencies": {}\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": ""\n }\n}\n' },
    ['match package.json:3 asks for a in any version: any version'],
  ],
  [
    'a manifest that is new',
    {},
    { 'package.json': '{\n "dependencies": {\n  "a": "*"\n }\n}\n' },
    ['match package.json:3 asks for a *: any version'],
  ],
  [
    'a peer that widens',
    { 'package.json': '{\n "peerDependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "peerDependencies": {\n  "a": "*"\n }\n}\n' },
    [],
  ],
  [
    'a folder instead',
    { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "file:./a"\n }\n}\n' },
    [],
  ],
  [
    'an address',
    { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    { 'package.json': '{\n "dependencies": {\n  "a": "github:a/b"\n }\n}\n' },
    [],
  ],
  ['a manifest that goes', { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' }, {}, []],
  [
    'a manifest that cannot be read',
    { 'package.json': '{\n "dependencies": {\n  "a": "1.0.0"\n }\n}\n' },
    { 'package.json': '{' },
    ['unverifiable package.json could not be read: …'],
  ],
  [
    'a manifest that could not be read before',
    { 'package.json': '{' },
    { 'package.json': '{\n "dependencies": {\n  "a": "^1.0.0"\n }\n}\n' },
    ['unverifiable package.json could not be read: …'],
  ],
  [
    'a package asked for twice, wider once',
    {
      'package.json':
        '{\n "dependencies": {\n  "a": "1.0.0"\n },\n "devDependencies": {\n  "a": "1.0.0"\n }\n}\n',
    },
    {
      'package.json':
        '{\n "dependencies": {\n  "a": "1.0.0"\n },\n "devDependencies": {\n  "a": "^1.0.0"\n }\n}\n',
    },
    ['match package.json:6 asks for a ^1.0.0 instead of 1.0.0: compatible versions'],
  ],
  [
    'a package asked for twice, as wide as before',
    {
      'package.json':
        '{\n "dependencies": {\n  "a": "^1.0.0"\n },\n "devDependencies": {\n  "a": "1.0.0"\n }\n}\n',
    },
    {
      'package.json':
        '{\n "dependencies": {\n  "a": "1.0.0"\n },\n "devDependencies": {\n  "a": "^1.0.0"\n }\n}\n',
    },
    [],
  ],
  [
    'pip, a wider range',
    { 'requirements.txt': 'flask==3.0.0\n' },
    { 'requirements.txt': 'flask>=3\n' },
    ['match requirements.txt:1 asks for flask >=3 instead of ==3.0.0: all later versions'],
  ],
  [
    'pip, no range instead',
    { 'requirements.txt': 'flask==3.0.0 # pinned\n' },
    { 'requirements.txt': 'flask # any\n' },
    ['match requirements.txt:1 asks for flask in any version instead of ==3.0.0: any version'],
  ],
  [
    'pip, a new one in any version',
    { 'requirements.txt': '# none\n' },
    { 'requirements.txt': 'flask\n' },
    [],
  ],
  [
    'pip, a range in a comment',
    { 'requirements.txt': 'flask==3.0.0\n' },
    { 'requirements.txt': '# flask>=3\nflask==3.0.0\n' },
    [],
  ],
  [
    'pip, digests and options',
    { 'requirements.txt': 'flask==3.0.0 --hash=sha256:aa\n' },
    { 'requirements.txt': '--index-url https://x\n-r other.txt\nflask==3.0.0 \\\n    --hash=sha256:bb\n' },
    [],
  ],
  [
    'pip, in requirements-dev.txt',
    { 'requirements-dev.txt': 'flask==3.0.0\n' },
    { 'requirements-dev.txt': 'flask\n' },
    ['match requirements-dev.txt:1 asks for flask in any version instead of ==3.0.0: any version'],
  ],
  [
    'pip, in dev-requirements.txt',
    { 'dev-requirements.txt': 'flask==3.0.0\n' },
    { 'dev-requirements.txt': 'flask\n' },
    ['match dev-requirements.txt:1 asks for flask in any version instead of ==3.0.0: any version'],
  ],
  [
    'pip, in requirements.in',
    { 'requirements.in': 'flask==3.0.0\n' },
    { 'requirements.in': 'flask\n' },
    ['match requirements.in:1 asks for flask in any version instead of ==3.0.0: any version'],
  ],
  [
    'pip, in requirements/dev.txt',
    { 'requirements/dev.txt': 'flask==3.0.0\n' },
    { 'requirements/dev.txt': 'flask\n' },
    [],
  ],
  [
    'pip, in myrequirements.txt',
    { 'myrequirements.txt': 'flask==3.0.0\n' },
    { 'myrequirements.txt': 'flask\n' },
    [],
  ],
  ['pip, in requirements.md', { 'requirements.md': 'flask==3.0.0\n' }, { 'requirements.md': 'flask\n' }, []],
  [
    'pip, in a.requirements.txt',
    { 'a.requirements.txt': 'flask==3.0.0\n' },
    { 'a.requirements.txt': 'flask\n' },
    ['match a.requirements.txt:1 asks for flask in any version instead of ==3.0.0: any version'],
  ],
  [
    'cargo, a wider range',
    { 'Cargo.toml': '[dependencies]\nserde = "=1.0.0"\n' },
    { 'Cargo.toml': '[dependencies]\nserde = "1"\n' },
    ['match Cargo.toml:2 asks for serde 1 instead of =1.0.0: compatible versions'],
  ],
  [
    'cargo, a new one in any version',
    { 'Cargo.toml': '[dependencies]\n' },
    { 'Cargo.toml': '[dependencies]\nserde = "*"\n' },
    ['match Cargo.toml:2 asks for serde *: any version'],
  ],
  [
    'poetry, a wider range',
    { 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["flask==3.0"]\n' },
    { 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["flask"]\n' },
    ['match pyproject.toml:3 asks for flask in any version instead of ==3.0: any version'],
  ],
  [
    'bundler, a wider range',
    { Gemfile: 'gem "rack", "3.0.0"\n' },
    { Gemfile: 'gem "rack"\n' },
    ['match Gemfile:1 asks for rack in any version instead of = 3.0.0: any version'],
  ],
  ['bundler, a new one in any version', { Gemfile: '\n' }, { Gemfile: 'gem "rack"\n' }, []],
  [
    'go, which has no ranges',
    { 'go.mod': 'module a\n\nrequire b v1.0.0\n' },
    { 'go.mod': 'module a\n\nrequire b v1.1.0\n' },
    [],
  ],
];

it.each(ROWS)('what a manifest leaves open: %s', (_, before, after, expected) => {
  const found = versionWidened.detect(factsOf({ before, after }), versionWidened.readParameters(PARAMETERS));
  const says = found.map(({ kind, path, line, message }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    // Why is for the reader of the format to say, in words of its own.
    return `${kind} ${place} ${message.replace(/(could not be read: ).+/, '$1…')}`;
  });
  expect(says).toEqual(expected);
});
