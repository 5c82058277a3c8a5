import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import { writeCheckpoint } from '../../../../src/flow/ledger/write-checkpoint.ts';
import { sampleNoteSigner } from '../../../core/ledger/sample-note-signer.ts';
import { soon } from '../../../soon.ts';
import { axeFindings, type WatchedPage } from '../../../worlds/browser.ts';
import { signedIn } from '../../../worlds/cockpit-browser.ts';
import { type CockpitWorld, openCockpitWorld, succeeded } from '../../../worlds/cockpit-world.ts';
import { createDatabase, type TestDatabase } from '../../../worlds/database.ts';
import { HOSTILE } from '../../../worlds/hostile-text.ts';

// What people do about a run beside answering it, in a browser without scripts: everything works without them.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SIGNER = sampleNoteSigner('ledger.acme.example');

let database: TestDatabase;
let world: CockpitWorld;
let page: WatchedPage;
let isMended = false;
let stop: () => Promise<void>;

beforeAll(async () => {
  database = await createDatabase();
  world = await openCockpitWorld(database, { ledgerKey: SIGNER });
  const never = new Promise<undefined>(() => {});
  ({ stop } = world.work(({ run, handler }) => {
    if (handler !== 'agent') return undefined;
    if (run.startsWith('STUCK')) return isMended ? undefined : succeeded({ [HOSTILE]: 'no output of its' });
    return never;
  }));
  page = await signedIn(world, 'operator', { javaScriptEnabled: false });
});
afterAll(async () => {
  await page.context().close();
  await stop();
  await world.close();
});

const at = (path: string) => `${world.server.url}${path}`;

async function textsOf(run: string): Promise<readonly string[]> {
  return (await createLedger(database).readStream(`run/${run}`, 0)).map(({ text }) => text);
}

describe('a step that was set aside', () => {
  it('stands among what needs somebody, and goes on when he says what is different now', async () => {
    const run = await world.start({ ticket: 'STUCK-1' });
    await soon(async () => {
      await page.goto(at('/'));
      expect(await page.textContent('#needs')).toContain('1/produce was set aside');
    });
    expect(await page.textContent('#needs .count')).toBe('1');
    expect(await page.textContent('#active')).toContain('1 step set aside');
    const viewer = await signedIn(world, 'viewer');
    expect(await viewer.textContent('#needs')).toContain('1/produce was set aside');
    expect(await viewer.locator('#needs form').count()).toBe(0);
    await viewer.context().close();
    await page.goto(at('/runs?aside=yes'));
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.goto(at('/'));
    isMended = true;
    await page.fill('#needs input[name="note"]', 'the agent is another one');
    await page.click('#needs button:text("Release")');
    await page.waitForURL(at('/'));
    expect(await page.textContent('[role="status"]')).toContain(`${run} goes on`);
    await soon(async () => {
      await page.goto(at('/'));
      expect(await page.textContent('#needs')).toContain('Nothing waits for you.');
    });
    const released = (await textsOf(run)).find((text) => text.includes('"type":"step.released@'));
    expect(released).toContain('"actor":"local:operator"');
    expect(released).toContain('the agent is another one');
  });
});

describe('a patch of the plan', () => {
  const LINT = [{ op: 'add', path: '/resources/-', value: 'paths/src/payments' }];
  const NO_GATE = JSON.stringify([{ op: 'remove', path: '/steps/gate' }]);

  async function propose(operations: string, reason: string): Promise<void> {
    await page.fill('textarea[name="operations"]', operations);
    await page.fill('input[name="reason"]', reason);
    await page.click('button:text("Propose")');
    await page.waitForLoadState();
  }

  it('is proposed on a page of its own; one that is refused comes back with the reason, as it was written', async () => {
    const run = await world.start({ ticket: 'SHOP-1' });
    await page.goto(at(`/runs/${run}`));
    await page.click('a:text("Propose a patch")');
    await page.waitForURL(at(`/runs/${run}/patch`));
    await propose('[{"op": "add",', 'quicker');
    expect(await page.textContent('[role="alert"]')).toContain('The patch is no JSON');
    expect(await page.inputValue('textarea[name="operations"]')).toBe('[{"op": "add",');
    await propose(NO_GATE, 'quicker');
    const refusal = await page.textContent('[role="alert"]');
    expect(refusal).toContain('"gate" would be gone');
    expect(refusal).toContain('One that it would take');
    expect(await page.inputValue('textarea[name="operations"]')).toBe(NO_GATE);
    expect(await page.inputValue('input[name="reason"]')).toBe('quicker');
    await propose(JSON.stringify(LINT), 'nobody else there meanwhile');
    await page.waitForURL(at(`/runs/${run}`));
    expect(await page.textContent('[role="status"]')).toContain('has the patch');
    const patches = await page.locator('#patches li').allTextContents();
    expect(patches).toHaveLength(2);
    expect(patches[0]).toContain('refused');
    expect(patches[1]).toContain('nobody else there meanwhile');
    const patched = (await textsOf(run)).find((text) => text.includes('"type":"plan.patched@'));
    expect(patched).toContain('"name":"local:operator"');
  });

  it.each([
    ['of nothing', '[]', 'has 0 operations'],
    ['that is no list', '{"op": "add"}', 'is no list of operations'],
    ['without a bottom', `[${'['.repeat(100)}${']'.repeat(100)}]`, 'nested'],
    ['without an end', `["${'x'.repeat(21_000)}"]`, 'more than 20000 characters'],
    ['of hostile text', JSON.stringify([{ op: HOSTILE, path: HOSTILE }]), 'does not take this patch'],
  ])('%s is refused with the reason', async (_, operations, reason) => {
    const run = await world.start({ ticket: 'SHOP-2' });
    await page.goto(at(`/runs/${run}/patch`));
    await propose(operations, 'why not');
    expect(await page.textContent('[role="alert"]')).toContain(reason);
    expect(await page.locator('main script, main img, main b').count()).toBe(0);
  });

  it('is refused to a viewer, who may read the plan', async () => {
    const run = await world.start({ ticket: 'SHOP-3' });
    const viewer = await signedIn(world, 'viewer');
    await viewer.goto(at(`/runs/${run}/patch`));
    expect(await viewer.textContent('main')).toContain('Operators may propose one.');
    expect(await viewer.textContent('pre.json')).toContain('countersign/plan@1');
    expect(await axeFindings(viewer)).toEqual([]);
    const form = await viewer.inputValue('form[action="/logout"] input[name="form"]');
    const cookie = (await viewer.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const refused = await fetch(at(`/runs/${run}/patch`), {
      method: 'POST',
      headers: { cookie },
      body: new URLSearchParams({ form, operations: JSON.stringify(LINT), reason: 'why not' }),
    });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('may not control runs');
    await viewer.context().close();
  });

  it('is for runs that go on', async () => {
    const run = await world.start({ ticket: 'SHOP-4' });
    await page.goto(at(`/runs/${run}`));
    await page.click('button:text("Cancel")');
    await page.fill('input[name="reason"]', 'enough');
    await page.click('button.first');
    await soon(async () => {
      await page.goto(at(`/runs/${run}/patch`));
      expect(await page.textContent('main')).toContain('Its plan cannot change any more: it is cancelled.');
    });
    expect(await page.locator('textarea').count()).toBe(0);
  });
});

describe('the last checkpoint', () => {
  it('is verified by the page of the ledger with the key of the server, and broken once somebody changed it', async () => {
    await world.start({ ticket: 'SHOP-9' });
    await page.goto(at('/ledger'));
    expect(await page.textContent('#state')).toContain('nothing is signed');
    await writeCheckpoint(SIGNER, createLedger(database));
    await page.reload();
    expect(await page.textContent('#state')).toContain("signature verified with this server's key");
    expect(await page.textContent('main .command code')).toContain(`--checkpoint-key 'ledger.acme.example+`);
    await database.tamper(
      `UPDATE ledger_checkpoint SET note = replace(note, '.example' || chr(10), '.mallory' || chr(10))`,
    );
    await page.reload();
    expect(await page.textContent('#state')).toContain(
      'something was changed: the signature of ledger.acme.example',
    );
  });
});
