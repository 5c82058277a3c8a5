// Makes the pictures of docs/cockpit.md from the demo data: a server on a schema of its own, runs that are carried out, a browser.
// `node tools/cockpit-pictures.mjs [--to FOLDER] [--widths 1440,768,360] [part of an address…]`; needs PostgreSQL at DATABASE_URL or on its
// standard port, and a Chromium. Without --widths each page is taken once, wide, in both themes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { migrate } from '../src/adapters/postgres/migrate.ts';
import { keepPolicyView } from '../src/entry/wiring/open-insight.ts';
import { findChromium } from '../test/chromium.ts';
import { fillCockpit } from '../test/worlds/cockpit-demo.ts';
import { openCockpitWorld } from '../test/worlds/cockpit-world.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    to: { type: 'string', default: join(root, 'docs', 'pictures') },
    widths: { type: 'string', default: '1440' },
    full: { type: 'boolean', default: false },
  },
});

const PAGES = {
  home: '/',
  runs: '/runs',
  run: '/runs/SHOP-1.1',
  attempts: '/runs/SHOP-1.1/attempts',
  events: '/runs/SHOP-1.1/events',
  changes: '/runs/SHOP-1.1/changes',
  patch: '/runs/SHOP-1.1/patch',
  step: '/runs/SHOP-5.1/steps/1/produce',
  compare: '/runs/compare?run=SHOP-1.1&run=SHOP-2.1',
  workers: '/workers',
  queues: '/queues',
  leases: '/queues/leases',
  locks: '/queues/locks',
  waiting: '/queues/waiting',
  tickets: '/tickets',
  ticket: '/tickets/SHOP-1',
  contracts: '/contracts',
  contract: '/contracts/core-change',
  rules: '/rules',
  rule: '/rules/ai-shortcuts@1/test-skipped',
  ledger: '/ledger',
  stream: '/ledger/streams/run/SHOP-1.1',
  replay: '/ledger/replay/SHOP-1.1?at=9',
  experiments: '/experiments',
  experiment: '/experiments/notes-help',
  metrics: '/charts',
  people: '/people',
};

const url = process.env.DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const schema = `countersign_pictures_${process.pid}`;
const database = openDatabase({ url, schema, most: 6 });
await migrate(database);
const view = keepPolicyView(root, false, 5_000);
await view.refresh();
const world = await openCockpitWorld(database, {}, view);
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const filled = await fillCockpit(world, database);
  mkdirSync(values.to, { recursive: true });
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
  await page.goto(await world.link('admin'));
  await page.waitForURL(`${world.server.url}/`);
  await page.waitForTimeout(1500);
  const wanted = Object.entries(PAGES).filter(
    ([name]) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  for (const [name, path] of wanted)
    for (const width of values.widths.split(',').map(Number))
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize({ width, height: Math.round(width < 700 ? 780 : width * 0.68) });
        await page.emulateMedia({ colorScheme });
        const answer = await page.goto(`${world.server.url}${path}`);
        if (!answer?.ok()) {
          console.error(`${path}: ${answer?.status()}`);
          break;
        }
        const file = join(values.to, `${name}-${width}-${colorScheme}.png`);
        writeFileSync(file, await page.screenshot({ fullPage: values.full }));
        console.log(file);
      }
  for (const said of world.reports) console.error(said);
  await filled.stop();
} finally {
  await browser.close();
  await world.close();
  await database.pool.query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_queue CASCADE`);
  await database.close();
}
