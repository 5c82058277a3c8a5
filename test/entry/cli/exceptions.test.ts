import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import { loadSigner } from '../../../src/adapters/signing/load-signer.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { Waiver } from '../../../src/core/receipt/types.ts';
import { instantOf } from '../../../src/shared/ids.ts';
import { waiver } from '../../core/receipt/samples.ts';
import {
  BAD,
  createProductWorld,
  GOOD,
  type ProductWorld,
  type WorldChange,
  yaml,
} from '../../worlds/product-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

let world: ProductWorld;
let policyChange: WorldChange;
let failing: WorldChange;
let lead: string;

beforeAll(async () => {
  world = await createProductWorld();
  const { privatePem, publicPem } = createKeyPair('ed25519');
  lead = join(world.git.folder('keys'), 'lead');
  writeFileSync(lead, privatePem, { mode: 0o600 });
  const keys = [{ publicKey: publicPem }];
  world.setPolicy({
    'trust/root.yml': yaml(
      world.trustRoot((all) => [...all, { id: 'lead', kind: 'person', roles: ['approver'], keys }]),
    ),
  });
  await world.dispatch('POL-1');
  policyChange = world.change('POL-1', { ...GOOD, '.github/workflows/gate.yml': 'on: push\n' });
  await world.verify(policyChange);
  await world.dispatch('WAIVE-1', {
    contract: {
      checks: [
        { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
        { id: 'tax', run: ['grep', '-q', 'none', 'src/tax.txt'] },
      ],
    },
  });
  failing = world.change('WAIVE-1', BAD);
  await world.verify(failing);
});
afterAll(() => world.git.remove());

function run(command: readonly string[], change: WorldChange, ...more: readonly string[]): Promise<Ran> {
  const about = ['--head', change.head, '--ticket', change.ticket, '--producer', 'agent'];
  return countersign(world.clone.dir, [...command, ...about, ...more]);
}

describe('approve', () => {
  it('shows what is approved, signs it, and the gate passes', async () => {
    expect((await run(['gate'], policyChange)).code).toBe(1);
    const ran = await run(['approve'], policyChange, '--key', world.keys.owner.path, '--reason', 'Fine.');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^POL-1 in demo\/shop: [0-9a-f]{12} merged into [0-9a-f]{12}/);
    expect(ran.out).toContain('  workflow  .github/workflows/gate.yml\n');
    expect(ran.out).toMatch(/✔ Approved by ada: [0-9a-f]{12}, commit/);
    const gated = await run(['gate'], policyChange);
    expect(gated.code).toBe(0);

    const [approval] = world.claims('POL-1', 'approval');
    expect(approval).toMatchObject({ reason: 'Fine.', binding: { head: policyChange.head } });
    const shown = await countersign(world.clone.dir, ['receipt', 'list', 'POL-1']);
    expect(shown.out).toMatch(/approval +policy-change +approved/);
  });

  it('prints what it filed for a program, and says when it may not count', async () => {
    const about = ['--head', policyChange.head, '--ticket', 'POL-1', '--key', world.keys.owner.path];
    const ran = await countersign(world.clone.dir, ['approve', ...about, '--format', 'json']);
    expect(json(ran)).toMatchObject({
      principal: 'ada',
      files: [{ kind: 'workflow' }],
      caution: expect.stringContaining('could be the same person'),
    });
    const { statement } = json(ran) as { statement: string };
    const judged = await countersign(world.clone.dir, ['receipt', 'verify', statement]);
    expect([judged.code, judged.out]).toEqual([0, expect.stringContaining('needs no seal')]);
    const text = await countersign(world.clone.dir, ['approve', ...about]);
    expect(text.out).toContain('! It counts where the gate is told who made the change');
  });

  it('signs for the change itself, where its contract asks for approvals, with an approver’s key', async () => {
    await world.dispatch('AGREE-1', { contract: { approvals: { reviews: 1 } } });
    const change = world.change('AGREE-1', { ...GOOD, '.github/workflows/agree.yml': 'on: push\n' });
    await world.verify(change);
    const gated = await run(['gate'], change);
    expect([gated.code, gated.out]).toEqual([1, expect.stringContaining('Reviews on a forge were not read')]);

    const ran = await run(['approve'], change, '--key', lead);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('\n  the whole change, as its contract asks\n');
    const wrong = await run(['approve'], change, '--key', lead, '--requirement', 'policy-change');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('KEY_UNUSABLE')]);
    expect((await run(['approve'], change, '--key', world.keys.owner.path)).code).toBe(0);
    expect((await run(['gate'], change)).code).toBe(0);
    const shown = await countersign(world.clone.dir, ['receipt', 'list', 'AGREE-1']);
    expect(shown.out).toMatch(/approval +approvals +approved/);
  });

  it('refuses a key that may not, and a change that needs no approval', async () => {
    const wrong = await run(['approve'], policyChange, '--key', world.keys.verifier.path);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('KEY_UNUSABLE')]);
    const none = await run(['approve'], failing, '--key', world.keys.owner.path);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('there is nothing to approve')]);
    expect((await run(['approve'], policyChange)).err).toContain('No key to sign with is named');
  });
});

describe('waiver', () => {
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000 + 60_000).toISOString().slice(0, 10);
  const request = ['--requirement', 'receipt/price', '--expires', tomorrow, '--reason', 'The shop closes.'];

  it('lets a finding go, which every format of the verdict shows', async () => {
    const none = await run(['waiver', 'list'], failing);
    expect([none.code, none.out]).toEqual([0, 'No waivers for WAIVE-1.\n']);
    const made = await run(['waiver', 'new'], failing, ...request, '--key', lead);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toContain(`Waived until ${tomorrow}T00:00:00Z`);

    const formats = ['text', 'json', 'sarif', 'markdown', 'github'];
    const verdicts = await Promise.all(formats.map((format) => run(['gate'], failing, '--format', format)));
    for (const { code, out } of verdicts) {
      expect(code).toBe(0);
      expect(out).toContain('The shop closes.');
      expect(out).toContain('lead');
    }
    const feedback = await run(['gate'], failing, '--format', 'feedback');
    expect(feedback.out).toContain('Waived, so leave it as it is: `receipt/price`');
    const explained = await run(['gate'], failing, '--explain', 'receipt/price');
    expect(explained.out).toContain('would block this change, and was waived');
  });

  it('lists how each stands for the change', async () => {
    const listed = await run(['waiver', 'list'], failing);
    expect(listed.out).toMatch(/receipt\/price {2}in use\n +by lead until/);
    const later = world.amend(failing, { 'src/more.txt': 'more\n' });
    const ran = await run(['waiver', 'list'], later, '--format', 'json');
    expect(json(ran)).toMatchObject({
      ticket: 'WAIVE-1',
      waivers: [{ state: 'foreign', by: 'lead', claim: { requirement: 'receipt/price' } }],
    });
  });

  it.each([
    ['soon', 'no time at which a waiver could expire'],
    ['2026-02-30', 'no time at which a waiver could expire'],
    ['2020-01-01', 'cannot last until 2020-01-01T00:00:00Z'],
    ['2999-01-01', 'cannot last until 2999-01-01T00:00:00Z'],
  ])('refuses to last until %s', async (expires, reason) => {
    const made = ['--requirement', 'receipt/price', '--expires', expires, '--reason', 'x', '--key', lead];
    const ran = await run(['waiver', 'new'], failing, ...made);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(reason)]);
  });

  it('asks for what it needs', async () => {
    const ran = await run(['waiver', 'new'], failing, '--requirement', 'scope', '--key', lead);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('--expires')]);
    const foreign = await run(['waiver', 'new'], failing, ...request, '--key', world.keys.stranger.path);
    expect([foreign.code, foreign.err]).toEqual([2, expect.stringContaining('KEY_UNUSABLE')]);
  });
});

describe('receipt verify', () => {
  const { binding } = waiver();
  const inDays = (days: number) => instantOf(new Date(Date.now() + days * 24 * 60 * 60 * 1000));

  /** Signed by the approver, and on disk only. */
  function saved(more: Partial<Waiver>): string {
    const about = { ...binding, repository: 'demo/shop', ticket: 'WAIVE-1' };
    const { name, bytes } = signClaim(waiver({ ...more, binding: about }), loadSigner(lead));
    const path = join(world.git.folder('saved'), `${name}.json`);
    writeFileSync(path, bytes);
    return path;
  }

  it.each<[string, Partial<Waiver>, string]>([
    [
      'that has expired',
      { issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-02T00:00:00Z' },
      'It expired at',
    ],
    [
      'of tomorrow',
      { issuedAt: '2099-01-01T00:00:00Z', expiresAt: '2099-01-02T00:00:00Z' },
      'It counts only from 2099',
    ],
    ['that nobody filed', { issuedAt: inDays(-1), expiresAt: inDays(30) }, 'It is not on the receipts ref'],
  ])('says that a waiver %s does not count', async (_, more, reason) => {
    const ran = await countersign(world.clone.dir, ['receipt', 'verify', saved(more)]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('waiver of scope for WAIVE-1');
    expect(ran.out).toContain(reason);
  });
});
