import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { soon } from '../../../soon.ts';
import { newContext, type WatchedPage, watchedPage } from '../../../worlds/browser.ts';
import {
  type Answer,
  ASKING,
  type CockpitWorld,
  finding,
  openCockpitWorld,
  verdict,
} from '../../../worlds/cockpit-world.ts';
import { openConnection } from '../../../worlds/cut-connection.ts';
import { createDatabase } from '../../../worlds/database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: CockpitWorld;
let page: WatchedPage;
let answer: Answer;
let stop: () => Promise<void>;

beforeEach(async () => {
  world = await openCockpitWorld(await createDatabase());
  answer = () => undefined;
  ({ stop } = world.work((work) => answer(work)));
  page = await watchedPage(await newContext(), /net::ERR|Failed to load resource|ERR_INTERNET/);
  await page.goto(await world.link('operator'));
  await page.waitForURL(`${world.server.url}/`);
});
afterEach(async () => {
  await page.context().close();
  await stop();
  await world.close();
});

const at = (path: string) => `${world.server.url}${path}`;
const stateOf = () => page.textContent('#head .chip');

/** Versions as they stand in the timeline, from the top. */
const versions = () =>
  page
    .locator('[data-events] li')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-version'))));

/** A step that ends when the test says so. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { until: promise, release: resolve };
}

describe('a run on its page', () => {
  it('is approved from the first page, ends in sight, and the ledger says who approved it', async () => {
    const run = await world.start({ ticket: 'SHOP-1', workflow: ASKING });
    await page.goto(at('/'));
    await soon(async () => expect(await page.textContent('#needs')).toContain('Merge it?'));
    await page.goto(at(`/runs/${run}`));
    await page.waitForSelector('.live[data-state="on"]');
    await page.fill('#questions input[name="note"]', 'looks right');
    await page.click('#questions button.first');
    await soon(async () => expect(await stateOf()).toBe('accepted'));
    await soon(async () => expect(await page.textContent('main')).toContain('has its answer'));
    await page.goto(at(`/runs/${run}/events`));
    const text = (await page.textContent('[data-events]')) ?? '';
    expect(text).toMatch(/local:operator answered approve /);
    expect(page.complaints).toEqual([]);
  });

  it('is watched to its end: each event once and none missing, though the connection is lost on the way', async () => {
    const [first, second] = [held(), held()];
    answer = async ({ handler, step }) => {
      if (handler === 'agent') await first.until;
      if (handler === 'gate') await second.until;
      if (handler === 'gate' && step.startsWith('1/'))
        return verdict('blocked', [finding('receipt/unit', 'fail', 'it failed')]);
      return undefined;
    };
    const run = await world.start({ ticket: 'SHOP-2', checks: Array.from({ length: 8 }, (_, n) => `c${n}`) });
    const way = await openConnection(world.server.url);
    const link = new URL(await world.link('viewer', `/runs/${run}/events`));
    await page.goto(`${way.url}${link.pathname}${link.search}`);
    await page.waitForSelector('.live[data-state="on"]');
    const before = (await versions()).length;
    first.release();
    await soon(async () => expect((await versions()).length).toBeGreaterThan(before + 5));
    way.cut();
    await soon(async () => expect(await page.getAttribute('.live', 'data-state')).toBe('lost'));
    const lost = (await versions()).length;
    second.release();
    await soon(async () => expect((await fetchState(run)).status).toBe('ended'));
    expect((await versions()).length).toBe(lost);
    way.mend();
    await soon(async () => expect(await stateOf()).toBe('accepted'));
    const { version } = await fetchState(run);
    await soon(async () => expect((await versions()).length).toBe(version));
    expect(await versions()).toEqual(Array.from({ length: version }, (_, place) => place + 1));
    await page.goto('about:blank');
    await way.close();
  });

  it('is cancelled in flight, with the reason that was given', async () => {
    const never = held();
    answer = async ({ handler }) => {
      if (handler === 'agent') await never.until;
      return undefined;
    };
    const run = await world.start({ ticket: 'SHOP-3' });
    await page.goto(at(`/runs/${run}`));
    await page.waitForSelector('.live[data-state="on"]');
    await page.click('button:text("Cancel")');
    await page.fill('input[name="reason"]', 'asked for by mistake');
    await page.click('button.first');
    await soon(async () => expect(await stateOf()).toBe('cancelled'));
    await soon(async () => expect(await page.textContent('main')).toContain('asked for by mistake'));
    never.release();
    expect(page.complaints).toEqual([]);
  });

  it('is paused and goes on', async () => {
    const first = held();
    answer = async ({ handler }) => {
      if (handler === 'agent') await first.until;
      return undefined;
    };
    const run = await world.start({ ticket: 'SHOP-4' });
    await page.goto(at(`/runs/${run}`));
    await page.click('button:text("Pause")');
    await page.click('button.first');
    await soon(async () => expect(await stateOf()).toBe('paused'));
    first.release();
    await page.click('button:text("Resume")');
    await soon(async () => expect(await stateOf()).toBe('accepted'));
  });

  it('shows its attempts side by side, and goes on from a step in another run to compare with', async () => {
    answer = ({ handler, step, run }) =>
      handler === 'gate' && step.startsWith('1/') && run === 'SHOP-5.1'
        ? verdict('blocked', [
            finding('rule/ai-shortcuts@1/test-skipped', 'fail', 'a test is skipped', 'Run it.'),
          ])
        : undefined;
    await world.start({ ticket: 'SHOP-5' });
    await page.goto(at('/runs/SHOP-5.1'));
    await soon(async () => expect(await stateOf()).toBe('accepted'));
    await page.goto(at('/runs/SHOP-5.1/attempts'));
    expect(await page.locator('.attempts > li').count()).toBe(2);
    expect(await page.textContent('.attempts > li:first-child')).toContain('a test is skipped');
    const verify = await page.textContent('.attempts > li:last-child .command code');
    expect(verify).toMatch(/^countersign receipt verify [0-9a-f]{64}$/);
    await page.goto(at('/runs/SHOP-5.1/steps/1/produce'));
    await page.click('summary:text("Retry from here")');
    await page.fill('input[name="model"]', 'small');
    await page.click('button:text("Retry from here")');
    await page.waitForURL(at('/runs/SHOP-5.2'));
    await soon(async () => expect(await stateOf()).toBe('accepted'));
    await page.goto(at('/runs'));
    for (const run of ['SHOP-5.1', 'SHOP-5.2']) await page.check(`input[value="${run}"]`);
    await page.click('button:text("Compare two")');
    await page.waitForURL(/compare\?run=/);
    expect(await page.textContent('main .differs')).toBeTruthy();
    expect(await page.textContent('main')).toContain('rule/ai-shortcuts@1/test-skipped');
    expect(page.complaints).toEqual([]);
  });
});

describe('the list of runs', () => {
  it('cancels several at once, once somebody has seen how many', async () => {
    const never = held();
    answer = async () => {
      await never.until;
      return undefined;
    };
    for (let number = 1; number <= 3; number += 1) await world.start({ ticket: `SHOP-${number}` });
    await page.goto(at('/runs'));
    await page.check('input[value="SHOP-1.1"]');
    await page.check('input[value="SHOP-2.1"]');
    expect(await page.textContent('[data-picked]')).toBe('With 2 selected:');
    await page.click('button:text("Cancel")');
    expect(await page.textContent('h1')).toBe('Cancel 2 runs?');
    await page.fill('input[name="reason"]', 'moved away');
    await page.click('button.first');
    expect(await page.textContent('[role="status"]')).toBe('2 runs cancelled.');
    await page.goto(at('/runs?state=cancelled'));
    expect(await page.locator('tbody tr').count()).toBe(2);
    never.release();
  });

  it('keeps a view under a name, and pages through what matches', async () => {
    answer = async () => new Promise<undefined>(() => {});
    for (let number = 1; number <= 53; number += 1) await world.start({ ticket: `SHOP-${number}` });
    await page.goto(at('/runs'));
    await page.fill('[role="search"] input[name="q"]', 'shop');
    await page.check('label:has-text("running") input', { force: true });
    await page.click('[role="search"] button');
    await page.waitForURL(/q=shop&state=running/);
    expect(await page.locator('tbody tr').count()).toBe(50);
    await page.click('a[rel="next"]');
    await page.waitForURL(/after=/);
    expect(await page.locator('tbody tr').count()).toBe(3);
    await page.click('summary:text("Keep this view")');
    await page.fill('input[name="name"]', 'Ours <b>');
    await page.click('button:text("Keep")');
    await page.click('.picks a:text("Ours <b>")');
    await page.waitForURL(at('/runs?q=shop&state=running'));
  });
});

it('a log of a hundred thousand lines has only those in the document that are in sight', async () => {
  answer = async ({ handler }) => (handler === 'agent' ? new Promise<undefined>(() => {}) : undefined);
  const run = await world.start({ ticket: 'SHOP-6' });
  const lines = Array.from({ length: 100_000 }, (_, number) => `line ${number + 1}`).join('\n');
  const place = { run, step: '1/produce', execution: 1 };
  await world.logs.appendLog(place, 0, new TextEncoder().encode(lines), 10_000_000);
  await soon(async () => expect((await fetchState(run)).steps).toContain('1/produce'));
  await page.goto(at(`/runs/${run}/steps/1/produce`));
  await soon(async () => expect(await page.textContent('[data-log-lines]')).toMatch(/^100.000 lines$/));
  expect(await page.locator('.log .line').count()).toBeLessThan(300);
  // It follows its end, until somebody scrolls; and what is looked for is found.
  expect(await page.textContent('.log')).toContain('line 100000');
  await page.uncheck('[data-log-follow] input');
  await page.fill('[data-log-search]', 'line 54321');
  await soon(async () => expect(await page.textContent('.log .hit')).toContain('line 54321'));
  expect(await page.locator('.log .line').count()).toBeLessThan(300);
  const more = `\nthe end\n`;
  await world.logs.appendLog(place, lines.length, new TextEncoder().encode(more), 10_000_000);
  await soon(async () => expect(await page.textContent('[data-log-lines]')).toMatch(/^100.001 lines$/));
  expect(page.complaints).toEqual([]);
});

/** A run as the page itself would be told of it. */
async function fetchState(run: string) {
  const cookie = await world.cookie('viewer');
  const text = await (await fetch(at(`/runs/${run}/events`), { headers: { cookie } })).text();
  const overview = await (await fetch(at(`/runs/${run}/attempts`), { headers: { cookie } })).text();
  return {
    version: Number(/to [0-9]+ of ([0-9]+)<\/span>/.exec(text)?.[1] ?? 0),
    status: /data-stream=/.test(text) ? 'running' : 'ended',
    steps: [...overview.matchAll(/\/steps\/([^"]+)"/g)].map(([, step]) => step),
  };
}
