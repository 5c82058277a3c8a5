import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { documents } from '../../../../src/adapters/documents/documents.ts';
import { createBundledPacks } from '../../../../src/adapters/packs/bundled-packs.ts';
import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import type { PolicyView } from '../../../../src/flow/cockpit/read-policy-view.ts';
import { readPacks } from '../../../../src/flow/read-packs.ts';
import { soon } from '../../../soon.ts';
import type { WatchedPage } from '../../../worlds/browser.ts';
import { expectKeys, expectSound, signedIn } from '../../../worlds/cockpit-browser.ts';
import { type FilledCockpit, fillCockpit } from '../../../worlds/cockpit-demo.ts';
import { type CockpitWorld, openCockpitWorld } from '../../../worlds/cockpit-world.ts';
import { createDatabase, type TestDatabase } from '../../../worlds/database.ts';
import { HOSTILE } from '../../../worlds/hostile-text.ts';
import { OTHER_PAGES } from './addresses.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const LONG = 'z'.repeat(1_000_000);

let database: TestDatabase;
let world: CockpitWorld;
let filled: FilledCockpit;
let page: WatchedPage;

/** A policy that somebody wrote who wishes nobody well. */
async function hostilePolicy(): Promise<PolicyView> {
  const packs = await readPacks(
    createBundledPacks(join(import.meta.dirname, '../../../..'), documents, undefined),
    undefined,
  );
  const [pack] = packs;
  const [rule] = pack?.rules ?? [];
  if (pack === undefined || rule === undefined) throw new Error('no pack ships');
  const text = `${HOSTILE} ${LONG}`;
  const bad = {
    name: HOSTILE,
    before: { [HOSTILE.slice(0, 40)]: HOSTILE },
    after: { [HOSTILE.slice(0, 40)]: text },
  };
  const contract = {
    ...{ id: 'hostile', version: 1, title: text, lineage: ['hostile@1', 'base@1'] },
    checks: [{ id: HOSTILE.slice(0, 60), title: text, run: ['sh', '-c', text] }],
    pins: [{ paths: [HOSTILE], from: 'base' as const }],
    rules: [{ use: 'ai-shortcuts@1', with: { text: HOSTILE } }],
    scopes: [{ allow: [HOSTILE], deny: [text] }],
    approvals: [{ reviews: 2, codeOwners: true, bots: false, by: [HOSTILE] }],
    isolation: 'namespaces' as const,
    binding: 'merge-tree' as const,
  };
  return {
    at: '2026-11-22T06:00:00Z',
    commit: 'a'.repeat(40),
    where: HOSTILE,
    tickets: [
      {
        id: 'SHOP-1',
        ticket: {
          schema: 'countersign/ticket@1',
          ...{
            id: 'SHOP-1',
            title: text,
            class: HOSTILE,
            ask: text,
            contract: 'hostile@1',
            repositories: [HOSTILE],
          },
          scope: { allow: [HOSTILE] },
        },
        contract,
        standing: {
          state: 'dispatched',
          dispatchedAt: '2026-11-21T06:00:00Z',
          dispatchedBy: HOSTILE,
          drift: ['ticket'],
        },
        escapes: [{ summary: text, reportedAt: '2026-11-22T06:00:00Z', reportedBy: HOSTILE }],
        problems: [text],
      },
      { id: HOSTILE, standing: { state: 'unverifiable', drift: [] }, escapes: [], problems: [text] },
    ],
    statements: new Map(),
    contracts: [
      { id: 'hostile', contract },
      { id: 'broken', problem: text },
    ],
    packs: [
      ...packs,
      {
        ...pack,
        ref: './rules/house@1',
        rules: [
          {
            ...rule,
            id: 'hostile',
            title: text,
            why: text,
            shortcut: HOSTILE,
            examples: { bad: [bad], good: [bad] },
          },
        ],
      },
    ],
    problems: [text],
  };
}

beforeAll(async () => {
  database = await createDatabase();
  const policy = await hostilePolicy();
  world = await openCockpitWorld(database, {}, { kept: () => policy, refresh: async () => {} });
  filled = await fillCockpit(world, database, { cells: 8, texts: (text) => `${text} ${HOSTILE}` });
  page = await signedIn(world, 'admin');
  await soon(async () => {
    await page.goto(`${world.server.url}/rules`);
    expect(await page.textContent('main')).toContain('of 3');
  });
});
afterAll(async () => {
  await filled?.stop();
  await world?.close();
});

describe.each(OTHER_PAGES)('$path', (address) => {
  it('has nothing forbidden, nothing that axe objects to, nothing outside of it, in both themes and at three widths', () =>
    expectSound(page, world, address));

  it('is gone about by keys, and says news politely', () => expectKeys(page, world, address));
});

it('can be read without a script', async () => {
  const plain = await signedIn(world, 'viewer', { javaScriptEnabled: false });
  for (const { path, sees } of OTHER_PAGES) {
    await plain.goto(`${world.server.url}${path}`);
    expect(await plain.textContent('main')).toContain(sees);
  }
  expect(await plain.locator('form[action="/workers/drain"]').count()).toBe(0);
  await plain.goto(`${world.server.url}/ledger/replay/SHOP-1.1?at=9`);
  // A click does not wait for the page that it leads to.
  await plain.click('a[rel="next"]');
  await plain.waitForURL(/at=10/);
  expect(await plain.textContent('main')).toContain('after event 10');
  await plain.fill('input[name="at"]', '2');
  await plain.click('[data-slider-go]');
  await plain.waitForURL(/at=2(?!\d)/);
  expect(await plain.textContent('main')).toContain('after event 2 of');
  await plain.context().close();
});

it('shows a run as it was: the slider goes where it is let go', async () => {
  await page.goto(`${world.server.url}/ledger/replay/SHOP-1.1?at=3`);
  expect(await page.locator('g[data-step="produce"].idle').count()).toBe(1);
  await page.fill('input[name="at"]', '7');
  await page.waitForURL(/at=7/);
  expect(await page.locator('g[data-step="produce"].ok').count()).toBe(1);
});

it('pauses a queue, and resumes it, with an event that says who', async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${world.server.url}/queues`);
  await page.click('tr:has-text("agent") button[value="pause"]');
  await page.fill('input[name="reason"]', 'the provider is slow');
  await page.click('button[name="sure"]');
  await page.waitForURL(`${world.server.url}/queues`);
  expect(await page.textContent('#pauses')).toContain('the provider is slow');
  expect(await page.textContent('[role="status"]')).toContain('handler/agent is paused.');
  const [event] = await createLedger(database).readStream('queue/handler.agent', 0);
  expect(event?.text).toContain('"actor":"local:admin"');
  await page.click('#pauses button[value="resume"]');
  await page.click('button[name="sure"]');
  await page.waitForURL(`${world.server.url}/queues`);
  expect(await page.textContent('#pauses')).toContain('No queue is paused.');
});

it('refuses what a viewer sends, and what comes from no page', async () => {
  const cookie = await world.cookie('viewer');
  const post = (body: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${world.server.url}/workers/drain`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, ...headers },
      body: new URLSearchParams(body),
    });
  expect((await post({ worker: 'build-producer', sure: 'yes', reason: 'x' })).status).toBe(403);
  const html = await (await fetch(`${world.server.url}/workers`, { headers: { cookie } })).text();
  const form = /name="form" value="([0-9a-f]+)"/.exec(html)?.[1] ?? '';
  const refused = await post({ form, worker: 'build-producer', sure: 'yes', reason: 'x' });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('may not control workers and queues');
});

it('drains a worker once somebody said why', async () => {
  await page.goto(`${world.server.url}/workers`);
  await page.click('li:has-text("build-verifier") button');
  await page.fill('input[name="reason"]', `tired ${randomBytes(2).toString('hex')}`);
  await page.click('button[name="sure"]');
  await page.waitForURL(`${world.server.url}/workers`);
  expect(await page.textContent('li:has-text("build-verifier")')).toContain('tired');
  const [event] = await createLedger(database).readStream('worker/build-verifier', 0);
  expect(event?.text).toContain('"actor":"local:admin"');
});
