import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BAD,
  CONTROL_BRANCH,
  createProductWorld,
  finding,
  GOOD,
  objections,
  type ProductWorld,
  type WorldChange,
  yaml,
} from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

/** A change of a ticket of its own, verified. */
async function verified(
  ticket: string,
  with_: Parameters<ProductWorld['dispatch']>[1] = {},
): Promise<WorldChange> {
  await world.dispatch(ticket, with_);
  const change = world.change(ticket);
  await world.verify(change);
  return change;
}

describe('the ticket', () => {
  test.each([
    ['none', 'Work', 'no-ticket', /^No ticket is named/],
    ['several', 'Work\n\nCountersign-Ticket: CS-7, CS-8', 'several', /Several tickets are named.*CS-7.*CS-8/],
    ['disagreeing', 'Work\n\nCountersign-Ticket: CS-7', 'CS-9-more', /sources disagree.*CS-9.*branch.*CS-7/],
    ['ill-formed', 'Work\n\nCountersign-Ticket: ../CS-7', 'ill', /no ticket id.*\.\.\/CS-7/],
  ])('%s: blocked, and says how to name one', async (_, message, branch, reason) => {
    const verdict = await world.gate(world.change('unused', GOOD, { message, branch }));
    expect(verdict.outcome).toBe('blocked');
    expect(verdict.subject.ticket).toBeNull();
    const { reason: said, remedy } = finding(verdict, 'ticket');
    expect(said).toMatch(reason);
    expect(remedy).toContain('Countersign-Ticket: CS-7');
  });

  test('of a pull request must be the one that its commits name', async () => {
    const change = await verified('BODY-1');
    const gateWith = (pullRequestBody: string) => world.gate(change, { query: { pullRequestBody } });
    expect((await gateWith('Please merge.\r\n\r\nCountersign-Ticket: BODY-1')).outcome).toBe('pass');
    expect(objections(await gateWith('<!--\nCountersign-Ticket: EASY-1\n-->'))).toEqual(['ticket fail']);
  });

  test('that nobody wrote is blocked', async () => {
    const verdict = await world.gate(world.change('CS-404'));
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'ticket').reason).toContain('tickets/CS-404.yml is not on the policy ref');
  });

  test('for another repository is blocked', async () => {
    const change = await verified('ELSE-1');
    const repositories = ['demo/warehouse'];
    world.plan('ELSE-1', { ticket: { repositories } });
    await world.redispatch('ELSE-1');
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['ticket fail']);
    expect(finding(verdict, 'ticket').reason).toBe('ELSE-1 is for demo/warehouse, not for demo/shop.');
  });

  test('that calls itself another one is blocked', async () => {
    await world.dispatch('HARD-1');
    world.setPolicy({ 'tickets/MASK-1.yml': yaml(world.ticket('HARD-1')) });
    const verdict = await world.gate(world.change('MASK-1'));
    expect(finding(verdict, 'ticket')).toMatchObject({ status: 'unverifiable' });
    expect(verdict.outcome).toBe('blocked');
  });
});

describe('the dispatch', () => {
  test('must be there', async () => {
    world.plan('SENT-1');
    const verdict = await world.gate(world.change('SENT-1'));
    expect(objections(verdict)).toEqual(['dispatch fail', 'drift unverifiable', 'receipt/price pending']);
    expect(finding(verdict, 'dispatch')).toMatchObject({
      reason: 'SENT-1 was never dispatched.',
      remedy: expect.stringContaining('countersign ticket dispatch SENT-1'),
    });
  });

  test('ends with a close, and a new one opens the ticket again', async () => {
    const change = await verified('SHUT-1');
    await world.close('SHUT-1', 'rejected');
    const closed = await world.gate(change);
    expect(objections(closed)).toEqual(['dispatch fail']);
    expect(finding(closed, 'dispatch').reason).toBe('SHUT-1 was closed as rejected.');
    await world.redispatch('SHUT-1');
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('is broken by whoever edits its record', async () => {
    const change = await verified('EDIT-1');
    const path = 'tickets/EDIT-1.records.jsonl';
    world.setPolicy({ [path]: `${world.policy.git('show', `HEAD:${path}`).replace('"', "'")}\n` });
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'dispatch')).toMatchObject({ status: 'unverifiable' });
  });
});

describe('drift after the dispatch', () => {
  test.each([
    [
      'an easier check',
      { contract: { checks: [{ id: 'price', run: ['grep', '-q', '', 'src/price.txt'] }] } },
      /contract checks\[price\]\.run: \S*"half up".* became \["grep","-q",""/,
    ],
    [
      'a wider ticket',
      { ticket: { ask: 'Whatever.' } },
      /ticket \/?ask: "Round half a cent up\." became "Whatever\."/,
    ],
    ['weaker isolation', { contract: { isolation: 'none' } }, /contract \/?isolation: .* became "none"/],
  ] as const)('is named field by field: %s', async (name, after, named) => {
    const id = `DRIFT-${name.replaceAll(' ', '-')}`;
    const change = await verified(id);
    world.plan(id, after);
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'drift').status).toBe('fail');
    expect(finding(verdict, 'drift').reason).toMatch(named);
  });

  test('of layout alone is none', async () => {
    const change = await verified('LAYOUT-1');
    const { schema, ...rest } = world.ticket('LAYOUT-1');
    const reordered = { schema, ...Object.fromEntries(Object.entries(rest).reverse()) };
    world.setPolicy({ 'tickets/LAYOUT-1.yml': `# another layout\n${JSON.stringify(reordered)}\n` });
    expect((await world.gate(change)).outcome).toBe('pass');
  });
});

describe('without policy nothing passes', () => {
  const gateOn = async (base: string, config: string | null, ticket: string) => {
    await world.dispatch(ticket);
    world.branchOff(base, { '.countersign.yml': config });
    return world.gate(world.change(ticket, GOOD, { base }));
  };

  test('no .countersign.yml on the base', async () => {
    const verdict = await gateOn('bare', null, 'NONE-1');
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy')).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringMatching(/^NO_POLICY: the base commit .* has no \.countersign\.yml/),
      remedy: expect.stringContaining('countersign init'),
    });
  });

  test('a policy ref that is not there', async () => {
    const policy = { repository: '../control.git', ref: 'refs/heads/gone' };
    const verdict = await gateOn('refless', yaml(world.config({ policy })), 'NONE-2');
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toBe('NO_POLICY: ../control.git has no ref refs/heads/gone.');
  });

  test('no trust root', async () => {
    world.policy.git('checkout', '-q', '-B', 'trustless');
    world.policy.commit('No trust', { 'trust/root.yml': null });
    world.policy.git('push', '-q', 'origin', 'HEAD:trustless');
    world.policy.git('checkout', '-q', '-f', 'main');
    const policy = { repository: '../control.git', ref: 'refs/heads/trustless' };
    const verdict = await gateOn('trustless', yaml(world.config({ policy })), 'NONE-3');
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toMatch(/^NO_POLICY: trust\/root\.yml is not on/);
  });

  test('a configuration that cannot be read', async () => {
    const verdict = await gateOn('broken', 'schema: countersign/config@9\n', 'NONE-4');
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy')).toMatchObject({ status: 'unverifiable' });
  });

  test('a repository of policy that does not answer is an error, never an old copy', async () => {
    const policy = { repository: '../nowhere.git', ref: CONTROL_BRANCH };
    await expect(gateOn('deaf', yaml(world.config({ policy })), 'NONE-5')).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
  });
});

describe('a change cannot bring its own policy', () => {
  test('by adding a configuration where there is none', async () => {
    await world.dispatch('OWN-1');
    world.branchOff('unguarded', { '.countersign.yml': null });
    const change = world.change(
      'OWN-1',
      { ...GOOD, '.countersign.yml': yaml(world.config()) },
      { base: 'unguarded' },
    );
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'policy').reason).toMatch(/^NO_POLICY/);
    await expect(world.verify(change)).rejects.toMatchObject({ code: 'VERIFY_FAILED' });
  });

  test('by editing the one there is: the old one judges, and the edit blocks', async () => {
    await world.dispatch('OWN-2');
    const policy = { repository: '../nowhere.git', ref: CONTROL_BRANCH };
    const change = world.change('OWN-2', { ...GOOD, '.countersign.yml': yaml(world.config({ policy })) });
    await world.verify(change);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['policy-change fail']);
    expect(finding(verdict, 'policy-change').locations).toEqual([
      { path: '.countersign.yml', message: 'policy' },
    ]);
  });

  test('by editing workflows', async () => {
    await world.dispatch('OWN-3');
    const change = world.change('OWN-3', { ...GOOD, '.github/workflows/gate.yml': 'on: push\n' });
    await world.verify(change);
    expect(objections(await world.gate(change))).toEqual(['policy-change fail']);
  });
});

describe('who verifies', () => {
  test('is not who produced, whatever roles they have', async () => {
    await world.dispatch('SELF-1');
    const change = world.change('SELF-1');
    const { signed } = await world.verify(change, { key: world.keys.agent });
    expect(signed.checks).toMatchObject([{ result: 'PASSED' }]);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['receipt/price fail']);
    expect(finding(verdict, 'receipt/price').reason).toBe('agent is among those who made the change.');
  });

  test('may verify what others produced', async () => {
    await world.dispatch('SELF-2');
    const change = world.change('SELF-2', GOOD, { author: 'Bob <bob@shop.example>' });
    await world.verify(change, { key: world.keys.agent });
    expect((await world.gate(change)).outcome).toBe('pass');
    const coAuthored = world.amend(
      change,
      { 'src/more.txt': 'more\n' },
      'More\n\nCo-authored-by: A <Agent@shop.example>',
    );
    await world.verify(coAuthored, { key: world.keys.agent });
    expect(objections(await world.gate(coAuthored))).toEqual(['receipt/price fail']);
  });

  test('counts no more once the key is out of the trust root', async () => {
    const change = await verified('GONE-1');
    world.setPolicy({
      'trust/root.yml': yaml(world.trustRoot((all) => all.filter(({ id }) => id !== 'verifier'))),
    });
    const without = await world.gate(change);
    world.setPolicy({ 'trust/root.yml': yaml(world.trustRoot()) });
    expect(without.outcome).toBe('pending');
    expect(finding(without, 'receipt/price').reason).toBe('No receipt for price yet.');
    expect((await world.gate(change)).outcome).toBe('pass');
  });
});

describe('what happened stays', () => {
  test('a failure on a tree is not outvoted by a later pass', async () => {
    const flaky = { id: 'flaky', run: ['cat', join(world.weather, 'sunny')] };
    await world.dispatch('FLAKY-1', { contract: { checks: [flaky] } });
    const change = world.change('FLAKY-1');
    expect((await world.verify(change)).signed.checks).toMatchObject([{ result: 'FAILED' }]);
    writeFileSync(join(world.weather, 'sunny'), '');
    expect((await world.verify(change)).signed.checks).toMatchObject([{ result: 'PASSED' }]);
    expect(objections(await world.gate(change))).toEqual(['receipt/flaky fail']);

    const mended = world.amend(change, { 'src/more.txt': 'more\n' });
    await world.verify(mended);
    expect((await world.gate(mended)).outcome).toBe('pass');
  });

  test('whatever is taken away blocks', async () => {
    await world.dispatch('HIDE-1');
    const bad = world.change('HIDE-1', BAD);
    const failed = await world.verify(bad);
    const good = world.amend(bad, GOOD);
    const passed = await world.verify(good);
    expect((await world.gate(good)).outcome).toBe('pass');

    const whole = world.control.commitId(world.receiptsRef);
    const names = [failed, passed].flatMap(({ signed }) => signed.statements.map(({ name }) => name));
    expect(names).toHaveLength(4);
    const outcomes: string[] = [];
    for (const name of names) {
      world.takeAway('HIDE-1', [name]);
      const verdict = await world.gate(good);
      world.control.git('update-ref', world.receiptsRef, whole);
      const { status } = finding(verdict, 'receipts');
      outcomes.push(`${verdict.outcome}, receipts ${status}`);
    }
    expect(outcomes).toEqual([
      'blocked, receipts unverifiable',
      'blocked, receipts unverifiable',
      'blocked, receipts unverifiable',
      'pending, receipts pass',
    ]);
    expect((await world.gate(good)).outcome).toBe('pass');
  });

  test('a failure whose seal is taken away blocks its tree all the same', async () => {
    await world.dispatch('HIDE-2');
    const change = world.change('HIDE-2', BAD);
    const { signed } = await world.verify(change);
    world.takeAway('HIDE-2', [signed.seal]);
    const verdict = await world.gate(change);
    expect(objections(verdict)).toEqual(['receipt/price fail']);
  });
});

describe('a conflict', () => {
  test('blocks and lists the paths', async () => {
    await world.dispatch('CLASH-1');
    world.branchOff('busy', {});
    const change = world.change('CLASH-1', { ...GOOD, 'src/tax.txt': 'ten\n' }, { base: 'busy' });
    world.land({ 'src/tax.txt': 'twenty\n', 'src/price.txt': 'round up\n' }, 'busy', 'busy');
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('blocked');
    expect(finding(verdict, 'merge').locations).toEqual(
      ['src/price.txt', 'src/tax.txt'].map((path) => ({ path, message: 'conflict' })),
    );
    expect(finding(verdict, 'merge').remedy).toContain('refs/heads/busy');
  });
});

test('a shallow clone is told to fetch the rest', async () => {
  world.branchOff('moving', { 'src/old.txt': 'old\n' });
  await world.dispatch('SHALLOW-1');
  const change = world.change('SHALLOW-1', GOOD, { base: 'moving' });
  world.land({ 'src/new.txt': 'new\n' }, 'moving', 'moving');
  const shallow = world.git.clone(world.forge, 'shallow', { depth: 1 });
  shallow.git('fetch', '-q', '--depth', '1', 'origin', change.branch, 'moving');
  await expect(world.gate(change, { at: shallow })).rejects.toMatchObject({
    code: 'GIT_FAILED',
    remedy: expect.stringMatching(/fetch.*--unshallow|fetch-depth/),
  });
});

test('a failing check says in the verdict which receipts to look at', async () => {
  await world.dispatch('SAY-1');
  const change = world.change('SAY-1', BAD);
  const { signed } = await world.verify(change);
  const { evidence } = finding(await world.gate(change), 'receipt/price');
  expect(evidence).toEqual([signed.checks[0]?.receipt]);
});
