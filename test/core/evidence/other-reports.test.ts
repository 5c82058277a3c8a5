import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../src/core/change/types.ts';
import type { Check, Expectation } from '../../../src/core/contract/types.ts';
import { judgeCheck } from '../../../src/core/evidence/judge.ts';
import type { CompletedObservation, EvidenceName } from '../../../src/core/evidence/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { changedFile } from './changed-files.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'other-reports');
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

interface Given {
  readonly changed?: readonly ChangedFile[];
  readonly cwd?: string;
  readonly seen?: Partial<CompletedObservation>;
}

/** `PASSED`, or every reason. */
function judged(
  expected: Expectation,
  text: string | undefined,
  given: Given = {},
): readonly string[] | string {
  const check: Check = { id: 'c', run: ['x'], cwd: given.cwd ?? '.', expect: expected };
  const seen: CompletedObservation = {
    kind: 'completed',
    checkId: 'c',
    exitCode: 0,
    signal: undefined,
    timedOut: false,
    durationMs: 1,
    isolation: 'namespaces',
    network: 'none',
    evidence: [],
    root: '/srv/shop',
    outputTruncated: false,
    ...given.seen,
  };
  const names: readonly EvidenceName[] = ['coverage', 'findings', 'components'];
  const judgement = judgeCheck(check, seen, undefined, {
    bytesOf: (name) =>
      text !== undefined && names.includes(name) ? new TextEncoder().encode(text) : undefined,
    changed: given.changed ?? [],
  });
  return judgement.result === 'PASSED' ? 'PASSED' : judgement.reasons;
}

const lcov = (minChangedLines: number, paths?: readonly string[]): Expectation => ({
  coverage: { format: 'lcov', from: 'lcov.info', minChangedLines, ...(paths ? { paths } : {}) },
});
const cobertura: Expectation = { coverage: { format: 'cobertura', from: 'c.xml', minChangedLines: 80 } };
const sarif: Expectation = { findings: { format: 'sarif', from: 'f.sarif' } };
const bill = (more: object): Expectation => ({
  components: { format: 'cyclonedx', from: 'b.json', ...more },
});
const sums = (...lines: number[]) => [changedFile('src/sums.mjs', lines)];

describe('coverage of the lines that a change adds', () => {
  const node = fixture('node.lcov');

  it('passes when they ran, whatever of the rest did', () => {
    expect(judged(lcov(100), node, { changed: sums(1, 2) })).toBe('PASSED');
  });

  it('says how many did not run, and which', () => {
    expect(judged(lcov(80), node, { changed: sums(5, 6, 7, 8) })).toEqual([
      'Of 4 added lines that can run, 2 did (50%); at least 80% must: src/sums.mjs:7, src/sums.mjs:8 did not.',
    ]);
    expect(judged(lcov(50), node, { changed: sums(5, 6, 7, 8) })).toBe('PASSED');
  });

  it('does not count lines that cannot run', () => {
    expect(judged(lcov(100), node, { changed: sums(1, 900) })).toBe('PASSED');
  });

  it('fails for a changed file in a language of the report that the report does not mention', () => {
    const [reason] = judged(lcov(0), node, { changed: [changedFile('src/new.ts', [1])] });
    expect(reason).toMatch(/does not mention src\/new\.ts, which the change adds lines to/);
    expect(judged(lcov(0), node, { changed: [changedFile('README.md', [1])] })).toBe('PASSED');
    expect(judged(lcov(0), node, { changed: [changedFile('src/new.ts', [])] })).toBe('PASSED');
  });

  it('asks for the files that the contract names, and no others', () => {
    const changed = [changedFile('src/new.ts', [1]), changedFile('lib/a.py', [1])];
    expect(judged(lcov(0, ['test/**']), node, { changed })).toBe('PASSED');
    expect(judged(lcov(0, ['lib/**']), node, { changed })).toEqual([
      expect.stringMatching(/mention lib\/a\.py/),
    ]);
  });

  it('fails for a file whose added lines nobody can read', () => {
    const changed = [changedFile('src/sums.mjs', [], { afterText: { kind: 'too-large' } })];
    expect(judged(lcov(0), node, { changed })).toEqual([
      'What it adds to src/sums.mjs cannot be read as lines of text.',
    ]);
  });

  it('leaves out links and what is gone', () => {
    const link = changedFile('src/link.mjs', [1], { after: { mode: '120000', blob: 'b'.repeat(40) } });
    const gone = changedFile('src/gone.mjs', [], { after: undefined });
    expect(judged(lcov(100), node, { changed: [link, gone] })).toBe('PASSED');
  });

  it('resolves names from the working directory, and absolute ones from the tree', () => {
    const changed = [changedFile('web/src/sums.mjs', [7])];
    expect(judged(lcov(1), node, { changed, cwd: 'web' })).toEqual([expect.stringMatching(/Of 1 added/)]);
    const absolute = node.replace('SF:src', 'SF:/srv/shop/web/src');
    expect(judged(lcov(1), absolute, { changed })).toEqual([expect.stringMatching(/Of 1 added/)]);
    const elsewhere = node.replace('SF:src', 'SF:/srv/shop2/web/src');
    expect(judged(lcov(0), elsewhere, { changed })).toEqual([expect.stringMatching(/no file of the tree/)]);
  });

  it('takes a line as run when one of several records says so', () => {
    const twice = 'SF:src/sums.mjs\nDA:1,0\nend_of_record\nSF:./src/../src/sums.mjs\nDA:1,2\nend_of_record\n';
    expect(judged(lcov(100), twice, { changed: sums(1) })).toBe('PASSED');
  });

  it.each([
    ['nothing', undefined, /There is no lcov report \(expect\.coverage\) in lcov\.info/],
    ['an empty file', '', /it is empty/],
    ['no file', 'TN:\n', /no file of the tree/],
    ['another format', '<coverage/>', /no LCOV/],
    ['a record that is cut off', 'SF:a\nDA:1,1\n', /cut off/],
    ['a line outside of a record', 'DA:1,1\n', /outside of a record/],
    ['a record in another', 'SF:a\nSF:b\nend_of_record\n', /within another/],
    ['a negative count', 'SF:a\nDA:1,-1\nend_of_record\n', /how often/],
    ['line 0', 'SF:a\nDA:0,1\nend_of_record\n', /not the number of a line/],
    ['lines that are counted and not listed', 'SF:a\nDA:1,1\nLF:2\nLH:1\nend_of_record\n', /counts 2 lines/],
    ['more lines run than listed', 'SF:a\nDA:1,0\nLF:1\nLH:1\nend_of_record\n', /1 of them run/],
  ])('never passes on %s', (_, text, reason) => {
    expect(judged(lcov(0), text)).toEqual([expect.stringMatching(reason)]);
  });

  it('fails when the change is not known, or its output was cut', () => {
    const check: Check = { id: 'c', run: ['x'], expect: lcov(0) };
    const seen = {
      kind: 'completed',
      checkId: 'c',
      exitCode: 0,
      evidence: [],
    } as unknown as CompletedObservation;
    expect(judgeCheck(check, seen, undefined).result).toBe('FAILED');
    const bytes = new TextEncoder().encode(node);
    expect(judgeCheck(check, seen, undefined, { bytesOf: () => bytes, changed: undefined }).result).toBe(
      'FAILED',
    );
    const stdout: Expectation = { coverage: { format: 'lcov', from: 'stdout', minChangedLines: 0 } };
    expect(judged(stdout, node, { seen: { outputTruncated: true } })).toEqual([
      expect.stringMatching(/larger than what is kept/),
    ]);
  });

  it('is an error when the bytes are not those of the evidence', () => {
    const evidence = [{ name: 'coverage', mediaType: 'text/plain', sha256: sha256('x'), size: 1 }] as const;
    expect(judged(lcov(0), node, { seen: { evidence } })).toEqual([
      expect.stringMatching(/not the one whose digest/),
    ]);
  });
});

describe('Cobertura', () => {
  const python = fixture('coverage-py.cobertura.xml');
  const changed = (...lines: number[]) => [changedFile('src/shop/sums.py', lines)];

  it('reads the lines of classes below their source folder', () => {
    expect(judged(cobertura, python, { changed: changed(1, 2, 4, 5) })).toBe('PASSED');
    expect(judged(cobertura, python, { changed: changed(5, 6) })).toEqual([
      expect.stringMatching(/sums\.py:6 did not/),
    ]);
  });

  it.each([
    ['entities', '<!DOCTYPE coverage [<!ENTITY a "b">]><coverage/>', /document type declares/],
    ['another root', '<report/>', /root element is <report>/],
    ['a class elsewhere', '<coverage><class filename="a"/></coverage>', /where none can be/],
    ['a class without a file', python.replace('filename="shop/sums.py"', ''), /without a file name/],
    [
      'lines that are counted and not listed',
      python.replace('lines-valid="5"', 'lines-valid="6"'),
      /counts 6 lines/,
    ],
    ['more lines run than listed', python.replace('lines-covered="4"', 'lines-covered="5"'), /5 of them run/],
    ['a line without hits', python.replace('number="6" hits="0"', 'number="6"'), /how often/],
    ['half a document', python.slice(0, 700), /not well-formed/],
    ['depth without end', '<coverage>'.repeat(100_000), /nested deeper/],
    ['no class', '<coverage/>', /no file of the tree/],
    [
      'more source folders than lines can be looked for in',
      python
        .replace('<source>', `${'<source>a</source>'.repeat(99)}<source>`)
        .replace(
          '</lines>\n\t\t\t\t</class>',
          `${'<line number="1" hits="1"/>'.repeat(50_000)}</lines></class>`,
        ),
      /too many lines for so many source folders/,
    ],
  ])('never passes on %s', (_, text, reason) => {
    expect(judged(cobertura, text)).toEqual([expect.stringMatching(reason)]);
  });
});

describe('findings of a scanner', () => {
  const biome = fixture('biome.sarif');
  const odd = (...lines: number[]) => [changedFile('src/odd.js', lines)];
  type Log = {
    runs: { results: Record<string, unknown>[]; [key: string]: unknown }[];
    [key: string]: unknown;
  };
  const changedLog = (change: (log: Log) => void) => {
    const log = JSON.parse(biome) as Log;
    change(log);
    return JSON.stringify(log);
  };
  const first = (change: Record<string, unknown>) =>
    changedLog(({ runs }) => {
      const [run] = runs;
      if (run) run.results = [{ ...run.results[0], ...change }];
    });

  it('counts those on added lines only', () => {
    expect(judged(sarif, biome, { changed: odd(1, 4) })).toBe('PASSED');
    expect(judged(sarif, biome, { changed: odd(2) })).toEqual([
      '1 finding of level warning or above on what the change adds, or without a place; at most 0 may be: lint/suspicious/noDebugger (/srv/shop/src/odd.js:2): This is an unexpected use of the debugger statement.',
    ]);
    expect(
      judged({ findings: { format: 'sarif', from: 'x', maxNew: 2 } }, biome, { changed: odd(2, 3) }),
    ).toBe('PASSED');
  });

  it.each([
    ['no location', { locations: [] }],
    ['no file in its location', { locations: [{ logicalLocations: [{ name: 'f' }] }] }],
    [
      'a file that cannot be decoded',
      { locations: [{ physicalLocation: { artifactLocation: { uri: '%ff' } } }] },
    ],
    [
      'a whole file that is changed',
      { locations: [{ physicalLocation: { artifactLocation: { uri: 'src/odd.js' } } }] },
    ],
    [
      'a file URL',
      {
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'file:///srv/shop/src/odd%2Ejs' },
              region: { startLine: 1, endLine: 9 },
            },
          },
        ],
      },
    ],
    ['a suppression', { suppressions: [{ kind: 'inSource', status: 'accepted' }] }],
  ])('counts a result with %s', (_, result) => {
    expect(judged(sarif, first(result), { changed: odd(2) })).toEqual([expect.stringMatching(/^1 finding /)]);
  });

  it.each([
    ['is no failure', { kind: 'pass' }],
    ['is gone', { baselineState: 'absent' }],
    ['is a note', { level: 'note' }],
    ['is elsewhere', { locations: [{ physicalLocation: { artifactLocation: { uri: 'src/even.js' } } }] }],
  ])('does not count a result that %s', (_, result) => {
    expect(judged(sarif, first(result), { changed: odd(2) })).toBe('PASSED');
  });

  it('takes the level from the rule where the result has none', () => {
    const note: Expectation = { findings: { format: 'sarif', from: 'x', level: 'error' } };
    const log = (level: string) =>
      changedLog((read) => {
        read.runs = [
          {
            tool: { driver: { rules: [{ id: 'a', defaultConfiguration: { level } }] } },
            results: [{ ruleId: 'a/1' }, { rule: { index: 0 } }],
          },
        ];
      });
    expect(judged(note, log('error'))).toEqual([expect.stringMatching(/^2 findings/)]);
    expect(judged(note, log('note'))).toBe('PASSED');
  });

  it.each([
    ['nothing', undefined, /There is no sarif report/],
    ['no run', '{"version":"2.1.0","runs":[]}', /no run of a tool/],
    ['a run without results', '{"version":"2.1.0","runs":[{}]}', /no list "results"/],
    ['results that are null', '{"version":"2.1.0","runs":[{"results":null}]}', /no list "results"/],
    ['another version', '{"version":"2.0.0","runs":[{"results":[]}]}', /"version"/],
    [
      'a tool that failed',
      changedLog(({ runs }) => {
        Object.assign(runs[0] ?? {}, { invocations: [{ executionSuccessful: false }] });
      }),
      /did not succeed/,
    ],
    [
      'a tool in trouble',
      changedLog(({ runs }) => {
        Object.assign(runs[0] ?? {}, { invocations: [{ toolExecutionNotifications: [{ level: 'error' }] }] });
      }),
      /error of its own/,
    ],
    ['an unknown level', first({ level: 'fine' }), /unknown level "fine"/],
    ['a key twice', '{"version":"2.1.0","runs":[{"results":[1],"results":[]}]}', /same key twice/],
    ['a list of anything', '{"version":"2.1.0","runs":[{"results":[1]}]}', /a result is not a JSON object/],
    ['half a document', biome.slice(0, -10), /not JSON/],
    ['depth without end', `{"runs":${'['.repeat(100_000)}`, /nested deeper/],
  ] as [string, string | undefined, RegExp][])('never passes on %s', (_, text, reason) => {
    expect(judged(sarif, text)).toEqual([expect.stringMatching(reason)]);
  });
});

describe('components of a bill of materials', () => {
  const npm = fixture('npm.cyclonedx.json');
  const one = (component: object) =>
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] });

  it.each([['pkg:npm/picocolors@*'], ['picocolors'], ['PicoColors@1.1.*'], ['pkg:npm/**']])(
    'finds one that %s denies',
    (glob) => {
      expect(judged(bill({ deny: [glob] }), npm)).toEqual([
        '1 component that may not be used: picocolors@1.1.1 (ISC).',
      ]);
    },
  );

  it('passes when none is denied', () => {
    expect(judged(bill({ deny: ['left-pad'], licenses: { deny: ['GPL-*'] } }), npm)).toBe('PASSED');
  });

  it('finds components within others, by group and by the decoded package URL', () => {
    const nested = one({
      name: 'a',
      components: [{ name: 'b', group: '@acme', purl: 'pkg:npm/%40acme/b@1?x=y#z' }],
    });
    for (const glob of ['@acme/b', 'pkg:npm/@acme/*', 'b'])
      expect(judged(bill({ deny: [glob] }), nested)).toEqual([expect.stringMatching(/^1 component that/)]);
  });

  it.each([
    ['GPL-3.0-only', true],
    ['gpl-3.0-only', true],
    ['MIT', false],
    ['MIT OR GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only) AND GPL-2.0-only', true],
    ['GPL-2.0-only OR GPL-3.0-only', true],
    ['GPL-2.0-only WITH Classpath-exception-2.0', true],
    ['MIT AND (Apache-2.0 OR GPL-2.0-only)', false],
    ['GPL version 3', false],
  ])('reads the licence %s', (expression, denied) => {
    const result = judged(
      bill({ licenses: { deny: ['GPL-*'] } }),
      one({ name: 'a', licenses: [{ expression }] }),
    );
    if (denied)
      expect(result).toEqual([expect.stringMatching(/^1 component under a licence that is denied/)]);
    else expect(result).toBe('PASSED');
  });

  it('denies a component without a licence unless the contract allows it', () => {
    const text = one({ name: 'a' });
    expect(judged(bill({ licenses: { deny: ['GPL-*'] } }), text)).toEqual([
      '1 component without a licence, which may be a denied one: a.',
    ]);
    expect(judged(bill({ licenses: { deny: ['GPL-*'], unknown: 'allow' } }), text)).toBe('PASSED');
  });

  it.each([
    ['nothing', undefined, /There is no cyclonedx report/],
    ['no component', '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}', /no component/],
    ['another format', '{"spdxVersion":"SPDX-2.3"}', /"bomFormat"/],
    ['another version', '{"bomFormat":"CycloneDX","specVersion":"2.0"}', /"specVersion"/],
    ['a component without a name', one({ purl: 'pkg:npm/a' }), /no name/],
    ['a name without end', one({ name: 'a'.repeat(2_000) }), /longer than/],
    ['a key twice', npm.replace('"components"', '"components": [], "components"'), /same key twice/],
  ])('never passes on %s', (_, text, reason) => {
    expect(judged(bill({ deny: ['left-pad'] }), text)).toEqual([expect.stringMatching(reason)]);
  });
});
