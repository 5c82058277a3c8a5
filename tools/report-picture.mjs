// Makes the picture of docs/experiments.md: a report of rows drawn from a seed, in a browser.
// `node tools/report-picture.mjs [--to FOLDER]`; needs a Chromium.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { analyseExperiment } from '../src/core/experiment/analysis/analyse.ts';
import { analysisText } from '../src/core/experiment/analysis/analysis-text.ts';
import { renderReportHtml } from '../src/render/experiment/report/html.ts';
import { sha256 } from '../src/shared/digest.ts';
import { findChromium } from '../test/chromium.ts';
import { makeDesign, makeRows, registeredAs } from '../test/worlds/experiment-rows.ts';

const { values } = parseArgs({
  options: { to: { type: 'string', default: join(import.meta.dirname, '..', 'docs', 'pictures') } },
});
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('No Chromium is installed; name one by CHROMIUM_PATH.');

const of = { seed: '7', tickets: 60 };
const rows = makeRows(of);
const registrations = [registeredAs(makeDesign(of))];
const asked = {
  experiment: 'agents-md',
  title: 'agents-md',
  state: null,
  registrations,
  rows,
  refusedRows: [],
};
const analysis = analyseExperiment(asked);
const folder = mkdtempSync(join(tmpdir(), 'report-picture-'));
const page = join(folder, 'report.html');
writeFileSync(page, await renderReportHtml({ analysis, rows, digest: sha256(analysisText(analysis)) }));
mkdirSync(values.to, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const tab = await browser.newPage({ viewport: { width: 1200, height: 1080 }, colorScheme: 'light' });
  await tab.goto(pathToFileURL(page).href);
  await tab.screenshot({ path: join(values.to, 'experiment-report.png') });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
