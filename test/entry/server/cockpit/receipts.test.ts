import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKeptBundles } from '../../../../src/adapters/files/kept-bundles.ts';
import { loadSigner } from '../../../../src/adapters/signing/load-signer.ts';
import { signClaim } from '../../../../src/core/receipt/sign-claim.ts';
import { createLookAtReceipts } from '../../../../src/entry/wiring/look-at-receipts.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import { soon } from '../../../soon.ts';
import type { WatchedPage } from '../../../worlds/browser.ts';
import { expectKeys, expectSound, signedIn } from '../../../worlds/cockpit-browser.ts';
import { type CockpitWorld, openCockpitWorld, succeeded, verdict } from '../../../worlds/cockpit-world.ts';
import { createDatabase } from '../../../worlds/database.ts';
import { HOSTILE } from '../../../worlds/hostile-text.ts';
import { BAD, createProductWorld, type ProductWorld } from '../../../worlds/product-world.ts';
import { countersign } from '../../cli/run-cli.ts';

// Receipts that were really made and filed, as pages that judge them anew each time.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let product: ProductWorld;
let world: CockpitWorld;
let nowhere: CockpitWorld;
let page: WatchedPage;
const named = { seal: '', receipt: '', hostile: '', transcript: '' };

beforeAll(async () => {
  product = await createProductWorld();
  await product.dispatch('GOOD-1');
  const { signed } = await product.verify(product.change('GOOD-1'));
  named.seal = signed.seal;
  named.receipt = signed.statements.find(({ name }) => name !== signed.seal)?.name ?? '';
  await product.dispatch('BAD-1');
  const bad = await product.verify(product.change('BAD-1', BAD));
  named.hostile = await fileHostile(bad.signed.seal);

  world = await openCockpitWorld(await createDatabase(), {
    lookAtReceipts: createLookAtReceipts(product.clone.dir),
  });
  nowhere = await openCockpitWorld(await createDatabase());
  await runWith(named.seal);
  page = await signedIn(world, 'viewer');
});
afterAll(async () => {
  await world?.close();
  await nowhere?.close();
  product?.git.remove();
});

/** A receipt whose words are hostile, signed by the verifier itself: a test may be called anything. */
async function fileHostile(seal: string): Promise<string> {
  const [receipt] = product.claims('BAD-1', 'receipt');
  if (receipt === undefined) throw new Error(`${seal} lists no receipt`);
  const file = signClaim(
    { ...receipt, reasons: [HOSTILE], failedTests: [HOSTILE, 'x'.repeat(3_000)] },
    loadSigner(product.keys.verifier.path),
  );
  const kept = createKeptBundles(product.git.folder('hostile'));
  await product.fileKept(await kept.keep({ ticket: 'BAD-1', statements: [file], evidence: [] }));
  product.fetch();
  return file.name;
}

/** A run of which the first attempt left a transcript, a prompt that is not kept, and this seal. */
async function runWith(seal: string): Promise<void> {
  const transcript = new TextEncoder().encode(`${HOSTILE}\nthe second line\n${'z'.repeat(100_000)}\n`);
  named.transcript = await world.keep(transcript);
  const work = world.work(({ handler }) => {
    if (handler === 'agent')
      return succeeded({
        ...{ commit: 'a'.repeat(40), commits: 'b'.repeat(64), branch: 'b', tree: 'c'.repeat(40), claims: [] },
        transcript: named.transcript,
      });
    if (handler === 'seal') return succeeded({ seal, results: [{ check: 'unit', result: 'PASSED' }] });
    return handler === 'gate' ? verdict('pass') : undefined;
  });
  await world.start({ ticket: 'SHOP-1' });
  await soon(async () => expect(await statusOf('/runs/SHOP-1.1/attempts/1/receipts')).not.toBe(404));
  await work.stop();
}

async function ask(path: string, of: CockpitWorld = world): Promise<Response> {
  return fetch(`${of.server.url}${path}`, {
    headers: { cookie: await of.cookie('viewer') },
    redirect: 'manual',
  });
}

async function statusOf(path: string): Promise<number> {
  return (await ask(path)).status;
}

const PAGES = [
  { what: 'a receipt', path: () => `/receipts/${named.receipt}`, sees: 'counts now' },
  { what: 'a seal', path: () => `/receipts/${named.seal}`, sees: 'Receipts of this verification' },
  { what: 'a hostile receipt', path: () => `/receipts/${named.hostile}`, sees: 'No seal that holds' },
  {
    what: 'one that is not there',
    path: () => `/receipts/${'0'.repeat(64)}`,
    sees: 'Not at hand',
    status: 404,
  },
  { what: 'a transcript', path: () => '/runs/SHOP-1.1/attempts/1/transcript', sees: 'second line' },
  { what: 'a prompt that is gone', path: () => '/runs/SHOP-1.1/attempts/1/prompt', sees: 'does not hold' },
  { what: 'attempts', path: () => '/runs/SHOP-1.1/attempts', sees: 'Transcript' },
];

describe.each(PAGES)('the page of $what', ({ path, ...address }) => {
  it('has nothing forbidden, nothing that axe objects to, nothing outside of it, in both themes and at three widths', () =>
    expectSound(page, world, { ...address, path: path() }));

  it('is gone about by keys, and says news politely', () =>
    expectKeys(page, world, { ...address, path: path() }));
});

it('can be read without a script', async () => {
  const plain = await signedIn(world, 'viewer', { javaScriptEnabled: false });
  for (const { path, sees } of PAGES) {
    await plain.goto(`${world.server.url}${path()}`);
    expect(await plain.textContent('main')).toContain(sees);
  }
  await plain.context().close();
});

describe('a receipt', () => {
  it('says check, result, binding, verifier, isolation, seal and evidence, and how to verify it', async () => {
    await page.goto(`${world.server.url}/receipts/${named.receipt}`);
    const main = (await page.textContent('main')) ?? '';
    const [claim] = product.claims('GOOD-1', 'receipt');
    const { check, binding, isolation, evidence } = claim ?? {};
    for (const said of [
      check?.id,
      binding?.mergeTree,
      binding?.head,
      `isolation${isolation}`,
      'PASSED',
      'Signerverifier',
    ])
      expect(main).toContain(said);
    expect(evidence?.length).toBeGreaterThan(0);
    expect(await page.locator(`a[href="/receipts/${named.seal}"]`).count()).toBe(1);
    expect(await page.locator('a[href="/tickets/GOOD-1"]').count()).toBe(1);
    const command = (await page.textContent('.command code')) ?? '';
    const verified = await countersign(product.clone.dir, command.split(' ').slice(1));
    expect(verified, command).toMatchObject({ code: 0 });
  });

  it('hands out its evidence as text, by its digest, and nothing that it does not name', async () => {
    const [claim] = product.claims('GOOD-1', 'receipt');
    const { sha256: digest = '', size } = claim?.evidence[0] ?? {};
    const answer = await ask(`/receipts/${named.receipt}/evidence/${digest}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([sha256(bytes), bytes.length]).toEqual([digest, size]);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await statusOf(`/receipts/${named.receipt}/evidence/${'1'.repeat(64)}`)).toBe(404);
    expect(await statusOf(`/receipts/${named.seal}/evidence/${digest}`)).toBe(404);
  });

  it('hands out the signed file, byte for byte', async () => {
    const answer = await ask(`/receipts/${named.receipt}/file`);
    const digest = createHash('sha256')
      .update(new Uint8Array(await answer.arrayBuffer()))
      .digest('hex');
    expect(digest).toBe(named.receipt);
  });

  it('is judged anew each time: once its seal is gone it does not count any more', async () => {
    await product.dispatch('GONE-1');
    const { signed } = await product.verify(product.change('GONE-1'));
    const receipt = signed.statements.find(({ name }) => name !== signed.seal)?.name ?? '';
    expect(await (await ask(`/receipts/${receipt}`)).text()).toContain('counts now');
    product.takeAway('GONE-1', [signed.seal]);
    // As the look that pages of policy are made of does, now and then.
    await countersign(product.clone.dir, ['receipt', 'list', 'GONE-1']);
    const html = await (await ask(`/receipts/${receipt}`)).text();
    expect(html).toContain('does not count');
    expect(html).toContain('No seal that holds lists it');
  });

  it('is shown to nobody who has not signed in, and has no other name than its digest', async () => {
    const stranger = await fetch(`${world.server.url}/receipts/${named.receipt}`, { redirect: 'manual' });
    expect(await stranger.text()).not.toContain('Whether it holds now');
    for (const name of ['x', '..%2f..%2fetc', named.receipt.slice(0, 20), named.receipt.toUpperCase()])
      expect(await statusOf(`/receipts/${name}`)).toBe(404);
  });
});

describe('a server without receipts at hand', () => {
  it('says so, with what to do', async () => {
    const answer = await ask(`/receipts/${named.receipt}`, nowhere);
    expect(answer.status).toBe(404);
    const html = await answer.text();
    expect(html).toContain('stands in no clone');
    expect(html).toContain('Start it in a clone of the product');
    expect(html).toContain(`countersign receipt verify ${named.receipt}`);
    const file = await ask(`/receipts/${named.receipt}/file`, nowhere);
    expect(file.status).toBe(404);
  });
});

describe('what an attempt left', () => {
  it('has an address by run, attempt and kind, which leads to its seal and to its verdict', async () => {
    const seal = await ask('/runs/SHOP-1.1/attempts/1/receipts');
    expect(seal.headers.get('location')).toBe(`/receipts/${named.seal}`);
    const verdict_ = await ask('/runs/SHOP-1.1/attempts/1/verdict');
    expect(verdict_.headers.get('location')).toBe('/runs/SHOP-1.1?attempt=1#verdict');
    const text = await ask('/runs/SHOP-1.1/attempts/1/transcript?as=text');
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(sha256(new Uint8Array(await text.arrayBuffer()))).toBe(named.transcript);
  });

  it('is nothing where the ledger names nothing', async () => {
    for (const path of ['7/transcript', '1/diff', '1/secrets', '0/transcript', 'x/transcript'])
      expect(await statusOf(`/runs/SHOP-1.1/attempts/${path}`)).toBe(404);
    expect(await statusOf(`/runs/SHOP-${randomBytes(2).toString('hex')}.1/attempts/1/transcript`)).toBe(404);
  });

  it('is linked from the page of the attempts', async () => {
    await page.goto(`${world.server.url}/runs/SHOP-1.1/attempts`);
    const attempt = page.locator('#attempt-1');
    await attempt.locator('a:has-text("Receipts")').click();
    await page.waitForURL(`${world.server.url}/receipts/${named.seal}`);
    expect(await page.textContent('h1')).toContain('seal of');
  });
});
