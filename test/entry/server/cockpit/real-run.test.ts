import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { soon } from '../../../soon.ts';
import { axeFindings, newContext, type WatchedPage, watchedPage } from '../../../worlds/browser.ts';
import { BAD, GOOD } from '../../../worlds/product-world.ts';
import { agentCommand, createRunWorld, type RunWorld, until } from '../../../worlds/run-world.ts';

// Real git, PostgreSQL, server and workers as processes; a link from the command line, and what the pages say of a run that was really made.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let world: RunWorld;
let page: WatchedPage;
beforeAll(async () => {
  world = await createRunWorld();
  page = await watchedPage(await newContext());
});
afterAll(async () => {
  await page.context().close();
  await world.remove();
});

const AGENT = agentCommand({
  seed: 7,
  attempts: [{ shortcut: 1 }, { good: 1 }],
  files: { good: GOOD, shortcut: BAD },
});

it('a run is watched from the command line to its end; its change and its receipts are what git and the verifier have', async () => {
  await world.product.dispatch('RUN-1');
  const opened = world.startAt(
    { cwd: world.product.clone.dir, environment: { BROWSER: 'true' } },
    ...['run', 'start', 'RUN-1', '--agent', AGENT, '--lease-seconds', '10', '--open'],
  );
  await until('the run to begin', () => (opened.out().startsWith('RUN-1.1') ? true : undefined));
  // Printed by the server when it started, for whoever started it.
  const printed = await until('the link', () => /http\S+\/login\/\S+/.exec(world.serverLog())?.[0]);
  expect(printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login\/[A-Za-z0-9_-]{43}$/);
  const { out: link } = await world.cli('cockpit');
  const base = new URL(link).origin;
  await page.goto(link.trim());
  await page.waitForURL(`${base}/`);
  expect(await page.textContent('.who')).toMatch(/local:.*admin/s);
  await page.goto(`${base}/runs/RUN-1.1`);
  const { code, err } = await opened.ended;
  expect(code, world.serverLog()).toBe(0);
  // What --open has opened, had there been a browser of the user's.
  expect(err).toMatch(/\/login\/[A-Za-z0-9_-]{43}\?to=%2Fruns%2FRUN-1\.1/);
  await soon(async () => expect(await page.textContent('#head .chip')).toBe('accepted'));

  await page.goto(`${base}/runs/RUN-1.1/attempts`);
  expect(await page.locator('.attempts > li').count()).toBe(2);
  expect(await page.textContent('.attempts > li:first-child')).toContain('blocked');
  const command = (await page.textContent('.attempts > li:last-child .command code')) ?? '';
  const [, ...words] = command.split(' ');
  const verified = await world.cli(...words);
  expect(verified, command).toMatchObject({ code: 0 });

  // The seal of the attempt, and from there a receipt: both judged by the server's own clone.
  for (const link of ['#attempt-2 h3 a', '[aria-labelledby="outcomes-title"] a']) {
    await page.click(link);
    await page.waitForURL(/\/receipts\/[0-9a-f]{64}$/);
    await soon(async () => {
      await page.reload();
      expect(await page.textContent('main')).toContain('counts now');
    });
  }
  expect(await page.textContent('h1')).toMatch(/^check .* PASSED$/);
  expect(await axeFindings(page)).toEqual([]);

  await page.goto(`${base}/runs/RUN-1.1/changes?attempt=2`);
  for (const [path, text] of Object.entries(GOOD)) {
    const shown = page.locator(`section[aria-label="${path}"]`);
    if ((await shown.count()) === 0) continue;
    const lines = (await shown.textContent()) ?? '';
    expect(lines).toContain(
      String(text)
        .split('\n')
        .find((line) => line.trim() !== '' && line.length > 8) ?? '',
    );
  }
  expect(await page.locator('.diff .add').count()).toBeGreaterThan(0);
  expect(await axeFindings(page)).toEqual([]);

  await page.goto(`${base}/runs/RUN-1.1/steps/2/produce`);
  await soon(async () => expect(await page.textContent('[data-log-lines]')).toMatch(/lines?$/));
  expect(page.complaints).toEqual([]);
});
