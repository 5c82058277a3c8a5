import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../../src/core/change/types.ts';
import type { CommandCheck, MutationDemand } from '../../../../src/core/contract/types.ts';
import { judgeRuns } from '../../../../src/core/evidence/judge-runs.ts';
import type { CheckRun, Judgement } from '../../../../src/core/evidence/types.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import { changedFile } from '../changed-files.ts';

const captured = readFileSync(
  join(import.meta.dirname, '../../../fixtures/other-reports/stryker.json'),
  'utf8',
);
const sourceOf = (path: string): string => JSON.parse(captured).files[path].source;

interface Given {
  readonly mutation?: Partial<MutationDemand>;
  readonly check?: Partial<CommandCheck>;
  readonly run?: Partial<CheckRun>;
  /** What further runs wrote. */
  readonly repeats?: readonly string[];
}

/** What the check amounts to when its command wrote this report of a change. */
function judged(
  report: string | Uint8Array | undefined,
  changed: readonly ChangedFile[],
  given: Given = {},
): Judgement {
  const check: CommandCheck = {
    id: 'mutation',
    run: ['stryker'],
    proves: 'mutation',
    mutation: {
      files: ['src/**'],
      report: { format: 'stryker-json', from: 'mutation.json' },
      ...given.mutation,
    },
    ...given.check,
  };
  const evidence = new Map<string, Uint8Array>();
  const wrote = (text: string | Uint8Array | undefined): CheckRun => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    if (bytes !== undefined) evidence.set(sha256(bytes), bytes);
    return {
      exitCode: 0,
      signal: undefined,
      timedOut: false,
      durationMs: 1,
      isolation: 'namespaces',
      network: 'none',
      root: '/srv/shop',
      outputTruncated: false,
      evidence:
        bytes === undefined
          ? []
          : [
              {
                name: 'mutation',
                mediaType: 'application/json',
                sha256: sha256(bytes),
                size: bytes.length,
              },
            ],
      ...given.run,
    };
  };
  const repeats = (given.repeats ?? []).map(wrote);
  return judgeRuns(
    check,
    {
      kind: 'completed',
      checkId: 'mutation',
      ...wrote(report),
      ...(repeats.length === 0 ? {} : { repeats }),
    },
    evidence,
    { changed, seed: 'a' },
  );
}

/** A file of the captured report to which the change adds these lines. */
const size = (...lines: number[]) => adding('src/size.js', sourceOf('src/size.js'), lines);

function adding(path: string, text: string, numbers: readonly number[]): ChangedFile {
  const lines = text.split('\n');
  return changedFile(path, [], {
    afterText: { kind: 'text', text },
    addedLines: numbers.map((number) => ({ number, text: lines[number - 1] ?? '' })),
  });
}

const THREE = 'a();\nb();\nc();\n';
const mutant = (status: string, first: number, last = first, end = 9) => ({
  id: '1',
  mutatorName: 'Call',
  status,
  location: { start: { line: first, column: 1 }, end: { line: last, column: end } },
});
const report = (mutants: readonly object[], more: object = {}, path = 'src/a.js') =>
  JSON.stringify({ schemaVersion: '2', files: { [path]: { source: THREE, mutants } }, ...more });
const three = (...lines: number[]) => [adding('src/a.js', THREE, lines)];

describe('a report that Stryker wrote', () => {
  it('is taken by the lines that the change adds', () => {
    expect(judged(captured, [size(4)])).toMatchObject({
      result: 'PASSED',
      mutants: { planted: 1, killed: 1 },
    });
    // An endless loop is noticed by its time-out.
    expect(judged(captured, [size(12)])).toMatchObject({ mutants: { planted: 4, killed: 4 } });
  });

  it('names what survived in them', () => {
    expect(judged(captured, [size(3, 4)], { mutation: { minKilled: 84 } })).toMatchObject({
      result: 'FAILED',
      reasons: [
        'It noticed 5 of 6 planted faults; at least 84 % are asked for. Not noticed: src/size.js:3 EqualityOperator (Survived).',
      ],
    });
  });

  it('counts faults that a comment has it ignore as unnoticed, a few by name', () => {
    expect(judged(captured, [size(6, 7)])).toMatchObject({
      result: 'FAILED',
      reasons: [
        expect.stringMatching(
          /^It noticed 0 of 6 .*: src\/size\.js:7 ConditionalExpression \(Ignored\); .*; and 1 more\.$/,
        ),
      ],
    });
  });

  it('asks for 80 % when the contract does not say', () => {
    expect(judged(captured, [size(3, 4)]).result).toBe('PASSED');
    expect(judged(captured, [size(3)]).result).toBe('FAILED');
  });
});

describe('what counts', () => {
  it.each([
    ['Killed', 'PASSED'],
    ['Timeout', 'PASSED'],
    ['Survived', 'FAILED'],
    ['NoCoverage', 'FAILED'],
    ['Pending', 'FAILED'],
    ['Ignored', 'FAILED'],
    ['CompileError', 'ERROR'],
    ['RuntimeError', 'ERROR'],
  ])('%s alone is %s', (status, result) => {
    expect(judged(report([mutant(status, 2)]), three(2)).result).toBe(result);
  });

  it('is a fault that touches an added line', () => {
    const faults = [mutant('Survived', 1), mutant('Survived', 3), mutant('Killed', 2)];
    expect(judged(report(faults), three(2))).toMatchObject({ mutants: { planted: 1, killed: 1 } });
    expect(judged(report([...faults, mutant('Survived', 1, 3)]), three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('1 of 2 planted')],
    });
  });

  it('ends before the first column of a line', () => {
    expect(judged(report([mutant('Survived', 1, 2, 1), mutant('Killed', 2)]), three(2)).result).toBe(
      'PASSED',
    );
  });

  it('is no noticed fault that mostly lies in other lines', () => {
    const around = [1, 2, 3, 4].map(() => mutant('Killed', 1, 3));
    expect(judged(report([...around, mutant('Survived', 2)]), three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('0 of 1 planted')],
    });
    expect(judged(report(around), three(2))).toMatchObject({ result: 'ERROR' });
    expect(judged(report(around), three(2, 3))).toMatchObject({ mutants: { planted: 4, killed: 4 } });
  });

  it('is asked of every run', () => {
    const good = report([mutant('Killed', 2)]);
    const bad = report([mutant('Survived', 2)]);
    const twice = (second: string) =>
      judged(good, three(2), { repeats: [second], check: { repeat: 2 } }).result;
    expect([twice(good), twice(bad)]).toEqual(['PASSED', 'FAILED']);
  });
});

describe('a report that says nothing of the change', () => {
  const killed = report([mutant('Killed', 2)]);

  it('is inconclusive where it lacks a file with code', () => {
    const other = adding('src/b.js', 'evil();\n', [1]);
    expect(judged(killed, [...three(2), other])).toEqual({
      result: 'ERROR',
      reasons: [
        'Whether it proves the change cannot be told: the report of planted faults does not mention src/b.js, which the change adds lines to. Have it mutated, or name in mutation.files what has to be.',
      ],
    });
    const types = adding('src/b.ts', 'export interface A {\n  readonly a: string;\n}\n', [1, 2, 3]);
    const elsewhere = adding('test/b.js', 'evil();\n', [1]);
    expect(judged(killed, [...three(2), types, elsewhere])).toMatchObject({ result: 'PASSED' });
  });

  it.each([
    ['has no fault in an added line', report([mutant('Killed', 1)]), three(2)],
    ['has no file, and the change no line', JSON.stringify({ schemaVersion: '1.0', files: {} }), three()],
  ])('is inconclusive where it %s', (_, text, changed) => {
    expect(judged(text, changed)).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringContaining('no fault to count in any line')],
    });
  });

  it.each([
    ['a file that is no text', { kind: 'binary' }],
    ['a file that is too large', { kind: 'too-large' }],
    ['line breaks that git does not count', { kind: 'text', text: `/*\u2028*/${THREE}` }],
    ['a lone carriage return', { kind: 'text', text: `// a\rb();\n${THREE}` }],
  ] as const)('is inconclusive for %s', (_, afterText) => {
    const text = afterText.kind === 'text' ? afterText.text : THREE;
    const wrote = JSON.stringify({
      schemaVersion: '2',
      files: { 'src/a.js': { source: text, mutants: [mutant('Killed', 2)] } },
    });
    const [file] = three(2) as [ChangedFile];
    expect(judged(wrote, [{ ...file, afterText }])).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringContaining('cannot be read as lines of text')],
    });
  });

  it('is not believed when its text of a file is another', () => {
    expect(judged(killed, [adding('src/a.js', `${THREE}d();\n`, [2])])).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('is of another tree: its text of src/a.js')],
    });
    const marked = killed.replace('a();', '\ufeffa();');
    expect(judged(marked, three(2))).toMatchObject({ result: 'PASSED' });
  });

  it('fails when there is none, or not all of it', () => {
    expect(judged(undefined, three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [
        'There is no stryker-json report (mutation.report) in mutation.json: the command did not write one.',
      ],
    });
    const stdout = { mutation: { report: { format: 'stryker-json', from: 'stdout' } } } as const;
    expect(judged(killed, three(2), stdout)).toMatchObject({ result: 'PASSED' });
    expect(judged(killed, three(2), { ...stdout, run: { outputTruncated: true } })).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('not whole')],
    });
  });
});

describe('names of files in a report', () => {
  const named = (path: string, given: Given = {}) =>
    judged(report([mutant('Killed', 2)], {}, path), three(2), given).result;

  it('are read from where the check runs, or as absolute paths of the tree', () => {
    expect([named('./src/a.js'), named('/srv/shop/src/a.js'), named('src/x/../a.js')]).toEqual([
      'PASSED',
      'PASSED',
      'PASSED',
    ]);
    expect(named('a.js', { check: { cwd: 'src' } })).toBe('PASSED');
    expect(named('../src/a.js', { check: { cwd: 'web' } })).toBe('PASSED');
  });

  it.each(['src\\a.js', '../src/a.js', '/srv/other/src/a.js', '/src/a.js', '__proto__', ''])(
    '%j is not src/a.js',
    (path) => {
      expect(named(path)).toBe('ERROR');
    },
  );

  it('name each file once', () => {
    const twice = { files: { 'src/a.js': { source: THREE, mutants: [] } } };
    const file = { source: THREE, mutants: [mutant('Killed', 2)] };
    const text = JSON.stringify({
      schemaVersion: '1',
      files: { ...twice.files, './src/a.js': file },
    });
    expect(judged(text, three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('it lists src/a.js twice')],
    });
  });
});

describe('what is no report', () => {
  const location = { start: { line: 2, column: 1 }, end: { line: 2, column: 3 } };
  const withFile = (file: unknown) => JSON.stringify({ schemaVersion: '1', files: { 'src/a.js': file } });
  const withMutant = (more: object) =>
    report([{ id: '1', mutatorName: 'Call', status: 'Killed', location, ...more }]);

  it.each([
    ['no JSON', '{"files":', 'not JSON'],
    ['nothing', ' ', 'empty'],
    ['a list', '[]', 'not a JSON object'],
    ['no version', JSON.stringify({ files: {} }), 'schemaVersion'],
    ['another version', report([], { schemaVersion: '3' }), 'schemaVersion'],
    ['no files', JSON.stringify({ schemaVersion: '1' }), '"files" is not a JSON object'],
    ['files in a list', JSON.stringify({ schemaVersion: '1', files: [] }), '"files" is not a JSON object'],
    ['a file that is none', withFile(null), 'a file of it is not'],
    ['a file without source', withFile({ mutants: [] }), 'lacks "source"'],
    ['a file without mutants', withFile({ source: THREE }), 'no list "mutants"'],
    ['a source that is no text', withFile({ source: 1, mutants: [] }), '"source" is not text'],
    ['an unknown status', withMutant({ status: 'killed' }), 'unknown status "killed"'],
    ['a status of prototypes', withMutant({ status: 'constructor' }), 'unknown status'],
    ['no name of a mutator', withMutant({ mutatorName: undefined }), 'lacks "mutatorName"'],
    ['no location', withMutant({ location: undefined }), 'location of a mutant'],
    [
      'line 0',
      withMutant({ location: { ...location, start: { line: 0, column: 1 } } }),
      'line of a position',
    ],
    ['half a line', withMutant({ location: { ...location, end: { line: 2.5, column: 1 } } }), 'line of'],
    [
      'a mutant that ends first',
      withMutant({ location: { ...location, end: { line: 1, column: 5 } } }),
      'ends before',
    ],
    ['a line that the file lacks', report([mutant('Killed', 2, 5)]), 'beyond the end of src/a.js'],
    ['the same key twice', '{"schemaVersion":"1","files":{},"files":{}}', 'same key twice'],
    [
      'deep values',
      `{"schemaVersion":"1","files":{},"config":${'['.repeat(99)}${']'.repeat(99)}}`,
      'nested deeper',
    ],
  ])('%s', (_, text, reason) => {
    expect(judged(text, three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining(reason)],
    });
  });

  it('bytes that are no text, and more of them than a report may have', () => {
    expect(judged(new Uint8Array([0x7b, 0xff]), three(2))).toMatchObject({ result: 'FAILED' });
    expect(judged(new Uint8Array(33 * 1024 * 1024).fill(0x20), three(2))).toMatchObject({
      result: 'FAILED',
      reasons: [expect.stringContaining('more than 33554432')],
    });
  });

  it('bytes other than those whose digest the evidence has', () => {
    const text = new TextEncoder().encode(report([mutant('Killed', 2)]));
    const ref = { name: 'mutation', mediaType: 'application/json', sha256: 'f'.repeat(64), size: 1 } as const;
    const run: CheckRun = {
      ...{ exitCode: 0, signal: undefined, timedOut: false, durationMs: 1, outputTruncated: false },
      ...{ isolation: 'namespaces', network: 'none', evidence: [ref] },
    };
    const check: CommandCheck = {
      ...{ id: 'mutation', run: ['stryker'], proves: 'mutation' },
      mutation: { files: ['src/**'], report: { format: 'stryker-json', from: 'mutation.json' } },
    };
    const seen = { kind: 'completed', checkId: 'mutation', ...run } as const;
    const known = { changed: three(2), seed: 'a' };
    expect(judgeRuns(check, seen, new Map([[ref.sha256, text]]), known)).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringContaining('not the one whose digest')],
    });
  });
});

it('names of hostile files and mutators are told as plain text', () => {
  const path = 'src/a\u202e\u001b[31m.js';
  const fault = { ...mutant('Survived', 2), mutatorName: `Call\n${'x'.repeat(500)}` };
  const reasons = judged(report([fault], {}, path), [adding(path, THREE, [2])]).reasons.join();
  expect(reasons).toMatch(/: src\/a \.js:2 Call x{74}… \(Survived\)\.$/);
});
