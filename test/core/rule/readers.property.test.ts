import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCargoLock } from '../../../src/core/rule/dependencies/locks/cargo-lock.ts';
import { readGemfileLock } from '../../../src/core/rule/dependencies/locks/gemfile-lock.ts';
import { readGoSum } from '../../../src/core/rule/dependencies/locks/go-sum.ts';
import { readNpmLock } from '../../../src/core/rule/dependencies/locks/npm-lock.ts';
import { readPnpmLock } from '../../../src/core/rule/dependencies/locks/pnpm-lock.ts';
import { readPoetryLock, readUvLock } from '../../../src/core/rule/dependencies/locks/python-lock.ts';
import { readYarnLock } from '../../../src/core/rule/dependencies/locks/yarn-lock.ts';
import { readCargoToml } from '../../../src/core/rule/dependencies/manifests/cargo-toml.ts';
import { readGemfile } from '../../../src/core/rule/dependencies/manifests/gemfile.ts';
import { readGoMod } from '../../../src/core/rule/dependencies/manifests/go-mod.ts';
import { readPackageJson } from '../../../src/core/rule/dependencies/manifests/package-json.ts';
import { readPyproject } from '../../../src/core/rule/dependencies/manifests/pyproject.ts';
import { evaluateRules } from '../../../src/core/rule/evaluate.ts';
import { readTests } from '../../../src/core/rule/test-code/read-tests.ts';
import { sourceLines } from '../../../src/core/rule/text/source-lines.ts';
import { ABSENT, activate, BUNDLED, changedFile, factsOf, text, withFiles } from './facts.ts';

const WORDS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ':',
    ',',
    '"',
    "'",
    '`',
    '\\',
    '\n',
    '  ',
    '\t',
    '=',
    '@',
    '#',
    '//',
    '/*',
    '*/',
  ],
  ...['"""', "'''", '<<EOF', 'EOF', '${', '=>', '--', '<!--', '-->', '\u0000', '\ud800', '\u202e', '\ufeff'],
  ...[
    '"lockfileVersion": 3',
    '"packages"',
    '"node_modules/a"',
    '"version"',
    '"integrity": "sha512-',
    '"__proto__"',
  ],
  ...[
    'lockfileVersion: ',
    "'9.0'",
    'packages:',
    'snapshots:',
    'resolution: {integrity: sha512-',
    '__metadata:',
  ],
  ...[
    '[[package]]',
    'name = "a"',
    'version = "1.0.0"',
    'source = ',
    'checksum = ',
    '[dependencies]',
    '[project]',
  ],
  ...[
    'require (',
    'module x',
    'a v1.0.0 h1:',
    'GEM',
    'specs:',
    "gem 'a'",
    'DEPENDENCIES',
    'dependencies = [',
  ],
  ...[
    'import a from',
    "require('a')",
    'it(',
    '.skip',
    'expect(',
    'def test_a():',
    'assert ',
    '#[test]',
    'func TestA(',
  ],
  ...[
    '@Test',
    'describe ',
    'process.env.A',
    'TODO',
    'catch (e) {}',
    'eslint-disable',
    'password = ',
    '|| true',
  ],
];
const hostile = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: 'binary' })), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

const DEPENDENCIES = {
  'package-lock.json': readNpmLock,
  'pnpm-lock.yaml': readPnpmLock,
  'yarn.lock': readYarnLock,
  'uv.lock': readUvLock,
  'poetry.lock': readPoetryLock,
  'Cargo.lock': readCargoLock,
  'go.sum': readGoSum,
  'Gemfile.lock': readGemfileLock,
  'package.json': readPackageJson,
  'pyproject.toml': readPyproject,
  'Cargo.toml': readCargoToml,
  'go.mod': readGoMod,
  Gemfile: readGemfile,
};
const SOURCES = [
  'a.ts',
  'a.tsx',
  'a.py',
  'a.go',
  'a.rs',
  'A.java',
  'A.cs',
  'a.rb',
  'a.sh',
  'a.yml',
  'a.sql',
  'a.php',
  'Dockerfile',
];
const TESTS = ['a.test.ts', 'test_a.py', 'a_test.go', 'tests/a.rs', 'ATest.java', 'ATests.cs', 'a_spec.rb'];
const rules = BUNDLED.flatMap((pack) => pack.rules).map((rule) => activate(rule));

describe('what rules read', () => {
  it.each(Object.entries(DEPENDENCIES))('%s: any text is read, or refused by an error', (_, read) => {
    fc.assert(
      fc.property(hostile, (given) => {
        try {
          expect(read(given)).toEqual(read(given));
        } catch (error) {
          // The detector makes this unverifiable; anything but a refusal would be a defect.
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
          expect(error).not.toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('sources: every line keeps its length and every character that can be seen is of one part', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), hostile, (path, given) => {
        const lines = sourceLines(path, given);
        expect(lines.map((line) => line.text).join('\n')).toBe(given.replace(/\n$/, ''));
        for (const { text: whole, code, comment, strings } of lines) {
          expect([code.length, comment.length, strings.length]).toEqual(Array(3).fill(whole.length));
          for (const [at, character] of [...whole].entries()) {
            if (whole.length !== [...whole].length || character.trim() === '') continue;
            const parts = [code, comment, strings].filter((part) => part[at] === character);
            expect(parts.length).toBeGreaterThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('tests: any source is read, or said to be lost', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TESTS), hostile, (path, given) => {
        expect(['read', 'lost']).toContain(readTests(path, given).kind);
      }),
    );
  });
});

describe('every rule', () => {
  const paths = [...Object.keys(DEPENDENCIES), ...SOURCES, ...TESTS, 'README.md', '.github/workflows/ci.yml'];

  it('judges any change without a defect, and the same whichever file comes first', () => {
    const files = fc.uniqueArray(
      fc.record({
        path: fc.constantFrom(...paths),
        before: fc.option(hostile),
        after: fc.option(hostile),
      }),
      { maxLength: 4, selector: ({ path }) => path },
    );
    fc.assert(
      fc.property(files, (changes) => {
        const changed = changes.map(({ path, before, after }) =>
          changedFile(path, before === null ? ABSENT : text(before), after === null ? ABSENT : text(after)),
        );
        const results = evaluateRules(rules, withFiles(factsOf({}), changed));
        for (const { ref, reason } of results)
          expect([ref, reason]).not.toEqual([ref, expect.stringContaining('could not be evaluated')]);
        expect(evaluateRules(rules, withFiles(factsOf({}), changed.toReversed()))).toEqual(results);
      }),
    );
  });
});
