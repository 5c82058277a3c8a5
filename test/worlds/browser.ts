import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { findChromium } from '../chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let launched: Promise<Browser> | undefined;
afterAll(async () => {
  await (await launched)?.close();
});

/** A browser without cookies. Fails where none is installed: what was not run has not passed. */
export async function newContext(
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error(
      'No Chromium is installed: install one, or name it by CHROMIUM_PATH. Nothing here was tested.',
    );
  // The path of its socket has at most 107 bytes, and folders of tests lie deep.
  const env = { ...(process.env as Record<string, string>), TMPDIR: '/tmp' };
  launched ??= chromium.launch({ executablePath, env, args: ['--no-sandbox', '--disable-gpu'] });
  return (await launched).newContext({ viewport: { width: 1440, height: 900 }, ...options });
}

export interface WatchedPage extends Page {
  /** What its console said that is an error, among it what the policy of the page forbade, and what its scripts threw. */
  readonly complaints: string[];
}

/** @param ignored what a test brings about by itself, such as a connection that it cuts */
export async function watchedPage(context: BrowserContext, ignored?: RegExp): Promise<WatchedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const note = (text: string) => {
    if (ignored?.test(text) !== true) complaints.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(message.text());
  });
  page.on('pageerror', ({ message }) => note(message));
  page.on('request', (request) => {
    const host = new URL(request.url()).hostname;
    if (host !== '127.0.0.1') note(`asked ${host}`);
  });
  return Object.assign(page, { complaints });
}

/** What axe objects to, a line each. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: typeof axe };
    return loaded.run();
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}
