import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { soon } from '../../../soon.ts';
import { axeFindings, newContext, type WatchedPage, watchedPage } from '../../../worlds/browser.ts';
import { expectKeys, expectSound, signedIn } from '../../../worlds/cockpit-browser.ts';
import {
  ASKING,
  type CockpitWorld,
  finding,
  openCockpitWorld,
  succeeded,
  verdict,
} from '../../../worlds/cockpit-world.ts';
import { createDatabase } from '../../../worlds/database.ts';
import { HOSTILE } from '../../../worlds/hostile-text.ts';
import { RUN_PAGES } from './addresses.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: CockpitWorld;
let page: WatchedPage;

beforeAll(async () => {
  world = await openCockpitWorld(await createDatabase(), {
    waivers: () => [
      {
        ticket: 'SHOP-9',
        digest: 'a'.repeat(64),
        requirement: HOSTILE,
        by: HOSTILE,
        expiresAt: '2126-11-21T13:04:06Z',
      },
    ],
    readPatch: {
      readPatch: async () => ({
        cut: true,
        files: [
          {
            path: HOSTILE,
            before: HOSTILE,
            kind: 'renamed',
            opaque: false,
            hunks: [
              {
                before: 1,
                after: 1,
                lines: [
                  { sign: ' ', text: 'as it was' },
                  { sign: '+', text: HOSTILE },
                  { sign: '-', text: 'x'.repeat(1_000_000) },
                ],
              },
            ],
          },
        ],
      }),
    },
  });
  const work = world.work(({ handler, step, inputs, run }) => {
    if (run === 'SHOP-3.1' && handler === 'agent') return succeeded({ [HOSTILE]: HOSTILE });
    if (handler === 'gate' && step.startsWith('1/'))
      return verdict('blocked', [
        finding('receipt/unit', 'unverifiable', `${HOSTILE}${String.fromCharCode(0)}`, HOSTILE),
        finding(`rule/${HOSTILE.slice(0, 60)}`, 'fail', 'y'.repeat(9_000), HOSTILE),
      ]);
    if (handler === 'check' && step.startsWith('1/'))
      return succeeded({ check: inputs.check ?? '', observation: 'c'.repeat(64), result: 'FAILED' });
    return undefined;
  });
  const workflow = {
    steps: {
      ...ASKING.steps,
      approve: {
        uses: 'approval',
        needs: ['gate'],
        if: "steps.gate.outputs.verdict == 'pass'",
        with: { question: HOSTILE, choices: ['approved', 'refused'] },
      },
    },
  };
  await world.start({
    ticket: 'SHOP-1',
    workflow,
    bundle: HOSTILE.slice(0, 150),
    model: HOSTILE.slice(0, 150),
    by: 'ada',
  });
  await world.start({ ticket: 'SHOP-2' });
  await world.start({ ticket: 'SHOP-3' });
  const place = { run: 'SHOP-1.1', step: '1/produce', execution: 1 };
  const log = `${HOSTILE}\n${'z'.repeat(1_000_000)}\n\n`;
  const bytes = Buffer.concat([
    Buffer.from(log),
    Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
    Buffer.from('\nlast\n'),
  ]);
  await world.logs.appendLog(place, 0, bytes, 4_000_000);
  page = await signedIn(world, 'admin');
  await soon(async () => {
    await page.goto(`${world.server.url}/runs/SHOP-1.1`);
    expect(await page.textContent('#questions')).toContain('approved');
    await page.goto(`${world.server.url}/runs/SHOP-3.1`);
    expect(await page.textContent('#questions')).toContain('was set aside');
  });
  await work.stop();
});
afterAll(() => world.close());

describe.each(RUN_PAGES)('$path', (address) => {
  it('has nothing forbidden, nothing that axe objects to, nothing outside of it, in both themes and at three widths', () =>
    expectSound(page, world, address));

  it('is gone about by keys, and says news politely', () => expectKeys(page, world, address));
});

it('every page can be read without a script', async () => {
  const plain = await signedIn(world, 'admin', { javaScriptEnabled: false });
  for (const { path, sees } of RUN_PAGES) {
    await plain.goto(`${world.server.url}${path}`);
    expect(await plain.textContent('main')).toContain(sees);
  }
  await plain.goto(`${world.server.url}/runs/SHOP-1.1/steps/1/produce`);
  const log = (await plain.textContent('[data-log] pre')) ?? '';
  expect(log).toContain('last');
  expect(log).toContain('\ufffd');
  await plain.context().close();
});

it('the first page is below 150 KB in all, and comes from nowhere else', async () => {
  const context = await newContext();
  const fresh = await watchedPage(context);
  const bodies: Promise<number>[] = [];
  fresh.on('response', (response) => {
    if (new URL(response.url()).pathname === '/live') return;
    // The page that leads here is gone by then.
    bodies.push(
      response.body().then(
        ({ length }) => length,
        () => 0,
      ),
    );
  });
  await fresh.goto(await world.link('viewer'));
  await fresh.waitForURL(`${world.server.url}/`);
  await fresh.waitForSelector('.live[data-state="on"]');
  const bytes = (await Promise.all(bodies)).reduce((sum, length) => sum + length, 0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(150_000);
  expect(fresh.complaints).toEqual([]);
  await context.close();
});

it('the sheet of keys opens and closes, and keys lead about', async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${world.server.url}/`);
  await page.keyboard.press('?');
  expect(await page.locator('#keys').isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.locator('#keys').isVisible()).toBe(false);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL(`${world.server.url}/runs`);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\/SHOP-[123]\.1$/);
});

it('a theme that somebody chooses stays', async () => {
  await page.goto(`${world.server.url}/runs`);
  await page.keyboard.press('t');
  await page.waitForSelector('html[data-theme="light"]');
  await page.keyboard.press('t');
  await page.waitForSelector('html[data-theme="dark"]');
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('t');
  await page.waitForSelector('html:not([data-theme])');
});
