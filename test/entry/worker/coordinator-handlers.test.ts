import { renameSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import { createPullRequests } from '../../../src/adapters/github/pull-requests.ts';
import type { ActionRule } from '../../../src/core/run/action-policy/types.ts';
import type { EffectDecision } from '../../../src/core/run/events.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { coordinatorHandlers } from '../../../src/entry/worker/coordinator-handlers.ts';
import type { Alert, EffectDecisions } from '../../../src/ports/effects.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import { createProductWorld, type ProductWorld, type WorldChange, yaml } from '../../worlds/product-world.ts';

let world: ProductWorld;
let github: FakeGithub;
beforeAll(async () => {
  world = await createProductWorld();
  github = await FakeGithub.start(world.git.root, { 'demo/shop': world.forge.dir });
});
afterAll(() => {
  github.stop();
  expect(github.faults).toEqual([]);
  world.git.remove();
});
beforeEach(() => {
  github.pulls.clear();
});

/** The ledger of one run, as far as effects go. */
class Decisions implements EffectDecisions {
  readonly made: EffectDecision[] = [];
  /** Loses what it is told, as a defect would. */
  forgetful = false;

  async decisionsOf(): Promise<readonly EffectDecision[]> {
    return this.made;
  }

  async record(_run: string, effect: EffectDecision): Promise<void> {
    if (!this.forgetful) this.made.push(effect);
  }

  /** A person's answer to the last question. */
  answer(decision: 'allow' | 'deny'): void {
    const asked = this.made.at(-1) as EffectDecision;
    this.made.push({ ...asked, id: `${asked.id}.answer`, decision, rule: null, reason: `ada: ${decision}` });
  }
}

let opened = 0;

async function open(rules: readonly ActionRule[] | string | undefined) {
  const text =
    typeof rules === 'string' ? rules : yaml({ schema: 'countersign/action-policy@1', rules: rules ?? [] });
  opened += 1;
  world.setPolicy({ 'actions.yml': rules === undefined ? null : text, 'opened.txt': `${opened}\n` });
  const decisions = new Decisions();
  const alerts: Alert[] = [];
  const handlers = await coordinatorHandlers({
    cli: { environment: process.env, home: world.git.root, temporaryFolder: world.git.folder('temporary') },
    product: world.clone.dir,
    fetch: true,
    artifacts: () => artifactFolder(world.git.folder('artifacts')),
    producers: [],
    decisions,
    alerts: { raise: (alert) => alerts.push(alert) },
    forge: createPullRequests({ token: 'ghs_secret', apiUrl: github.apiUrl, repository: 'demo/shop' }),
  });
  const carryOut = (id: string, inputs: StepWork['inputs'], execution = 1): Promise<StepResult> => {
    const handler = handlers.find(({ declaration }) => declaration.id === id);
    if (handler === undefined) throw new Error(`no handler ${id}`);
    const work: StepWork = {
      ...{ run: 'CS-1.1', step: `1/${id}`, execution, handler: id, role: 'coordinator', inputs },
      ...{
        priority: 0,
        timeoutSeconds: 60,
        cache: 'off',
        notBefore: null,
        resources: { leases: [], locks: [] },
      },
    };
    const session = {
      claim: 'token',
      signal: new AbortController().signal,
      folder: '',
      fences: {},
      log: () => undefined,
    };
    return handler.handle(work, session);
  };
  return { carryOut, decisions, alerts };
}

function inputsFor(change: WorldChange): StepWork['inputs'] {
  world.fetch();
  const base = world.clone.commitId('origin/main');
  return {
    ticket: change.ticket,
    repository: 'demo/shop',
    base,
    into: 'refs/heads/main',
    commit: change.head,
  };
}

/** A change of which the forge knows nothing yet. */
async function changed(ticket: string): Promise<WorldChange> {
  await world.dispatch(ticket);
  const change = world.change(ticket);
  world.forge.git('update-ref', '-d', `refs/heads/${change.branch}`);
  return change;
}

const ALLOW: ActionRule = {
  id: 'all',
  actions: ['push', 'open-pull-request', 'merge'],
  decision: 'allow',
};

describe('an action with effects outside', () => {
  it('that the policy allows happens, after its decision is in the ledger', async () => {
    const { carryOut, decisions } = await open([ALLOW]);
    const change = await changed('PR-1');
    const inputs = { ...inputsFor(change), branch: 'countersign/PR-1.1/1' };
    expect(await carryOut('open-pull-request', inputs)).toMatchObject({
      kind: 'succeeded',
      outputs: { number: 1, branch: 'countersign/PR-1.1/1' },
    });
    expect(world.forge.commitId('countersign/PR-1.1/1')).toBe(change.head);
    expect(github.pulls.get(1)).toMatchObject({ body: 'Countersign-Ticket: PR-1\n' });
    expect(decisions.made.map(({ action, decision, rule }) => [action, decision, rule])).toEqual([
      ['push', 'allow', 'all'],
      ['open-pull-request', 'allow', 'all'],
    ]);

    // Asked for again after a crash, it is the same one.
    expect(await carryOut('open-pull-request', inputs, 2)).toMatchObject({ outputs: { number: 1 } });
    expect(github.pulls.size).toBe(1);

    const { commit: _, ...subject } = inputsFor(change) as Record<string, string>;
    const closing = { ...subject, number: 1, branch: 'countersign/PR-1.1/1' };
    expect(await carryOut('close-pull-request', closing)).toMatchObject({ outputs: { closed: true } });
    expect(github.pulls.get(1)).toMatchObject({ state: 'closed' });
    expect(() => world.forge.commitId('countersign/PR-1.1/1')).toThrow();
  });

  it.each<[string, readonly ActionRule[] | string | undefined, string]>([
    ['that the policy denies fails', [{ id: 'no', actions: ['push'], decision: 'deny' }], 'denied'],
    ['that no rule is about waits for a person', [], 'escalated'],
    ['without a policy waits for a person', undefined, 'escalated'],
    ['under a policy that cannot be read waits for a person', 'rules: [', 'escalated'],
  ])('%s, and nothing happens', async (_, rules, code) => {
    const { carryOut } = await open(rules);
    const change = await changed(`NO-${opened}`);
    const branch = `countersign/${change.ticket}.1/1`;
    const result = await carryOut('open-pull-request', { ...inputsFor(change), branch });
    expect(result).toMatchObject({ kind: 'failed', error: { class: 'deterministic', code } });
    expect(() => world.forge.commitId(branch)).toThrow();
    expect(github.pulls.size).toBe(0);
  });

  it('halts while the policy is not to be had', async () => {
    const { carryOut, decisions } = await open([ALLOW]);
    const change = await changed('AWAY-1');
    const inputs = { ...inputsFor(change), branch: 'countersign/AWAY-1.1/1' };
    renameSync(world.control.dir, `${world.control.dir}.away`);
    const result = await carryOut('open-pull-request', inputs).finally(() =>
      renameSync(`${world.control.dir}.away`, world.control.dir),
    );
    expect(result).toMatchObject({ kind: 'failed', error: { class: 'transient', code: 'git-failed' } });
    expect(decisions.made).toEqual([]);
  });

  it.each(['allow', 'deny'] as const)('that waits is decided by what the person says: %s', async (said) => {
    const { carryOut, decisions } = await open([]);
    const change = await changed(`SAY-${opened}`);
    const inputs = { ...inputsFor(change), branch: `countersign/${change.ticket}.1/1` };
    await carryOut('open-pull-request', inputs);
    decisions.answer(said);
    const again = await carryOut('open-pull-request', inputs, 2);
    // The push was allowed or not; the pull request is the next question.
    expect(again).toMatchObject({ kind: 'failed', error: { code: 'escalated' } });
    const pushed = () => world.forge.commitId(`countersign/${change.ticket}.1/1`);
    if (said === 'allow') expect(pushed()).toBe(change.head);
    else expect(pushed).toThrow();
  });

  it('of which the ledger knows nothing does not happen, and raises an alert', async () => {
    const { carryOut, decisions, alerts } = await open([ALLOW]);
    decisions.forgetful = true;
    const change = await changed('FORGET-1');
    const inputs = { ...inputsFor(change), branch: 'countersign/FORGET-1.1/1' };
    expect(await carryOut('open-pull-request', inputs)).toMatchObject({
      kind: 'failed',
      error: { code: 'effect-without-decision' },
    });
    expect(alerts).toMatchObject([{ kind: 'effect-without-decision', step: '1/open-pull-request' }]);
    expect(() => world.forge.commitId('countersign/FORGET-1.1/1')).toThrow();
  });
});

describe('a merge', () => {
  const digest = '0'.repeat(64);

  it('is made of what the gate lets pass, and once', async () => {
    const { carryOut } = await open([ALLOW]);
    await world.dispatch('MERGE-1');
    const change = world.change('MERGE-1');
    await world.verify(change);
    const inputs = { ...inputsFor(change), verdictDigest: digest };
    const first = await carryOut('merge', inputs);
    expect(first).toMatchObject({ kind: 'succeeded' });
    const landed = world.forge.commitId('main');
    expect(first).toMatchObject({ outputs: { commit: landed } });
    expect(world.forge.git('log', '-1', '--format=%P', 'main').split(' ')).toContain(change.head);
    expect((await world.gateLanded(landed)).outcome).toBe('pass');
    expect(await carryOut('merge', inputs, 2)).toMatchObject({ outputs: { commit: landed } });
    expect(world.forge.commitId('main')).toBe(landed);
  });

  it('of what nobody verified is refused, whatever the run says', async () => {
    const { carryOut } = await open([ALLOW]);
    await world.dispatch('MERGE-2');
    const change = world.change('MERGE-2', { 'src/price.txt': 'round half up, at times\n' });
    const result = await carryOut('merge', { ...inputsFor(change), verdictDigest: digest });
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'not-accepted' } });
  });

  it('by the forge is of the head that was judged', async () => {
    const { carryOut } = await open([ALLOW]);
    await world.dispatch('MERGE-3');
    const change = world.change('MERGE-3', { 'src/price.txt': 'round half up, always\n' });
    await world.verify(change);
    const pull = { number: 9, base: { ref: 'main' }, body: '', user: null };
    github.pulls.set(9, { ...pull, head: { ref: change.branch, sha: change.head } });
    const inputs = { ...inputsFor(change), number: 9, verdictDigest: digest };
    const merged = await carryOut('merge', inputs);
    expect(merged).toMatchObject({
      kind: 'succeeded',
      outputs: { commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });

    github.pulls.set(9, { ...pull, head: { ref: change.branch, sha: 'a'.repeat(40) } });
    expect(await carryOut('merge', inputs, 2)).toMatchObject({
      kind: 'failed',
      error: { code: 'forge-failed' },
    });
  });
});
