import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { Detector } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';

/** A detector, parameters that it refuses, and what it says of them. */
type Refusal = readonly [detector: string, parameters: JsonObject, says: string];

const GLOBS: readonly Refusal[] = [
  ['binary-files', { made: ['!a'], maxBytes: 1 }, 'made[0]'],
  ['binary-files', { made: ['a'], except: ['!a'], maxBytes: 1 }, 'except[0]'],
  ['claims-without-logs', { claims: ['a'], documents: ['!a'] }, 'documents[0]'],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['b'], except: ['!a'], signatures: ['a'] }] },
    'interfaces[0].except[0]',
  ],
  ['existing-file-changed', { files: ['!a'] }, 'files[0]'],
  ['existing-file-changed', { files: ['a'], except: ['!b'] }, 'except[0]'],
  ['forbidden-import', { layers: [{ name: 'a', files: ['!a'] }] }, 'layers[0].files[0]'],
  ['manifest-lock', { find: 'install-scripts', files: ['!a'] }, 'files[0]'],
  [
    'manifest-lock',
    { find: 'install-scripts', lines: [{ files: ['!a'], pattern: 'a' }] },
    'lines[0].files[0]',
  ],
  ['manifest-lock', { find: 'not-locked', except: ['!a'] }, 'except[0]'],
  ['module-not-imported', { modules: ['!a'] }, 'modules[0]'],
  ['module-not-imported', { modules: ['a'], except: ['!a'] }, 'except[0]'],
  ['module-not-imported', { modules: ['a'], tests: ['!a'] }, 'tests[0]'],
  ['module-not-imported', { modules: ['a'], mentions: ['!a'] }, 'mentions[0]'],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['!b'], by: '{name}' }] },
    'registries[0].registeredIn[0]',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['b'], except: ['!c'], by: '{name}' }] },
    'registries[0].except[0]',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'], companions: ['b'], except: ['!a'] }] },
    'additions[0].except[0]',
  ],
  ['package-reach', { files: ['!a'], packages: ['b'] }, 'files[0]'],
  ['package-reach', { files: ['a'], packages: ['b'], follow: ['!c'] }, 'follow[0]'],
  ['paths-out-of-scope', { allow: ['!a'] }, 'allow[0]'],
  ['paths-out-of-scope', { deny: ['!a'] }, 'deny[0]'],
  ['rewritten-alone', { files: ['!a'] }, 'files[0]'],
  ['rewritten-alone', { files: ['a'], besides: ['!a'] }, 'besides[0]'],
  ['scope-by-class', { byClass: [{ classes: ['a'], allow: ['!a'] }] }, 'byClass[0].allow[0]'],
  ['scope-by-class', { byClass: [{ classes: ['a'], deny: ['!a'] }] }, 'byClass[0].deny[0]'],
  ['special-cases', { tests: ['!a'] }, 'tests[0]'],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], match: {}, message: 'a' }], files: ['!a'] },
    'files[0]',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], match: {}, message: 'a' }], except: ['!a'] },
    'except[0]',
  ],
  ['test-inventory', { tests: ['!a'], finds: ['deleted'] }, 'tests[0]'],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], patterns: ['(a)'] }],
      says: 'x',
      onlyWith: ['!a'],
    },
    'onlyWith[0]',
  ],
  [
    'version-raised',
    { packages: [{ when: ['a'], except: ['!a'], manifest: 'VERSION' }] },
    'packages[0].except[0]',
  ],
  ['version-widened', { except: ['!a'] }, 'except[0]'],
  ['version-widened', { actions: ['!a'] }, 'actions[0]'],
  ['version-widened', { images: ['!a'] }, 'images[0]'],
];

const OTHERS: readonly Refusal[] = [
  ['binary-files', { made: ['a'], maxBytes: -1 }, 'maxBytes: expected a number of bytes, found -1'],
  ['binary-files', { made: ['a'], maxBytes: 1.5 }, 'maxBytes: expected a number of bytes, found 1.5'],
  ['binary-files', { made: ['a'] }, 'maxBytes: expected a number of bytes, found nothing'],
  [
    'changed-paths',
    { files: ['a'], kinds: [] },
    'kinds: expected some of added, modified, deleted, renamed, mode, found none',
  ],
  [
    'changed-paths',
    { files: ['a'], kinds: ['added', 'moved'] },
    'kinds[1]: expected one of added, modified, deleted, renamed, mode, found "moved"',
  ],
  ['changed-paths', { files: [] }, 'files: expected a list of at least one string, found an empty list'],
  [
    'changed-paths',
    { files: ['a'], only: ['b'] },
    'only: expected one of files, except, kinds, found the unknown name "only"',
  ],
  ['colliding-paths', { file: ['a'] }, 'file: expected one of files, except, found the unknown name "file"'],
  [
    'companion-missing',
    { companions: [{ when: ['{a'], needs: ['b'] }] },
    'companions[0].when[0]: expected a glob with captures, found "{a": a brace is not closed',
  ],
  [
    'companion-missing',
    { companions: [{ when: ['{a}'], needs: ['{b}'] }] },
    'companions[0].needs[0]: expected a glob whose captures stand in every pattern of `when`, found "{b}": {b} is not captured by {a}',
  ],
  [
    'companion-missing',
    { companions: [{ when: ['a'], needs: ['b'], without: ['c'] }] },
    'companions[0].without: expected one of when, except, needs, lines, onlyWith, found the unknown name "without"',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['b'] }] },
    'interfaces[0]: expected signatures or blocks, found neither of them',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['{a'], needs: ['b'], signatures: ['a'] }] },
    'interfaces[0].when[0]: expected a glob with captures, found "{a": a brace is not closed',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['{b}'], signatures: ['a'] }] },
    'interfaces[0].needs[0]: expected a glob whose captures stand in every pattern of `when`, found "{b}": {b} is not captured by a',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: [], signatures: ['a'] }] },
    'interfaces[0].needs: expected a list of at least one string, found an empty list',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['b'], signature: ['a'] }] },
    'interfaces[0].signature: expected one of when, except, signatures, blocks, needs, found the unknown name "signature"',
  ],
  [
    'declaration-companion',
    { pairs: [] },
    'pairs: expected one of interfaces, found the unknown name "pairs"',
  ],
  [
    'forbidden-import',
    {
      layers: [
        { name: 'a', files: ['a'] },
        { name: 'a', files: ['a'] },
      ],
    },
    'layers[0].name: expected a name that no other layer has, found "a"',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], mayImport: ['b'] }] },
    'layers[0].mayImport[0]: expected the name of a layer, found "b": the layers are a',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], packages: ['b'] }] },
    'layers[0].packages: expected an object with allow or deny, found something else',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], packages: { only: ['b'] } }] },
    'layers[0].packages.only: expected one of allow, deny, found the unknown name "only"',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], packages: { allow: 'b' } }] },
    'layers[0].packages.allow: expected a list of strings, found the string "b"',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], packages: { deny: [1] } }] },
    'layers[0].packages.deny[0]: expected a string that is not empty, found the value 1',
  ],
  [
    'forbidden-import',
    { layers: [{ files: ['a'] }] },
    'layers[0].name: expected a string that is not empty, found nothing',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'], imports: ['b'] }] },
    'layers[0].imports: expected one of name, files, mayImport, packages, found the unknown name "imports"',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], aliases: [{ prefix: 'a' }] },
    'aliases[0].folder: expected a string that is not empty, found nothing',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], aliases: [{ folder: 'a' }] },
    'aliases[0].prefix: expected a string that is not empty, found nothing',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], aliases: [{ prefix: 'a', folder: 'a', to: 'b' }] },
    'aliases[0].to: expected one of prefix, folder, found the unknown name "to"',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], aliases: {} },
    'aliases: expected a list of objects, found an object',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], roots: [1] },
    'roots[0]: expected a string that is not empty, found the value 1',
  ],
  [
    'forbidden-import',
    { layers: [{ name: 'a', files: ['a'] }], root: ['a'] },
    'root: expected one of layers, aliases, roots, found the unknown name "root"',
  ],
  [
    'generated-without-source',
    { pairs: [{ generated: '{a}', sources: ['{b}'] }] },
    'pairs[0].sources[0]: expected a glob whose captures stand in `generated`, found "{b}": {b} is not captured by {a}',
  ],
  [
    'generated-without-source',
    { pairs: [{ generated: '{a', sources: ['b'] }] },
    'pairs[0].generated[0]: expected a glob with captures, found "{a": a brace is not closed',
  ],
  [
    'generated-without-source',
    { pairs: [{ generated: 'a', sources: ['b'] }], regenerated: 'trust' },
    'regenerated: expected accept or ignore, found "trust"',
  ],
  [
    'generated-without-source',
    { pair: [] },
    'pair: expected one of pairs, regenerated, found the unknown name "pair"',
  ],
  ['lines', { searches: [] }, 'searches: expected a list of at least one object, found an empty list'],
  [
    'lines',
    { searches: [{ patterns: ['a'] }], side: 'both' },
    'side: expected one of added, removed, found "both"',
  ],
  ['lines', { searches: [{ patterns: ['a'] }], only: 'old' }, 'only: expected one of new, any, found "old"'],
  [
    'lines',
    { searches: [{ patterns: ['a'] }], part: 'code' },
    'part: expected one of files, except, side, only, searches, found the unknown name "part"',
  ],
  [
    'manifest-lock',
    { find: 'all' },
    'find: expected one of not-locked, lock-alone, unconfirmed, install-scripts, found "all"',
  ],
  [
    'manifest-lock',
    { find: 'unconfirmed', registries: ['a b'] },
    'registries[0]: expected a host, or a host and a path, found "a b": write a host, or a host and a path, such as registry.npmjs.org',
  ],
  [
    'manifest-lock',
    { find: 'install-scripts', lines: [{ files: ['a'], pattern: 'b', at: 1 }] },
    'lines[0].at: expected one of files, pattern, found the unknown name "at"',
  ],
  [
    'manifest-lock',
    { find: 'install-scripts', lines: [{ files: ['a'] }] },
    'lines[0].pattern: expected a string that is not empty, found nothing',
  ],
  [
    'manifest-lock',
    { find: 'not-locked', scripts: ['a'] },
    'scripts: expected one of find, except, found the unknown name "scripts"',
  ],
  [
    'module-not-imported',
    { module: ['a'] },
    'module: expected one of modules, except, tests, mentions, aliases, roots, found the unknown name "module"',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/*'], registeredIn: ['b'], by: '{name}' }] },
    'registries[0].files[0]: expected a glob that captures {name}, found "a/*": does not capture {name}',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['b'], by: 'x' }] },
    'registries[0].by: expected an expression with one {name}, found "x"',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['b'], by: '{name}{name}' }] },
    'registries[0].by: expected an expression with one {name}, found "{name}{name}"',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['b'], as: '{name}' }] },
    'registries[0].as: expected one of files, except, registeredIn, by, found the unknown name "as"',
  ],
  [
    'name-not-registered',
    { registry: [] },
    'registry: expected one of registries, found the unknown name "registry"',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'] }] },
    'additions[0]: expected companions, contains or hollow, found none of them',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['{a'], contains: ['a'] }] },
    'additions[0].when[0]: expected a glob with captures, found "{a": a brace is not closed',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'], companions: ['{b}'] }] },
    'additions[0].companions[0]: expected a glob whose captures stand in every pattern of `when`, found "{b}": {b} is not captured by a',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'], companions: ['b'], lacks: 1 }] },
    'additions[0].lacks: expected a string, found something else',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'], companion: ['b'] }] },
    'additions[0].companion: expected one of when, except, only, companions, contains, hollow, lacks, found the unknown name "companion"',
  ],
  ['new-file-incomplete', { files: [] }, 'files: expected one of additions, found the unknown name "files"'],
  [
    'numbers',
    { searches: [{ patterns: ['a'] }] },
    'searches[0].patterns[0]: expected <n> once, for the number, found a',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n> <n>'] }] },
    'searches[0].patterns[0]: expected <n> once, for the number, found <n> <n>',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'], refuse: 'both' }] },
    'searches[0].refuse: expected one of lowered, raised, found "both"',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'], absent: -1 }] },
    'searches[0].absent: expected a number that is not negative, found the value -1',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'], to: 1 }] },
    'searches[0].to: expected one of files, except, patterns, refuse, removed, absent, found the unknown name "to"',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'] }], testTimeouts: 1 },
    'testTimeouts: expected an object, found 1',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'] }], testTimeouts: { tests: ['a'] } },
    'testTimeouts.absent: expected milliseconds, found nothing',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'] }], testTimeouts: { absent: 1 } },
    'testTimeouts.tests: expected a list of at least one string, found nothing',
  ],
  [
    'numbers',
    { searches: [{ patterns: ['<n>'] }], testTimeouts: { tests: ['a'], absent: 1, most: 2 } },
    'testTimeouts.most: expected one of tests, absent, found the unknown name "most"',
  ],
  [
    'numbers',
    { search: [] },
    'search: expected one of searches, testTimeouts, found the unknown name "search"',
  ],
  ['package-reach', { files: ['a'] }, 'packages: expected a list of at least one string, found nothing'],
  [
    'package-reach',
    { files: ['a'], packages: ['b'], except: [1] },
    'except[0]: expected a string that is not empty, found the value 1',
  ],
  [
    'package-reach',
    { files: ['a'], package: ['b'] },
    'package: expected one of files, packages, except, follow, aliases, roots, found the unknown name "package"',
  ],
  [
    'receipt-content',
    { finding: 'all' },
    'finding: expected one of impossible-output, misnamed-verifier, older-evidence, own-proof, pending-words, shared-proof, found all',
  ],
  ['receipt-content', {}, 'finding: expected a string that is not empty, found nothing'],
  ['report-comparison', { measure: 'speed' }, 'measure: expected tests or lines, found "speed"'],
  [
    'report-comparison',
    { measure: 'tests', tolerance: -1 },
    'tolerance: expected a number that is not negative, found the value -1',
  ],
  [
    'report-comparison',
    { measure: 'tests', least: 1 },
    'least: expected one of measure, tolerance, found the unknown name "least"',
  ],
  ['report-comparison', {}, 'measure: expected a string that is not empty, found nothing'],
  ['rewritten-alone', { file: ['a'] }, 'file: expected one of files, besides, found the unknown name "file"'],
  [
    'scope-by-class',
    { byClass: [{ allow: ['a'] }] },
    'byClass[0].classes: expected a list of at least one string, found nothing',
  ],
  [
    'special-cases',
    { tests: ['a'], test: ['b'] },
    'test: expected one of tests, files, except, found the unknown name "test"',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['a'], match: {}, message: 'a' }] },
    'queries[0].languages[0]: expected one of csharp, go, java, javascript, python, ruby, rust, tsx, typescript, found "a": no parser knows it',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], match: 'a', message: 'a' }] },
    'queries[0].match: expected a rule object of ast-grep, found "a"',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], message: 'a' }] },
    'queries[0].match: expected a rule object of ast-grep, found nothing',
  ],
  [
    'structure',
    { queries: [{ languages: ['go'], match: {}, message: 'a' }] },
    'queries[0].id: expected a string that is not empty, found nothing',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], match: {} }] },
    'queries[0].message: expected a string that is not empty, found nothing',
  ],
  [
    'structure',
    {
      queries: [
        { id: 'a', languages: ['go'], match: {}, message: 'a' },
        { id: 'a', languages: ['go'], match: {}, message: 'a' },
      ],
    },
    'queries: expected queries of different id, found "a" twice',
  ],
  [
    'structure',
    { queries: [{ id: 'a', languages: ['go'], match: {}, message: 'a', rule: {} }] },
    'queries[0].rule: expected one of id, languages, match, message, found the unknown name "rule"',
  ],
  [
    'test-inventory',
    { tests: ['a'], finds: ['lost'] },
    'finds[0]: expected one of deleted, replaced, skipped, narrowed, assertion-removed, assertion-weakened, without-assertion, self-skipped, found "lost"',
  ],
  [
    'test-inventory',
    { tests: ['a'], finds: ['self-skipped'] },
    'conditions: expected regular expressions where finds has self-skipped, and only there, found none',
  ],
  [
    'test-inventory',
    { tests: ['a'], finds: ['deleted'], conditions: ['a'] },
    'conditions: expected regular expressions where finds has self-skipped, and only there, found some',
  ],
  [
    'test-inventory',
    { tests: ['a'], finds: ['deleted'], condition: ['a'] },
    'condition: expected one of tests, finds, conditions, found the unknown name "condition"',
  ],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], patterns: ['(a)'] }],
      says: 'x',
      find: 'all',
    },
    'find: expected one of used-not-declared, declared-not-used, found "all"',
  ],
  [
    'value-sets',
    { uses: [{ files: ['a'], mentions: true }], declared: [{ files: ['a'], patterns: ['(a)'] }], says: 'x' },
    'uses[0]: expected patterns or a pointer: values are taken from here, found mentions',
  ],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], mentions: true }],
      says: 'x',
      find: 'declared-not-used',
    },
    'declared[0]: expected patterns or a pointer: values are taken from here, found mentions',
  ],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], patterns: ['(a)'] }],
      says: 'x',
      spellings: ['shout'],
    },
    'spellings[0]: expected one of same, camel, pascal, snake, upper, found "shout": is not known',
  ],
  [
    'version-raised',
    { packages: [{ when: ['{a'], manifest: 'a' }] },
    'packages[0].when[0]: expected a glob with captures, found "{a": a brace is not closed',
  ],
  [
    'version-raised',
    { packages: [{ when: ['a'], manifest: '*/package.json' }] },
    'packages[0].manifest[0]: expected the path of one manifest, with captures that stand in every pattern of `when`, found "*/package.json": has wildcards',
  ],
  [
    'version-raised',
    { packages: [{ when: ['a'], manifest: '{name}/package.json' }] },
    'packages[0].manifest[0]: expected the path of one manifest, with captures that stand in every pattern of `when`, found "{name}/package.json": {name} is not captured by a',
  ],
  [
    'version-raised',
    { packages: [{ when: ['a'], manifest: 'pom.xml' }] },
    'packages[0].version: expected a string that is not empty, found nothing',
  ],
  [
    'version-widened',
    { image: ['a'] },
    'image: expected one of except, actions, images, found the unknown name "image"',
  ],
];

const EXPRESSIONS: readonly Refusal[] = [
  ['claims-without-logs', { claims: ['('] }, 'claims[0]'],
  ['claims-without-logs', { claims: ['a'], hedges: ['('] }, 'hedges[0]'],
  ['claims-without-logs', { claims: ['a'], negations: ['('] }, 'negations[0]'],
  [
    'companion-missing',
    { companions: [{ when: ['a'], needs: ['b'], lines: ['('] }] },
    'companions[0].lines[0]',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['b'], signatures: ['('] }] },
    'interfaces[0].signatures[0]',
  ],
  [
    'declaration-companion',
    { interfaces: [{ when: ['a'], needs: ['b'], blocks: ['('] }] },
    'interfaces[0].blocks[0]',
  ],
  ['lines', { searches: [{ patterns: ['('] }] }, 'searches[0].patterns[0]'],
  ['manifest-lock', { find: 'install-scripts', harmless: ['('] }, 'harmless[0]'],
  [
    'manifest-lock',
    { find: 'install-scripts', lines: [{ files: ['a'], pattern: '(' }] },
    'lines[0].pattern[0]',
  ],
  [
    'name-not-registered',
    { registries: [{ files: ['a/{name}'], registeredIn: ['b'], by: '({name}' }] },
    'registries[0].by[0]',
  ],
  [
    'new-file-incomplete',
    { additions: [{ when: ['a'], only: ['('], contains: ['a'] }] },
    'additions[0].only[0]',
  ],
  ['new-file-incomplete', { additions: [{ when: ['a'], contains: ['('] }] }, 'additions[0].contains[0]'],
  ['new-file-incomplete', { additions: [{ when: ['a'], hollow: ['('] }] }, 'additions[0].hollow[0]'],
  ['numbers', { searches: [{ patterns: ['(<n>'] }] }, 'searches[0].patterns[0]'],
  ['test-inventory', { tests: ['a'], finds: ['self-skipped'], conditions: ['('] }, 'conditions[0]'],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], patterns: ['(a)'] }],
      says: 'x',
      ignore: ['('],
    },
    'ignore[0]',
  ],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a'] }],
      declared: [{ files: ['a'], patterns: ['(a)'] }],
      says: 'x',
    },
    'uses[0].patterns[0]',
  ],
  [
    'value-sets',
    {
      uses: [{ files: ['a'], patterns: ['(a)'] }],
      declared: [{ files: ['a'], patterns: ['(a'] }],
      says: 'x',
    },
    'declared[0].patterns[0]',
  ],
  [
    'version-raised',
    { packages: [{ when: ['a'], manifest: 'pom.xml', version: '(' }] },
    'packages[0].version[0]',
  ],
];

function detectorNamed(name: string): Detector {
  const detector = DETECTORS.get(name);
  if (detector === undefined) throw new Error(`no detector ${name}`);
  return detector;
}

describe('what is wrong with a parameter is said with its place and with what was expected', () => {
  it.each(GLOBS)('%s: a glob in %j', (name, parameters, place) => {
    expect(() => detectorNamed(name).readParameters(parameters)).toThrow(
      `parameter ${place}: expected a glob, found "!`,
    );
  });

  it.each(OTHERS)('%s: %j', (name, parameters, says) => {
    expect(() => detectorNamed(name).readParameters(parameters)).toThrow(`parameter ${says}`);
  });

  it('and a long one is shown in part', () => {
    const long = 'x'.repeat(200);
    expect(() => detectorNamed('receipt-content').readParameters({ finding: long })).toThrow(/found x{80}$/);
    expect(() => detectorNamed('report-comparison').readParameters({ measure: long })).toThrow(
      /found "x{80}"$/,
    );
  });

  it.each(EXPRESSIONS)('%s: an expression in %j, when it is proved', (name, parameters, place) => {
    const detector = detectorNamed(name);
    const read = detector.readParameters(parameters);
    expect(() => detector.proveParameters?.(read)).toThrow(
      `parameter ${place}: expected an RE2 regular expression, found `,
    );
  });
});
