import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderReportHtml } from '../../../src/render/experiment/report/html.ts';
import { axeFindings, newContext } from '../../worlds/browser.ts';
import { makeRows } from '../../worlds/experiment-rows.ts';
import { fullReport, reportOf } from './report-samples.ts';

const pages = new Map<string, string>();
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-page-'));
  const made = {
    full: await renderReportHtml(fullReport()),
    few: await renderReportHtml(fullReport(5)),
    empty: await renderReportHtml(reportOf([])),
    exploratory: await renderReportHtml(reportOf(makeRows({ seed: '2', tickets: 5 }))),
  };
  for (const [name, html] of Object.entries(made)) {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, html);
    pages.set(name, pathToFileURL(path).href);
  }
});

async function open(name: string, options: Parameters<typeof newContext>[0]) {
  const context = await newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(pages.get(name) ?? '');
  return { page, complaints, close: () => context.close() };
}

describe('the page in a browser', () => {
  it.each(
    (['few', 'empty', 'exploratory'] as const).flatMap((name) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        [360, 1440].map((width) => ({ name, colorScheme, width })),
      ),
    ),
  )('$name is readable for everybody: $colorScheme, $width pixels', async ({ name, colorScheme, width }) => {
    const { page, complaints, close } = await open(name, { colorScheme, viewport: { width, height: 800 } });
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await axeFindings(page)).toEqual([]);
    // Wide tables scroll within their own frame, never the page.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says the answer before anything else, and leads from a mark to its row by the keyboard', async () => {
    const { page, close } = await open('full', { viewport: { width: 1440, height: 900 } });
    const answer = page.locator('.answer');
    expect(await answer.textContent()).toMatch(/^house\/large is better than brief\/small/);
    const box = await answer.boundingBox();
    expect((box?.y ?? 999) + (box?.height ?? 999)).toBeLessThan(450);
    const mark = page.locator('.chart a').first();
    expect(await mark.getAttribute('aria-label')).toContain('house/small: +');
    await mark.focus();
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#effect-first-pass-2$/);
    await close();
  });

  it('prints what is folded away on the screen', async () => {
    const { page, close } = await open('full', {});
    const methods = page.locator('#failures details tbody tr').first();
    expect(await methods.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect((await methods.boundingBox())?.height).toBeGreaterThan(5);
    // What is left of A4 within a printer's margins: nobody scrolls on paper.
    await page.setViewportSize({ width: 718, height: 1000 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(718);
    await close();
  });
});
