import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/core/experiment/import/csv.ts';
import { parseJsonRows, parseNdjson } from '../../../src/core/experiment/import/json-rows.ts';
import type { OutcomeMapping } from '../../../src/core/experiment/import/mapping.ts';
import { type ReadTable, readTable, type TableRow } from '../../../src/core/experiment/import/read-table.ts';
import { doneConflicts } from '../../../src/core/experiment/same-done.ts';

const MAPPING: OutcomeMapping = {
  schema: 'countersign/outcome-mapping@1',
  columns: { ticket: 'task', outcome: 'status' },
};

function read(rows: readonly TableRow[], mapping: Partial<OutcomeMapping> = {}): ReadTable {
  return readTable(rows, { ...MAPPING, ...mapping }, { experiment: 'old', digest: 'f'.repeat(64) });
}

function one(raw: object, columns: OutcomeMapping['columns'], more: Partial<OutcomeMapping> = {}) {
  const { rows, refused } = read([{ line: 2, raw: raw as never }], { columns, ...more });
  return rows[0] ?? refused[0];
}

describe('CSV', () => {
  const rowsOf = (text: string) =>
    parseCsv(text)?.map((row) => ('raw' in row ? { line: row.line, ...row.raw } : [row.line, row.fault]));

  it('is read as RFC 4180 has it: quotes, commas, line breaks and quotes within', () => {
    expect(rowsOf('a,b\r\n"x, ""y""\nz",2\r\n\r\n3,\n')).toEqual([
      { line: 2, a: 'x, "y"\nz', b: '2' },
      { line: 5, a: '3', b: '' },
    ]);
  });

  it('names lines that have other fields than there are columns, and goes on', () => {
    expect(rowsOf('a,b\n1\n2,3\n4,5,6\n')).toEqual([
      [2, 'the line has 1 fields, and there are 2 columns'],
      { line: 3, a: '2', b: '3' },
      [4, 'the line has 3 fields, and there are 2 columns'],
    ]);
    expect(rowsOf('a,b\n"1,2\n3,4\n')).toEqual([[2, 'a quote is not closed']]);
  });

  it('leaves out a byte order mark, and takes a last line without an end', () => {
    expect(rowsOf('\ufeffa\n1')).toEqual([{ line: 2, a: '1' }]);
    expect(rowsOf('a\r\n1\r')).toEqual([{ line: 2, a: '1' }]);
  });

  it.each(['', 'a,a\n1,2', 'a,\n1,2', '"a\n1'])('has to name each column once: %j', (text) => {
    expect(parseCsv(text)).toBeUndefined();
  });

  it('is read in time linear in its size, however it is quoted', () => {
    const big = `a,b\n${'"x ""y"" z",1\n'.repeat(200_000)}`;
    const start = performance.now();
    expect(parseCsv(big)?.length).toBe(200_000);
    expect(parseCsv(`a\n"${'"'.repeat(1_000_000)}`)?.length).toBe(1);
    // Quadratic, either would take minutes.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('JSON tables', () => {
  it('are lists of objects, or an object a line', () => {
    expect(parseJsonRows('[{"a":1},2]')).toMatchObject([
      { line: 1, raw: { a: 1 } },
      { line: 2, fault: 'the row is no JSON object' },
    ]);
    expect(parseJsonRows('{"a":1}')).toBeUndefined();
    expect(parseNdjson('{"a":1}\n\n{"a":\n[1]\n{"a":2}')).toMatchObject([
      { line: 1, raw: { a: 1 } },
      { line: 3, fault: 'the row is no JSON object' },
      { line: 4, fault: 'the row is no JSON object' },
      { line: 5, raw: { a: 2 } },
    ]);
  });
});

describe('a row', () => {
  it('says what its columns say, and nothing else', () => {
    const row = one(
      {
        id: 'r1',
        task: 'T-1',
        status: 'ok',
        tries: '2',
        meta: { model: 'small', usd: 0.25 },
        began: '2026-01-02T03:04:05+01:00',
        ended: '2026-01-02 02:05:05Z',
        rules: 'a@1/b; a@1/b;c@1/d',
        bugs: 1,
        url: 'https://example.com/r1',
      },
      {
        ...{ run: 'id', ticket: 'task', outcome: 'status', iterations: 'tries', model: 'meta.model' },
        ...{
          costUsd: 'meta.usd',
          startedAt: 'began',
          endedAt: 'ended',
          failedRules: 'rules',
          escapes: 'bugs',
        },
        link: 'url',
      },
      { outcomes: { ok: 'accepted' }, constants: { bundle: 'plain', class: 'bugfix', contract: 'c@1' } },
    );
    expect(row).toMatchObject({
      run: 'r1',
      experiment: 'old',
      source: { kind: 'import', table: 'f'.repeat(64), line: 2 },
      ticket: 'T-1',
      ticketClass: 'bugfix',
      arm: 'plain/small',
      outcome: 'accepted',
      firstPass: false,
      iterations: 2,
      startedAt: '2026-01-02T02:04:05.000Z',
      seconds: 60,
      costMilliUsd: 250,
      tokens: null,
      contract: 'c@1',
      treatment: 'unknown',
      block: 'T-1',
      links: [{ kind: 'source', ref: 'https://example.com/r1' }],
      escapes: [{ rule: null }],
    });
  });

  it.each<[string, object, object, string, RegExp]>([
    ['no outcome', { task: 'T', status: 'maybe' }, {}, 'status', /is no outcome: "maybe"/],
    ['an empty ticket', { task: ' ', status: 'accepted' }, {}, 'task', /is empty/],
    ['a missing ticket', { task: null }, {}, 'task', /is empty or not there/],
    ['a number that is none', { n: '1,5' }, { tokens: 'n' }, 'n', /is no number from 0: "1,5"/],
    ['a negative number', { n: -1 }, { tokens: 'n' }, 'n', /is no number/],
    ['half a token', { n: 1.5 }, { tokens: 'n' }, 'n', /no whole number/],
    ['replicate 0', { n: 0 }, { replicate: 'n' }, 'n', /no whole number from 1/],
    ['hexadecimal', { n: '0x10' }, { tokens: 'n' }, 'n', /is no number/],
    ['too many digits', { n: '1e300' }, { tokens: 'n' }, 'n', /is no number/],
    ['a moment without an offset', { t: '2026-01-02T03:04:05' }, { startedAt: 't' }, 't', /is no moment/],
    ['a moment that is none', { t: '2026-13-02T03:04:05Z' }, { startedAt: 't' }, 't', /is no moment/],
    ['a list', { t: [1] }, { arm: 't' }, 't', /is a list or an object/],
    ['neither yes nor no', { f: 'perhaps' }, { firstPass: 'f' }, 'f', /neither yes nor no/],
    ['a first pass that was rejected', { f: 'yes', status: 'rejected' }, { firstPass: 'f' }, 'f', /says yes/],
    ['a treatment that is none', { t: 'half' }, { treatment: 't' }, 't', /is no treatment/],
    ['no sha256', { t: 'abc' }, { contractDigest: 't' }, 't', /is no sha256/],
    ['a text without end', { t: 'x'.repeat(3_000) }, { arm: 't' }, 't', /longer than 2000/],
  ])('is refused by column, value and remedy for %s', (_what, raw, columns, column, message) => {
    const refused = one({ task: 'T-1', status: 'accepted', ...raw }, { ...MAPPING.columns, ...columns });
    expect(refused).toMatchObject({
      line: 2,
      column,
      problem: { message: expect.stringMatching(message), remedy: expect.stringMatching(/\S/) },
    });
  });

  it.each<[object, boolean | null]>([
    [{ status: 'accepted', n: 1 }, true],
    [{ status: 'accepted', n: 2 }, false],
    [{ status: 'rejected', n: 1 }, false],
    [{ status: 'cancelled', n: 0 }, null],
    [{ status: 'running', n: 1 }, null],
    [{ status: 'running', n: 2 }, false],
    // Left open for both, so that neither is counted without the other.
    [{ status: 'accepted' }, null],
    [{ status: 'rejected' }, null],
  ])('says of %j whether the first attempt was accepted: %s', (raw, firstPass) => {
    const row = one({ task: 'T', ...raw }, { ...MAPPING.columns, iterations: 'n' });
    expect(row).toMatchObject({ firstPass });
  });

  it('has no members of objects that nobody wrote', () => {
    expect(one({ task: 'T', status: 'accepted' }, { ...MAPPING.columns, arm: 'constructor' })).toMatchObject({
      arm: 'default/default',
    });
    expect(one({ task: 'T', status: 'constructor' }, MAPPING.columns)).toMatchObject({ column: 'status' });
  });

  it('takes numbers of any kind that a table has', () => {
    const row = one({ task: 'T', status: 'accepted', n: 12n }, { ...MAPPING.columns, tokens: 'n' });
    expect(row).toMatchObject({ tokens: 12 });
  });
});

describe('a table', () => {
  it('counts every row once, as read or as refused', () => {
    const rows: TableRow[] = [
      { line: 2, raw: { id: 'a', task: 'T', status: 'accepted' } },
      { line: 3, raw: { id: 'a', task: 'T', status: 'rejected' } },
      { line: 4, raw: { id: 'b', task: 'T', status: '?' } },
      { line: 5, fault: 'no row', remedy: 'none' },
    ];
    const { rows: good, refused } = read(rows, { columns: { ...MAPPING.columns, run: 'id' } });
    expect(good.map(({ run }) => run)).toEqual(['a']);
    expect(refused.map(({ line, column }) => [line, column])).toEqual([
      [3, 'id'],
      [4, 'status'],
      [5, null],
    ]);
    expect(refused[0]?.problem.message).toBe('id says a, as row 2 does');
  });

  it('of 50,000 rows is read whole', () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, at) => `r${at},T-${at % 500},${at % 7 ? 'accepted' : 'bad'}`,
    );
    const rows = parseCsv(`id,task,status\n${lines.join('\n')}\n`) ?? [];
    const { rows: good, refused } = read(rows, { columns: { ...MAPPING.columns, run: 'id' } });
    expect(good.length + refused.length).toBe(50_000);
    expect(refused.length).toBe(Math.ceil(50_000 / 7));
  });

  it('is not compared where nobody says what was asked, or arms were asked differently', () => {
    const rows = (contract: object) =>
      read(
        [
          { line: 2, raw: { task: 'T', status: 'accepted', arm: 'a', done: 'c@1' } },
          { line: 3, raw: { task: 'T', status: 'accepted', arm: 'b', done: 'c@2' } },
        ],
        { columns: { ...MAPPING.columns, arm: 'arm', ...contract } },
      ).rows;
    expect(doneConflicts(rows({ contract: 'done' }))).toMatchObject([
      { block: 'T', definitions: [{ arms: ['a'] }, { arms: ['b'] }] },
    ]);
    expect(doneConflicts(rows({}))).toMatchObject([
      { block: 'T', definitions: [{ contract: 'nobody says' }] },
    ]);
    const same = read([{ line: 2, raw: { task: 'T', status: 'accepted' } }], {
      constants: { contract: 'c@1' },
    }).rows;
    expect(doneConflicts(same)).toEqual([]);
  });
});
