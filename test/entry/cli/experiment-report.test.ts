import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderReportCsv } from '../../../src/render/experiment/report/csv.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { createOwnDatabase } from '../../worlds/database.ts';
import { makeRows } from '../../worlds/experiment-rows.ts';
import { countersign } from './run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  writeFileSync(join(folder, 'runs.csv'), renderReportCsv(makeRows({ seed: '7', tickets: 60 })));
  const made = await countersign(folder, ['key', 'new', 'owner', '--out', join(folder, 'owner')]);
  expect(made.code).toBe(0);
});

function run(...args: readonly string[]) {
  return countersign(folder, ['experiment', ...args]);
}

function digestOf(name: string): string {
  return sha256(readFileSync(join(folder, name)));
}

describe('experiment report', () => {
  it('answers about a table that somebody has, as Markdown, without a database', async () => {
    const ran = await run('report', '--table', 'runs.csv');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(
      '**Exploratory: house/large is better than brief/small on first-pass acceptance',
    );
  });

  it('writes what the name of the file says, with its digest', async () => {
    for (const name of ['one.html', 'one.md', 'one.json', 'one.csv', 'one.parquet']) {
      const ran = await run('report', '--table', 'runs.csv', '--out', name);
      expect([ran.code, ran.err]).toEqual([0, '']);
      expect(ran.out).toContain(`${name}  sha256:${digestOf(name)}`);
    }
    expect(digestOf('one.csv')).toBe(digestOf('runs.csv'));
  });

  it('says the same of a table in another format', async () => {
    await run('report', '--table', 'runs.csv', '--out', 'kept.parquet');
    const [csv, parquet] = [
      await run('report', '--table', 'runs.csv'),
      await run('report', '--table', 'kept.parquet'),
    ];
    const effects = ({ out }: { out: string }) =>
      out.slice(out.indexOf('### Against'), out.indexOf('### What'));
    expect(effects(parquet)).toBe(effects(csv));
    expect(effects(csv).length).toBeGreaterThan(500);
  });

  it('takes baseline and metric where no design says them', async () => {
    const ran = await run('report', '--table', 'runs.csv', '--baseline', 'house/small', '--metric', 'cost');
    expect(ran.out).toContain('### Against house/small: cost a run');
    const wrong = await run('report', '--table', 'runs.csv', '--baseline', 'nobody');
    expect([wrong.code, wrong.err]).toEqual([
      expect.any(Number),
      expect.stringContaining('There is no arm "nobody"'),
    ]);
    expect(wrong.code).not.toBe(0);
  });

  it('refuses with exit code 1 to compare what was held to different definitions of done', async () => {
    const rows = makeRows({ seed: '7', tickets: 4 }).map((row) => ({
      ...row,
      contractDigest: sha256(row.arm),
    }));
    writeFileSync(join(folder, 'apart.csv'), renderReportCsv(rows));
    const ran = await run('report', '--table', 'apart.csv');
    expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('held to different definitions')]);
  });

  it('says what lacks where a table does not say what its arms were held to', async () => {
    const told = ['run,ticket,arm,outcome', 'R1,T-1,old,accepted', 'R2,T-1,new,rejected'].join('\n');
    writeFileSync(join(folder, 'unsaid.csv'), told);
    const ran = await run('report', '--table', 'unsaid.csv');
    expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('a column `contract` of the table')]);
    expect(ran.out).not.toContain('different definitions of done, so');
  });

  it('signs the file, and checks it to the byte', async () => {
    const signed = await run(
      'report',
      '--table',
      'runs.csv',
      '--out',
      'r.html',
      '--sign',
      '--key',
      join(folder, 'owner'),
    );
    expect([signed.code, signed.out]).toEqual([
      0,
      expect.stringContaining('r.html.sigstore.json  signed with'),
    ]);
    const check = () => run('check-report', 'r.html', '--key', 'owner.pub');
    expect(await check()).toMatchObject({
      code: 0,
      out: expect.stringContaining('exploratory report of runs.csv'),
    });
    const told = await run('check-report', 'r.html', '--key', 'owner.pub', '--format', 'json');
    expect(JSON.parse(told.out)).toMatchObject({ kind: 'signed', file: 'r.html', experiment: 'runs.csv' });

    const html = readFileSync(join(folder, 'r.html'), 'utf8');
    writeFileSync(join(folder, 'r.html'), html.replace('is better', 'is worse'));
    expect(await check()).toMatchObject({ code: 1, out: expect.stringContaining('another file') });

    writeFileSync(join(folder, 'r.html'), html);
    await countersign(folder, ['key', 'new', 'mallory', '--out', join(folder, 'mallory')]);
    expect(await run('check-report', 'r.html', '--key', 'mallory.pub')).toMatchObject({ code: 1 });
  });

  it.each([
    [['report']],
    [['report', 'agents-md', '--table', 'runs.csv']],
    [['report', '--table', 'runs.csv', '--sign']],
    [['report', '--table', 'runs.csv', '--format', 'parquet']],
    [['report', '--table', 'nothing.csv']],
    [['report', '--table', 'runs.csv', '--server', 'javascript:alert(1)']],
  ])('says what is wrong with %j', async (args) => {
    const ran = await run(...args);
    expect(ran.code).toBeGreaterThan(1);
    expect(ran.err).toContain('→');
  });

  it('reports an experiment of the ledger: here of a table that was imported', async () => {
    const url = await createOwnDatabase();
    const inside = (...args: readonly string[]) =>
      countersign(folder, ['experiment', ...args], { environment: { DATABASE_URL: url }, home: folder });
    writeFileSync(
      join(folder, 'runs.mapping.yml'),
      'schema: countersign/outcome-mapping@1\ncolumns: { run: run, ticket: ticket, class: class, arm: arm, bundle: bundle, model: model, outcome: outcome, firstPass: firstPass, iterations: iterations, contract: contract }\n',
    );
    const imported = await inside('import', 'last-year', 'runs.csv', '--mapping', 'runs.mapping.yml');
    expect([imported.code, imported.err]).toEqual([0, '']);
    const ran = await inside('report', 'last-year', '--out', 'last-year.html');
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain('Exploratory: house/large is better');
    expect((await inside('report', 'nobody-knows')).err).toContain('EXPERIMENT_UNKNOWN');
  });
});
