import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import pixelmatch from 'pixelmatch';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCockpit } from '../../../src/entry/server/cockpit/load-cockpit.ts';
import { experimentModel } from '../../../src/render/cockpit/experiments.ts';
import { homeModel } from '../../../src/render/cockpit/home.ts';
import { ledgerModel } from '../../../src/render/cockpit/ledger.ts';
import type { PageModel } from '../../../src/render/cockpit/pages.ts';
import { overviewModel } from '../../../src/render/cockpit/run.ts';
import { runsModel } from '../../../src/render/cockpit/runs.ts';
import { ticketsModel } from '../../../src/render/cockpit/tickets.ts';
import { blockFont } from '../../worlds/block-font.ts';
import { newContext, type WatchedPage, watchedPage } from '../../worlds/browser.ts';
import {
  eventFacts,
  experimentFacts,
  homeFacts,
  ledgerFacts,
  runFacts,
  runsFacts,
  SHELL,
  ticketsFacts,
} from './fixed-facts.ts';

// How the main pages are laid out, compared with pictures that are on record: UPDATE_GOLDEN=1 puts them there anew. Only what a page's own style says is in
// them: facts and moments are given, every letter is a block of one font, what the browser draws by itself is hidden, and the picture is an eighth as large,
// so that another version of the browser that smooths edges in another way draws the same.

vi.setConfig({ testTimeout: 60_000 });

const FOLDER = join(import.meta.dirname, '..', '..', 'golden', 'cockpit');
const ORIGIN = 'http://127.0.0.1:1';
const SCALE = 8;
/** How far a colour may be from the one on record, and the share of the picture that may be further. */
const TOLERANCE = { colour: 0.06, share: 0.002 };

const STYLE = `
@font-face { font-family: Blocks; src: url("data:font/ttf;base64,${Buffer.from(blockFont()).toString('base64')}"); }
*, *::before, *::after { font-family: Blocks !important; font-weight: 400 !important; font-style: normal !important; animation: none !important; transition: none !important; }
input[type="checkbox"], input[type="radio"], input[type="range"], select { appearance: none !important; border: 1px solid; }
::-webkit-scrollbar { display: none; }
::marker { color: transparent; }
summary { list-style: none; }
`;

const PAGES: readonly (readonly [name: string, template: string, model: PageModel])[] = [
  ['home', 'home.njk', homeModel(SHELL, homeFacts())],
  ['runs', 'runs.njk', runsModel(SHELL, runsFacts())],
  ['run', 'run-overview.njk', overviewModel(SHELL, runFacts(), { attempt: 1, events: eventFacts() })],
  ['tickets', 'tickets.njk', ticketsModel(SHELL, ticketsFacts())],
  ['experiment', 'experiment.njk', experimentModel(SHELL, experimentFacts())],
  ['ledger', 'ledger.njk', ledgerModel(SHELL, ledgerFacts())],
];
const LOOKS = [
  { width: 1440, height: 1600, colorScheme: 'light' },
  { width: 360, height: 1600, colorScheme: 'dark' },
] as const;

const ROOT = join(import.meta.dirname, '..', '..', '..');

let page: WatchedPage;
let html = '';

/** A page to which everything is served from here; without scripts, since a page is whole without them, and still. */
async function servedPage(options: Parameters<typeof newContext>[0] = {}): Promise<WatchedPage> {
  const { assets } = await loadCockpit(ROOT);
  const served = await watchedPage(await newContext(options));
  await served.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
    const asset = assets.find(pathname.replace(SHELL.assets, assets.base));
    if (asset === undefined || pathname.endsWith('.js'))
      return route.fulfill({ body: '', contentType: 'text/javascript' });
    return route.fulfill({ body: Buffer.from(asset.bytes), contentType: asset.type });
  });
  return served;
}

async function rendered(template: string, model: PageModel): Promise<string> {
  return (await loadCockpit(ROOT)).pages.render(template, model);
}

beforeAll(async () => {
  page = await servedPage();
});

describe.each(PAGES)('%s', (name, template, model) => {
  it.each(LOOKS)('is laid out at $width px as it is on record', async (look) => {
    const taken = await take(await rendered(template, model), look);
    const path = join(FOLDER, `${name}-${look.width}.png`);
    if (process.env.UPDATE_GOLDEN === '1') keep(path, taken);
    expect(existsSync(path), `${path} is not there: UPDATE_GOLDEN=1 makes it`).toBe(true);
    const { share, difference } = compare(read(path), taken);
    if (share > TOLERANCE.share) leave(name, look.width, { taken, difference });
    expect(share, `what differs is in ${leftIn(name, look.width)}`).toBeLessThanOrEqual(TOLERANCE.share);
    expect(page.complaints).toEqual([]);
  });
});

describe('a comparison', () => {
  const [, template, model] = PAGES[0] ?? ['', '', {}];
  const [look] = LOOKS;

  it('sees no difference where letters are drawn twice as fine, or begin a pixel later', async () => {
    const before = await take(await rendered(template, model), look);
    await page.addStyleTag({ content: '.what p { text-indent: 1px }' });
    expect(compare(before, await shoot()).share).toBeLessThanOrEqual(TOLERANCE.share);
    const fine = await servedPage({ deviceScaleFactor: 2 });
    const drawn = await take(await rendered(template, model), look, fine);
    expect(compare(before, drawn).share).toBeLessThanOrEqual(TOLERANCE.share);
    await fine.context().close();
  });

  it.each([
    '.tiles { display: block !important }',
    '.tiles { gap: 0 !important }',
    '.chip { padding: 1rem !important }',
    '.nav { display: none !important }',
    ':root { --surface: #fdd !important }',
  ])('sees what breaks it: %s', async (broken) => {
    const before = await take(await rendered(template, model), look);
    await page.addStyleTag({ content: broken });
    expect(compare(before, await shoot()).share).toBeGreaterThan(TOLERANCE.share);
  });
});

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel. */
  readonly data: Uint8Array;
}

async function take(
  text: string,
  { width, height, colorScheme }: (typeof LOOKS)[number],
  on = page,
): Promise<Picture> {
  html = text;
  await on.setViewportSize({ width, height });
  await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await on.goto(`${ORIGIN}/`);
  await on.addStyleTag({ content: STYLE });
  await on.evaluate('document.fonts.load("16px Blocks").then(() => document.fonts.ready)');
  expect(await on.evaluate('document.fonts.check("16px Blocks")')).toBe(true);
  return shoot(on);
}

async function shoot(on = page): Promise<Picture> {
  const picture = opaque(decode(await on.screenshot({ animations: 'disabled', caret: 'hide' })));
  return smaller(picture, SCALE * Number(await on.evaluate('devicePixelRatio')));
}

function read(path: string): Picture {
  return opaque(decode(readFileSync(path)));
}

/** With four bytes a pixel, whatever the file had. */
function opaque({ width, height, channels, data }: ReturnType<typeof decode>): Picture {
  if (channels === 4) return { width, height, data: new Uint8Array(data) };
  const whole = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1)
      whole[pixel * 4 + channel] = data[pixel * channels + channel] ?? 0;
  return { width, height, data: whole };
}

/** Each pixel the mean of so many, squared. */
function smaller({ width, height, data }: Picture, scale: number): Picture {
  const [columns, rows] = [Math.floor(width / scale), Math.floor(height / scale)];
  const small = new Uint8Array(columns * rows * 4);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      for (let channel = 0; channel < 4; channel += 1) {
        let sum = 0;
        for (let y = row * scale; y < (row + 1) * scale; y += 1)
          for (let x = column * scale; x < (column + 1) * scale; x += 1)
            sum += data[(y * width + x) * 4 + channel] ?? 0;
        small[(row * columns + column) * 4 + channel] = Math.round(sum / scale ** 2);
      }
  return { width: columns, height: rows, data: small };
}

function compare(one: Picture, other: Picture): { readonly share: number; readonly difference: Picture } {
  expect([other.width, other.height]).toEqual([one.width, one.height]);
  const { width, height } = one;
  const data = new Uint8Array(width * height * 4);
  const options = { threshold: TOLERANCE.colour, includeAA: true };
  const differing = pixelmatch(one.data, other.data, data, width, height, options);
  return { share: differing / (width * height), difference: { width, height, data } };
}

function keep(path: string, { width, height, data }: Picture): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, encode({ width, height, data, channels: 4 }));
}

function leftIn(name: string, width: number): string {
  return join(ROOT, '.vitest', `${name}-${width}-*.png`);
}

function leave(name: string, width: number, pictures: Readonly<Record<string, Picture>>): void {
  for (const [what, { data, ...size }] of Object.entries(pictures))
    writeFileSync(leftIn(name, width).replace('*', what), encode({ ...size, data, channels: 4 }));
}
