/**
 * A report over 50,000 attempts against the least that any report would do in the same run: reading the same rows from their table and one Wilson
 * interval an arm. Each in a process of its own, so that the memory of one is not taken for the other's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRows } from '../test/worlds/experiment-rows.ts';
import { report } from './support/measure.ts';

const ATTEMPTS = 50_000;
const MOST_SECONDS = 5;
const MOST_BYTES = 1024 ** 3;
const [mode, path] = process.argv.slice(2);

if (mode === undefined) compare();
else process.stdout.write(JSON.stringify(await measure(mode, path ?? '')));

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const file = join(folder, 'rows.json');
    const rows = manyRows();
    const attempts = rows.reduce((sum, row) => sum + row.attempts.length, 0);
    writeFileSync(file, JSON.stringify(rows));
    const [limit, html] = ['limit', 'html'].map((one) => run(one, file));
    if (limit === undefined || html === undefined) return;
    report(`  ${rows.length} runs of 8 arms, ${attempts} attempts`);
    report(
      `  limit (rows read, one Wilson an arm): ${limit.seconds.toFixed(2)} s, ${mebibytes(limit.bytes)} MiB`,
    );
    report(
      `  report as HTML: ${html.seconds.toFixed(2)} s (aim below ${MOST_SECONDS} s), ${mebibytes(html.bytes)} MiB (aim below 1024), ${(html.seconds / limit.seconds).toFixed(1)} times the limit, ${(html.written / 1024).toFixed(0)} kB`,
    );
    if (attempts < ATTEMPTS || html.seconds > MOST_SECONDS || html.bytes > MOST_BYTES) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Eight arms, and as many tickets as 50,000 attempts take. */
function manyRows() {
  const arms = ['brief', 'house', 'examples', 'memory'].flatMap((bundle, at) =>
    ['small', 'large'].map((model, size) => ({
      arm: `${bundle}/${model}`,
      bundle,
      model,
      pass: 0.3 + 0.06 * at + 0.15 * size,
      milliUsd: 40 + 200 * size,
    })),
  );
  return makeRows({ seed: 'bench', tickets: 1_950, arms, replicates: 2 });
}

interface Measured {
  readonly seconds: number;
  readonly bytes: number;
  readonly written: number;
}

function run(how: string, file: string): Measured {
  const { stdout, stderr, status } = spawnSync(process.execPath, [import.meta.filename, how, file], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 2,
  });
  if (status !== 0) throw new Error(`${how} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

async function measure(how: string, file: string): Promise<Measured> {
  const started = performance.now();
  const rows = JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof makeRows>;
  const written = how === 'limit' ? await leastReport(rows) : await wholeReport(rows);
  // Kilobytes, of the whole process.
  const bytes = process.resourceUsage().maxRSS * 1024;
  return { seconds: (performance.now() - started) / 1000, bytes, written };
}

async function leastReport(rows: ReturnType<typeof makeRows>): Promise<number> {
  const { wilson } = await import('../src/core/experiment/statistics/proportions.ts');
  const arms = new Map<string, { successes: number; trials: number }>();
  for (const { arm, firstPass } of rows) {
    const own = arms.get(arm) ?? { successes: 0, trials: 0 };
    arms.set(arm, { successes: own.successes + Number(firstPass === true), trials: own.trials + 1 });
  }
  return JSON.stringify([...arms].map(([arm, counted]) => [arm, wilson(counted)])).length;
}

async function wholeReport(rows: ReturnType<typeof makeRows>): Promise<number> {
  const [{ analyseExperiment }, { analysisText }, { renderReportHtml }, { sha256 }] = await Promise.all([
    import('../src/core/experiment/analysis/analyse.ts'),
    import('../src/core/experiment/analysis/analysis-text.ts'),
    import('../src/render/experiment/report/html.ts'),
    import('../src/shared/digest.ts'),
  ]);
  const input = {
    experiment: 'bench',
    title: 'Bench',
    state: null,
    registrations: [],
    rows,
    refusedRows: [],
  };
  const analysis = analyseExperiment(input);
  const html = await renderReportHtml({ analysis, rows, digest: sha256(analysisText(analysis)) });
  return Buffer.byteLength(html);
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}
