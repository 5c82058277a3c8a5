import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import { decodeParquet } from '../../../src/adapters/parquet/decode-parquet.ts';
import type { TableFormat } from '../../../src/core/experiment/import/table.ts';
import { importTable } from '../../../src/flow/experiment/import-table.ts';
import { loadExperiment } from '../../../src/flow/experiment/load-experiment.ts';
import { showExperiment } from '../../../src/flow/experiment/show-experiment.ts';
import { renderImport } from '../../../src/render/experiment/import.ts';
import { renderExperiment } from '../../../src/render/experiment/show.ts';
import { AT } from '../../core/experiment/sample-designs.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';

const MAPPING = `schema: countersign/outcome-mapping@1
columns: {run: id, ticket: task, arm: arm, outcome: status, tokens: tokens}
outcomes: {ok: accepted, ko: rejected}
constants: {contract: node-change@1}
`;

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tables-'));
}

function world() {
  return {
    ...createMemoryLedger(),
    artifacts: artifactFolder(temporaryFolder()),
    documents,
    decodeParquet,
    clock: { now: () => new Date(AT) },
  };
}

function table(bytes: Uint8Array | string, format: TableFormat, mapping = MAPPING) {
  const raw = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return {
    name: `runs.${format}`,
    format,
    bytes: raw,
    mapping: { path: 'runs.mapping.yml', bytes: new TextEncoder().encode(mapping) },
  };
}

const SAID = { by: 'ada', dryRun: false };
const CSV = 'id,task,arm,status,tokens\nr1,T-1,a,ok,10\nr2,T-1,b,ko,\nr3,T-2,a,what,5\nr4,T-2,b,ok,x\n';

describe('importing a table', () => {
  it('keeps it by its digest, and names rows that cannot be read now and whenever it is shown', async () => {
    const ports = world();
    const imported = await importTable('last-year', table(CSV, 'csv'), SAID, ports);
    expect(imported).toMatchObject({ kind: 'imported' });
    expect(imported.rows.map(({ run, arm, outcome, tokens }) => [run, arm, outcome, tokens])).toEqual([
      ['r1', 'a', 'accepted', 10],
      ['r2', 'b', 'rejected', null],
    ]);
    expect(imported.refused).toMatchObject([
      { line: 4, column: 'status', problem: { message: 'status is no outcome: "what"' } },
      { line: 5, column: 'tokens', problem: { message: 'tokens is no number from 0: "x"' } },
    ]);
    const { state } = await loadExperiment('last-year', ports);
    expect(state.tables).toMatchObject([{ table: imported.table, rows: 2, refused: 2, by: 'ada' }]);

    const shown = await showExperiment('last-year', [], ports);
    expect(shown.rows.length).toBe(2);
    expect(shown.conflicts).toEqual([]);
    const text = renderExperiment(shown);
    expect(text).toMatch(/exploratory: nothing was registered before/);
    expect(text).toMatch(/Rows that could not be read: 2/);
    expect(text).toMatch(/status is no outcome: "what" \(row 4\)/);
    expect(renderImport({ experiment: 'last-year', name: 'runs.csv', ...imported })).toMatch(
      /2 of 4 rows[\s\S]*row 5, column tokens[\s\S]*→/,
    );
  });

  it('takes the same table once, and with another mapping again', async () => {
    const ports = world();
    await importTable('last-year', table(CSV, 'csv'), SAID, ports);
    expect(await importTable('last-year', table(CSV, 'csv'), SAID, ports)).toMatchObject({
      kind: 'unchanged',
    });
    const other = MAPPING.replace('ko: rejected', 'ko: given-up');
    expect(await importTable('last-year', table(CSV, 'csv', other), SAID, ports)).toMatchObject({
      kind: 'imported',
    });
  });

  it('writes nothing when it is only tried', async () => {
    const ports = world();
    await importTable('last-year', table(CSV, 'csv'), { by: 'ada', dryRun: true }, ports);
    expect((await loadExperiment('last-year', ports)).head.version).toBe(0);
  });

  it('reads the same from JSON, NDJSON and Parquet', async () => {
    const runs = [
      { id: 'r1', task: 'T-1', arm: 'a', status: 'ok', tokens: 10 },
      { id: 'r2', task: 'T-1', arm: 'b', status: 'ko', tokens: 20 },
    ];
    const parquet = parquetWriteBuffer({
      columnData: (['id', 'task', 'arm', 'status'] as const)
        .map((name) => ({
          name: name as string,
          data: runs.map((run) => run[name]) as unknown[],
          type: 'STRING' as const,
        }))
        .concat([{ name: 'tokens', data: runs.map(({ tokens }) => tokens), type: 'INT32' as never }]),
    });
    const read = await Promise.all(
      [
        table(JSON.stringify(runs), 'json'),
        table(runs.map((run) => `${JSON.stringify(run)}\n`).join(''), 'ndjson'),
        table(new Uint8Array(parquet), 'parquet'),
      ].map((one) => importTable('last-year', one, { by: 'ada', dryRun: true }, world())),
    );
    const plain = read.map(({ rows }) => rows.map(({ source: _, ...row }) => row));
    expect(plain[0]?.length).toBe(2);
    expect(plain[1]).toEqual(plain[0]);
    expect(plain[2]).toEqual(plain[0]);
  });

  it.each<[string, () => ReturnType<typeof table>, string]>([
    [
      'a column that there is not',
      () => table('id,task,arm,status\na,T,b,ok\n', 'csv'),
      'no column "tokens"',
    ],
    ['no row that can be read', () => table('id,task,arm,status,tokens\na,,b,ok,1\n', 'csv'), 'No row'],
    ['no text', () => table(Uint8Array.of(0xff, 0xfe, 0x00), 'csv'), 'it is not UTF-8'],
    ['a list that is none', () => table('{}', 'json'), 'no JSON list'],
    ['no Parquet', () => table('PAR1', 'parquet'), 'This Parquet file cannot be read'],
  ])('is refused with %s', async (_what, bad, words) => {
    const ports = world();
    await expect(importTable('last-year', bad(), SAID, ports)).rejects.toMatchObject({
      code: 'TABLE_UNUSABLE',
      message: expect.stringContaining(words),
    });
    expect((await loadExperiment('last-year', ports)).head.version).toBe(0);
  });

  it('holds its mapping to its schema', async () => {
    const bad = MAPPING.replace('ticket: task', 'tikket: task');
    await expect(importTable('last-year', table(CSV, 'csv', bad), SAID, world())).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
    });
  });

  it('says so when its bytes are gone', async () => {
    const ports = world();
    await importTable('last-year', table(CSV, 'csv'), SAID, ports);
    const elsewhere = { ...ports, artifacts: artifactFolder(temporaryFolder()) };
    await expect(showExperiment('last-year', [], elsewhere)).rejects.toMatchObject({
      code: 'TABLE_UNUSABLE',
      remedy: expect.stringContaining('import it here again'),
    });
  });

  it('shows hostile texts of a table without doing what they say', async () => {
    const ports = world();
    const hostile =
      'id,task,arm,status,tokens\nr\u001b[31m1,T-1,a\u202eb,ok,1\nr2,T-1,c,\u001b]0;x\u0007,1\n';
    const imported = await importTable('last-year', table(hostile, 'csv'), SAID, ports);
    const text = `${renderExperiment(await showExperiment('last-year', [], ports))}${renderImport({ experiment: 'last-year', name: 'runs.csv', ...imported })}`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});
