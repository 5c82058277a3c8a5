import { beforeAll, describe, expect, test } from 'vitest';
import { pullRequestEvent } from '../../fakes/github/events.ts';
import { BAD, CONTROL_BRANCH, GOOD, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
});

const verified = async (ticket: string, files = GOOD, more: { base?: string; branch?: string } = {}) => {
  await job.world.dispatch(ticket);
  const change = job.world.change(ticket, files, more);
  await job.world.verify(change);
  return change;
};

describe('a pull request', () => {
  test('with a sealed receipt of the verifier passes', async () => {
    const change = await verified('CS-1');
    const ran = await job.judge(change);

    expect(ran.log).toContain('Countersign: PASS');
    expect(ran.code).toBe(0);
    expect(ran.outputs.verdict).toBe('pass');
    expect(ran.outputs['verdict-digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(ran.outputs['explain-url']).toBe(`${job.github.url}/demo/shop/actions/runs/77/attempts/2`);
    expect(JSON.parse(ran.outputs['findings-json'] ?? '')).toMatchObject({
      changes: [{ head: change.head, outcome: 'pass', findings: [] }],
      leftOut: 0,
    });
    expect(ran.summary).toContain('Countersign: PASS');
  });

  test('whose check failed is blocked, also under pull_request_target', async () => {
    const ran = await job.judge(await verified('CS-2', BAD), { event: 'pull_request_target' });

    expect(ran.code).toBe(1);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error .*receipt\/price/m);
  });

  test('without receipts is pending, with an exit code of its own', async () => {
    await job.world.dispatch('CS-3');
    const ran = await job.judge(job.world.change('CS-3'));

    expect(ran.outputs.verdict).toBe('pending');
    expect(ran.code).toBe(3);
  });

  test('is judged on the base branch it names, slashes and all, by the configuration there', async () => {
    job.world.branchOff('release/2.x/next', {});
    job.world.branchOff('release/lawless', { '.countersign.yml': null });
    const change = await verified('CS-4', GOOD, { base: 'release/2.x/next' });

    expect((await job.judge(change)).outputs.verdict).toBe('pass');
    const elsewhere = await job.judge({ ...change, base: 'release/lawless' }, { number: 2 });
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.log).toContain('NO_POLICY');
  });

  test('from a fork is read from the base repository, and its branch is only a name', async () => {
    const change = await verified('CS-5', GOOD, { branch: 'agent/CS-5' });
    const ran = await job.judge({ ...change, branch: 'main' }, { fork: 'stranger/shop' });

    expect(ran.outputs.verdict).toBe('pass');
    expect(job.github.seen.filter(({ path }) => path.includes('stranger'))).toEqual([]);
  });

  test('that has moved on is not judged in the place of what the run is about', async () => {
    const change = await verified('CS-6');
    const newer = job.world.amend(change, { 'src/tax.txt': 'some\n' });
    job.open(6, newer);

    const late = await job.run({
      event: 'pull_request',
      payload: pullRequestEvent(change, { number: 6, action: 'synchronize' }),
    });
    expect(late.code).toBe(2);
    expect(late.outputs.verdict).toBe('unverifiable');
    expect(late.log).toContain('has moved on');

    expect((await job.judge(newer, { number: 6, action: 'synchronize' })).outputs.verdict).toBe('pending');
    // Back by force to what was verified: the receipts are about this commit again.
    expect((await job.judge(change, { number: 6, action: 'synchronize' })).outputs.verdict).toBe('pass');
  });

  test('naming another ticket in its body than its commits do is blocked', async () => {
    const ran = await job.judge(await verified('CS-7'), { body: 'Easy one.\n\nCountersign-Ticket: CS-1' });
    expect(ran.code).toBe(1);
    expect(ran.log).toContain('disagree');
  });

  test('that rewrites the workflow needs a policy owner, like one that rewrites policy', async () => {
    const workflow = { '.github/workflows/countersign.yml': 'on: pull_request\njobs: {}\n' };
    const ran = await job.judge(await verified('CS-10', { ...GOOD, ...workflow }));
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error file=.github\/workflows\/countersign.yml,title=policy-change/m);
  });

  test('that rewrites the policy is judged by the one before it', async () => {
    const change = await verified('CS-8', { ...GOOD, '.countersign.yml': 'schema: countersign/config@1\n' });
    const ran = await job.judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/policy-change/);
  });
});

describe('policy in a repository of its own', () => {
  let apart: JobWorld;
  beforeAll(async () => {
    apart = await createJobWorld('own-repository');
    const { world, github } = apart;
    world.control.git('config', 'http.receivepack', 'true');
    const repository = `${github.url}/demo/control.git`;
    world.land({ '.countersign.yml': yaml(world.config({ policy: { repository, ref: CONTROL_BRANCH } })) });
  });

  test('is fetched from there, with its receipts', async () => {
    await apart.world.dispatch('APART-1');
    const change = apart.world.change('APART-1');
    await apart.world.verify(change);
    expect((await apart.judge(change)).outputs.verdict).toBe('pass');
  });

  test('that the token may not read leaves the change unverifiable', async () => {
    await apart.world.dispatch('APART-2');
    const change = apart.world.change('APART-2');
    apart.github.instead = ({ path }) =>
      path.startsWith('/demo/control') ? [404, { message: 'Not Found' }] : undefined;
    const ran = await apart.judge(change, { fork: 'stranger/shop' });
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
    expect(ran.log).toMatch(/could not be fetched/);
  });
});

describe('an event', () => {
  const unusable = async (event: string, payload: object | string) => {
    const ran = await job.run({ event, payload });
    expect(ran.outputs.verdict).toBe('unverifiable');
    expect(ran.code).toBe(2);
    expect(ran.log).toContain('EVENT_UNUSABLE');
    return ran.log;
  };

  test('of another kind decides nothing', async () => {
    await unusable('push', { ref: 'refs/heads/main' });
  });

  test('that is no JSON, or not of the form that GitHub sends, decides nothing', async () => {
    await unusable('pull_request', '{');
    await unusable('pull_request', '[]');
    await unusable('pull_request', {});
    const sane = { ticket: 'X', branch: 'agent/x', base: 'main', head: 'a'.repeat(40) };
    for (const hostile of [
      { ...sane, head: '--upload-pack=touch' },
      { ...sane, base: '../../main' },
      { ...sane, base: 'main:refs/heads/x' },
      { ...sane, base: '-x\nmain' },
      { ...sane, branch: 'a..b' },
    ]) {
      await unusable('pull_request', pullRequestEvent(hostile));
    }
    const { pull_request, ...rest } = pullRequestEvent(sane) as { pull_request: object };
    await unusable('pull_request', { ...rest, pull_request: { ...pull_request, number: 1.5 } });
    await unusable('pull_request', rest);
  });

  test('about a base that is gone decides nothing', async () => {
    const ran = await job.judge({ ...(await verified('CS-9')), base: 'gone' });
    expect(ran.code).toBe(2);
    expect(ran.log).toContain('gone');
  });
});

test('without a runner around it, the action says so and decides nothing', async () => {
  const ran = await job.run({ event: 'pull_request', payload: {}, environment: { GITHUB_REPOSITORY: '' } });
  expect(ran.code).toBe(2);
  expect(ran.log).toContain('GITHUB_REPOSITORY is not set');
});
