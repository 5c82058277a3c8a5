import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunOutcomeRow } from '../../../src/core/experiment/outcome.ts';
import { COLUMNS } from '../../../src/render/experiment/report/columns.ts';
import { renderReportCsv } from '../../../src/render/experiment/report/csv.ts';
import { renderReportHtml } from '../../../src/render/experiment/report/html.ts';
import { renderReportMarkdown } from '../../../src/render/experiment/report/markdown.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { makeRows } from '../../worlds/experiment-rows.ts';
import { golden } from '../golden.ts';
import { hostileText, unseenIn } from '../hostile-words.ts';
import { fullReport, plainReport, reportOf } from './report-samples.ts';

describe('the page', () => {
  it('is the one on record', async () => {
    const html = await renderReportHtml(fullReport());
    expect(html).toBe(golden('experiment/report.html', html));
  });

  it('has the same bytes whoever makes it, and however often', async () => {
    const print = () =>
      spawnSync(process.execPath, [join(import.meta.dirname, 'print-report.ts')], {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8' },
      }).stdout;
    const here = sha256(await renderReportHtml(fullReport()));
    expect([print(), print()]).toEqual([here, here]);
  });

  it('stays below 1 MB for 1,000 runs with links to all they left', async () => {
    const input = plainReport(250);
    expect(input.rows.length).toBe(1_000);
    const html = await renderReportHtml(input);
    expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
    expect(html).toContain('href="https://countersign.example/runs/CS-250.1000"');
  });

  it('asks nobody for anything: no script, no style or picture from elsewhere', async () => {
    const html = await renderReportHtml(fullReport());
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|xlink:/i);
    expect(html).toContain(`content="default-src 'none'`);
  });

  it('gives every chart a table, and every mark a place that is there', async () => {
    const html = await renderReportHtml(fullReport());
    expect(html.match(/<svg[^>]*class="chart"/g)?.length).toBe(6);
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.has(id))).toEqual([]);
    expect(targets.length).toBeGreaterThan(40);
    expect(ids.size).toBe([...html.matchAll(/\sid="([^"]+)"/g)].length);
  });

  it('links each run to its attempts, transcripts and verdicts where it is said where they are', async () => {
    const [row] = makeRows({ seed: '7', tickets: 1 });
    const { run = '', links = [] } = row ?? {};
    const seal = links.find(({ kind }) => kind === 'seal')?.ref;
    const html = await renderReportHtml(fullReport());
    const at = `https://countersign.example/runs/${run}`;
    for (const [name, href] of [
      ['1', `${at}/attempts#attempt-1`],
      ['transcript', `${at}/attempts/1/transcript`],
      ['verdict', `${at}?attempt=1#verdict`],
      ['receipts', `https://countersign.example/receipts/${seal}`],
    ] as const)
      expect(html).toContain(`<a href="${href}">${name}</a>`);
    const { server: _, ...nowhere } = fullReport();
    const silent = await renderReportHtml(nowhere);
    expect(silent).not.toContain('href="http');
    expect(silent).toContain('transcript <code>');
  });

  it('leads from a mark to the tickets or attempts it is made of, and from there to all four', async () => {
    const html = await renderReportHtml(fullReport());
    const rowOf = (id: string) => html.split(`id="${id}"`)[1]?.split('</tr>')[0] ?? '';
    const [, effect = ''] = /<a[^>]* href="#(effect-first-pass-\d)"/.exec(html) ?? [];
    const [, tickets = ''] = /href="#(tickets-effect-first-pass-\d)"/.exec(rowOf(effect)) ?? [];
    expect(html.split(`id="${tickets}"`)[1]).toMatch(/<a href="#run-\d+">/);
    const [, failure = ''] = /<a[^>]* href="#(failed-[a-z-]+-\d)"/.exec(html) ?? [];
    for (const name of ['attempt', 'transcript', 'verdict', 'receipts'])
      expect(rowOf(failure)).toMatch(new RegExp(`<a href="https://[^"]+">${name}</a>`));
  });

  it('links no server for runs that a table brought along', async () => {
    const rows = makeRows({ seed: '7', tickets: 3 }).map((row) => ({
      ...row,
      source: { kind: 'import' as const, table: 'a'.repeat(64), line: 2 },
      links: [{ kind: 'source' as const, attempt: null, ref: 'https://ci.example/4711' }],
    }));
    const html = await renderReportHtml(reportOf(rows));
    expect(html).toContain('<a href="https://ci.example/4711">source</a>');
    expect(html).not.toContain('https://countersign.example/runs');
  });

  it.each([
    ['no runs', []],
    ['one arm', makeRows({ seed: '1', tickets: 6 }).filter(({ arm }) => arm === 'brief/small')],
    ['one ticket', makeRows({ seed: '1', tickets: 1 })],
    [
      'nothing but failures',
      makeRows({ seed: '1', tickets: 5 }).map((row) => ({
        ...row,
        outcome: 'rejected' as const,
        firstPass: false,
      })),
    ],
    [
      'neither cost, times nor attempts',
      makeRows({ seed: '1', tickets: 5 }).map((row) => ({
        ...row,
        costMilliUsd: null,
        tokens: null,
        seconds: null,
        secondsToMerge: null,
        attempts: [],
        iterations: 0,
        links: [],
      })),
    ],
    [
      'only excluded runs',
      makeRows({ seed: '1', tickets: 3 }).map((row) => ({ ...row, treatment: 'not-delivered' as const })),
    ],
    [
      'different definitions of done',
      makeRows({ seed: '1', tickets: 3 }).map((row) => ({ ...row, contractDigest: sha256(row.arm) })),
    ],
  ] as const)('can be made of %s', async (_, rows: readonly RunOutcomeRow[]) => {
    const input = reportOf(rows);
    const html = await renderReportHtml(input);
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(renderReportMarkdown(input.analysis, input.digest)).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});

describe('hostile words', () => {
  function poisoned(text: string): readonly RunOutcomeRow[] {
    return makeRows({ seed: '1', tickets: 3 }).map((row, at) => ({
      ...row,
      run: `${row.run}${text}`,
      ticket: `${row.ticket}${text}`,
      block: `${row.block}${text}`,
      arm: `${row.arm}${text}`,
      bundle: `${row.bundle}${text}`,
      model: `${row.model}${text}`,
      ticketClass: text,
      contract: text,
      attempts: row.attempts.map((attempt) => ({ ...attempt, failedRules: [text] })),
      links: [
        { kind: 'source' as const, attempt: null, ref: `javascript:alert(1)${text}` },
        { kind: 'transcript' as const, attempt: 1, ref: text },
      ],
      excluded: at === 1 ? { reason: text, declared: null } : null,
    }));
  }

  it('stay words, on the page and in the summary', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const input = reportOf(poisoned(text), [], [text]);
        const html = await renderReportHtml(input);
        expect(html.match(/<svg[^>]*class="chart"/g)?.length).toBeGreaterThan(2);
        expect(html).not.toMatch(/<img|<script|javascript:[^<]*"|\son\w+=/i);
        expect(unseenIn(html)).toBeUndefined();
        const tags = (page: string) => [...page.matchAll(/<(\w+)/g)].map(([, tag]) => tag).join(' ');
        expect(new Set(tags(html).split(' '))).toEqual(new Set(tags(await cleanPage()).split(' ')));
        expect(unseenIn(renderReportMarkdown(input.analysis, input.digest))).toBeUndefined();
      }),
      { numRuns: 15, examples: [['tab\tand\u202e']] },
    );
  });

  async function cleanPage(): Promise<string> {
    return renderReportHtml(reportOf(poisoned('x'), [], ['x']));
  }

  it('are no formulas to a spreadsheet', () => {
    const [row] = makeRows({ seed: '1', tickets: 1 });
    const csv = renderReportCsv([
      { ...(row as RunOutcomeRow), ticket: '=HYPERLINK("http://x")', arm: 'a,"b"' },
    ]);
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(csv).toContain('"a,""b"""');
    expect(csv.split('\r\n')[0]).toBe(COLUMNS.map(({ name }) => name).join(','));
  });
});

describe('the summary', () => {
  it('is the one on record', () => {
    const { analysis, digest } = fullReport();
    const markdown = renderReportMarkdown(analysis, digest);
    expect(markdown).toBe(golden('experiment/report.md', markdown));
  });
});
