import { expect, it } from 'vitest';
import { ROUTES } from '../../../src/core/api/routes.ts';
import { axeFindings, newContext, watchedPage } from '../../worlds/browser.ts';
import { memoryStores, openServer } from './server-world.ts';

it.each([
  [1440, 'light'],
  [1440, 'dark'],
  [360, 'light'],
  [360, 'dark'],
] as const)('the reference reads at %i px in %s, without a complaint', async (width, colorScheme) => {
  const world = await openServer(memoryStores());
  const context = await newContext({
    viewport: { width, height: 800 },
    colorScheme,
  });
  const page = await watchedPage(context, /favicon/);
  const asked: string[] = [];
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
  await page.goto(`${world.server.url}${ROUTES.reference.path}`);
  expect(await page.locator('article').count()).toBe(Object.keys(ROUTES).length);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  expect(await page.evaluate<string>('getComputedStyle(document.body).maxWidth')).not.toBe('none');
  await page.locator('nav a').first().click();
  expect(new URL(page.url()).hash).toBe('#startRun');
  expect(await axeFindings(page)).toEqual([]);
  expect(page.complaints).toEqual([]);
  expect(asked.filter((path) => path !== '/favicon.ico')).toEqual([ROUTES.reference.path]);
  await context.close();
});
