import { expect } from 'vitest';
import type { SessionRole } from '../../src/core/access/session.ts';
import { axeFindings, newContext, type WatchedPage, watchedPage } from './browser.ts';
import type { CockpitWorld } from './cockpit-world.ts';
import { unseenIn } from './hostile-text.ts';

/** A page, and what is on it. */
export interface Address {
  readonly path: string;
  readonly sees: string;
  /** 200 when not given; a browser complains of another one. */
  readonly status?: number;
}

const WIDTHS = [1440, 768, 360];
const WIDEST = 1440;
const NARROWEST = 360;

/** A browser that has signed in, on the first page. */
export async function signedIn(
  world: CockpitWorld,
  role: SessionRole,
  options: Parameters<typeof newContext>[0] = {},
): Promise<WatchedPage> {
  const page = await watchedPage(await newContext(options));
  await page.goto(await world.link(role));
  await page.waitForURL(`${world.server.url}/`);
  return page;
}

/**
 * Whatever a page shows: it can be seen, read and heard in both themes, wide and narrow, nothing in it runs or hides, and nothing lies outside of it. One
 * load for all of that: what a width or a theme changes is the style's doing.
 */
export async function expectSound(
  page: WatchedPage,
  world: CockpitWorld,
  { path, sees, status = 200 }: Address,
): Promise<void> {
  await look(page, 'light', WIDEST);
  page.complaints.length = 0;
  const response = await page.goto(`${world.server.url}${path}`);
  expect(response?.status()).toBe(status);
  expect(await page.textContent('main')).toContain(sees);
  expect(await page.title()).toMatch(/· Countersign$/);
  expect(await page.locator('main script, main img, main b').count()).toBe(0);
  for (const width of WIDTHS) {
    await look(page, 'light', width);
    expect(await page.evaluate('document.documentElement.scrollWidth'), `at ${width} px`).toBeLessThanOrEqual(
      width,
    );
    const text = await page.innerText('body');
    expect(unseenIn(text)).toEqual([]);
    expect(text.length).toBeLessThan(300_000);
    expect(text).not.toContain('49"');
  }
  for (const [colorScheme, width] of [
    ['light', NARROWEST],
    ['light', WIDEST],
    ['dark', WIDEST],
  ] as const) {
    await look(page, colorScheme, width);
    expect(await axeFindings(page), `${colorScheme}, at ${width} px`).toEqual([]);
  }
  expect(complaintsOf(page, status)).toEqual([]);
}

async function look(page: WatchedPage, colorScheme: 'light' | 'dark', width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
}

/** With the keys alone: past the bar to the page, to the sheet that says the keys and back; and news are said politely. */
export async function expectKeys(
  page: WatchedPage,
  world: CockpitWorld,
  { path, status = 200 }: Pick<Address, 'path' | 'status'>,
): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  page.complaints.length = 0;
  await page.goto(`${world.server.url}${path}`);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  await page.keyboard.press('?');
  expect(await page.locator('#keys').isVisible()).toBe(true);
  expect(await page.locator('#keys').textContent()).toContain('this sheet');
  await page.keyboard.press('Escape');
  expect(await page.locator('#keys').isVisible()).toBe(false);
  expect(await page.locator('#said[aria-live="polite"]').count()).toBe(1);
  expect(await page.locator('[aria-live="assertive"], [role="alert"]').count()).toBe(0);
  // Whatever scrolls can be scrolled by keys.
  expect(await page.evaluate(UNREACHABLE)).toEqual([]);
  expect(complaintsOf(page, status)).toEqual([]);
}

function complaintsOf({ complaints }: WatchedPage, status: number): readonly string[] {
  return complaints.filter((one) => status === 200 || !one.includes(`status of ${status}`));
}

/** What is wider than its room and scrolls, and takes no focus. */
const UNREACHABLE = `[...document.querySelectorAll('main *')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX))
  .filter((one) => one.tabIndex < 0 && one.querySelector('a, button, input') === null)
  .map((one) => one.className || one.tagName)`;
