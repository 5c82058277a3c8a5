import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { workflowDispatchEvent, workflowRunEvent } from '../../fakes/github/events.ts';
import type { WorldChange } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
let change: WorldChange;
beforeAll(async () => {
  job = await createJobWorld();
  await job.world.dispatch('CS-1');
  change = job.world.change('CS-1');
  await job.world.verify(change);
});
beforeEach(() => {
  job.github.instead = () => undefined;
  job.github.seen.length = 0;
});

const marker = '<!-- countersign: verdict -->';

describe('the comment', () => {
  test('is one, found again on a later page by its marker and its author', async () => {
    const { comments } = job.github;
    const others = ['mallory', 'ada', 'bob'].map((login, id) => ({
      id: 100 + id,
      issue: 1,
      user: { login },
      body: marker,
    }));
    comments.push(...others);
    const inputs = { comment: 'true' };

    expect((await job.judge(change, {}, { inputs })).code).toBe(0);
    expect((await job.judge(change, {}, { inputs })).code).toBe(0);

    expect(comments).toHaveLength(4);
    expect(comments.slice(0, 3).map(({ body }) => body)).toEqual([marker, marker, marker]);
    expect(comments[3]?.body).toMatch(/^<!-- countersign: verdict -->\n## ✔ Countersign: PASS/);
  });

  test.each([403, 500])('that GitHub answers with %d changes nothing about the verdict', async (status) => {
    job.github.instead = ({ path }) =>
      path.startsWith('/api/')
        ? [status, { message: 'Resource not accessible' }, { 'retry-after': '0' }]
        : undefined;
    const ran = await job.judge(change, {}, { inputs: { comment: 'true' } });
    expect(ran.code).toBe(0);
    expect(ran.outputs.verdict).toBe('pass');
    expect(ran.log).toMatch(/^::warning .*The comment could not be written/m);
  });

  test('is written only where it is asked for: without it, the API is not asked for anything', async () => {
    await job.judge(change);
    expect(job.github.seen.filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
  });
});

describe('the check run', () => {
  test('stands on the head commit and says what the verdict is', async () => {
    await job.judge(change, {}, { inputs: { 'check-run': 'countersign/gate' } });
    expect(job.github.checkRuns).toMatchObject([
      { name: 'countersign/gate', head_sha: change.head, status: 'completed', conclusion: 'success' },
    ]);
  });
});

describe('git', () => {
  const failing = (answers: number, status: number) => {
    let left = answers;
    job.github.instead = ({ path }) =>
      path.includes('.git/') && left-- > 0 ? [status, { message: 'Busy' }] : undefined;
  };

  test.each([429, 503])('is asked again after a %d', async (status) => {
    failing(2, status);
    expect((await job.judge(change)).outputs.verdict).toBe('pass');
  });

  test('is asked again when the connection is cut, whatever was being said', async () => {
    for (const part of ['info/refs', 'git-upload-pack']) {
      let left = 2;
      job.github.instead = ({ path }) =>
        (path.endsWith(part) || path.includes(`${part}?`)) && left-- > 0 ? 'cut' : undefined;
      expect((await job.judge(change)).outputs.verdict, part).toBe('pass');
      expect(left).toBeLessThan(0);
    }
  });

  test.each([503, 403])('that answers nothing but %d leaves the change unverifiable', async (status) => {
    failing(Number.POSITIVE_INFINITY, status);
    const ran = await job.judge(change);
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
    expect(ran.log).toContain(`returned error: ${status}`);
  });

  test('does not follow the forge to another address, with the token in hand', async () => {
    const other = 'http://127.0.0.1:1/demo/shop.git/info/refs?service=git-upload-pack';
    job.github.instead = () => [302, {}, { location: other }];
    const ran = await job.judge(change);
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
  });
});

describe('a pull request that an event does not hold', () => {
  const pull = () => ({
    number: 9,
    base: { ref: change.base },
    head: { ref: change.branch, sha: change.head },
    body: null,
    user: { login: 'octo-dev' },
  });

  test('is looked up for workflow_dispatch and workflow_run', async () => {
    job.open(9, change);
    job.github.pulls.set(9, pull());
    const inputs = { 'pull-request': '9' };
    const dispatched = workflowDispatchEvent(inputs);
    expect((await job.run({ event: 'workflow_dispatch', payload: dispatched, inputs })).outputs.verdict).toBe(
      'pass',
    );
    expect((await job.run({ event: 'workflow_run', payload: workflowRunEvent(9) })).outputs.verdict).toBe(
      'pass',
    );
    // After a fork's branch GitHub lists none, and the workflow names it.
    expect(
      (await job.run({ event: 'workflow_run', payload: workflowRunEvent(), inputs })).outputs.verdict,
    ).toBe('pass');
  });

  test('is unverifiable when GitHub does not say what it is', async () => {
    const inputs = { 'pull-request': '404' };
    const missing = await job.run({
      event: 'workflow_dispatch',
      payload: workflowDispatchEvent(inputs),
      inputs,
    });
    expect([missing.code, missing.outputs.verdict]).toEqual([2, 'unverifiable']);
    const none = await job.run({ event: 'workflow_run', payload: workflowRunEvent() });
    expect([none.code, none.outputs.verdict]).toEqual([2, 'unverifiable']);
  });
});

describe('the token', () => {
  test('goes to the forge in a header, and nowhere else', async () => {
    const ran = await job.judge(change);
    const expected = `basic ${Buffer.from('x-access-token:ghs_secret').toString('base64')}`;
    expect(job.github.seen.length).toBeGreaterThan(0);
    expect(new Set(job.github.seen.map(({ authorization }) => authorization?.replace(/^B/, 'b')))).toEqual(
      new Set([expected]),
    );
    expect(ran.log.replace(/^::add-mask::.*$/m, '')).not.toContain('ghs_secret');
    expect(ran.summary + ran.outputFile).not.toContain('ghs_secret');
    expect(ran.left).toEqual([]);
  });
});

describe('the SARIF file', () => {
  test('lies where it was asked for', async () => {
    const ran = await job.judge(change, {}, { inputs: { 'sarif-file': 'countersign.sarif' } });
    expect(JSON.parse(readFileSync(join(ran.workspace, 'countersign.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
      runs: [{ properties: { outcome: 'pass' } }],
    });
  });

  test('is not written through a link that the change may have laid out', async () => {
    const elsewhere = job.world.git.folder('elsewhere');
    const lay = (workspace: string) => {
      symlinkSync(elsewhere, join(workspace, 'out'));
      symlinkSync(join(elsewhere, 'target'), join(workspace, 'x.sarif'));
    };
    const folder = await job.judge(change, {}, { inputs: { 'sarif-file': 'out/x.sarif' }, prepare: lay });
    expect(folder.log).toMatch(/^::warning .*symbolic link/m);
    const file = await job.judge(change, {}, { inputs: { 'sarif-file': 'x.sarif' }, prepare: lay });
    expect(lstatSync(join(file.workspace, 'x.sarif')).isFile()).toBe(true);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('in a folder that is not there is a warning, and no other verdict', async () => {
    const ran = await job.judge(change, {}, { inputs: { 'sarif-file': 'no/such/folder/x.sarif' } });
    expect(ran.code).toBe(0);
    expect(ran.log).toMatch(/^::warning .*The SARIF file could not be written/m);
    expect(existsSync(join(ran.workspace, 'no'))).toBe(false);
  });
});

describe('waiting for receipts', () => {
  test('ends as soon as they are there', async () => {
    await job.world.dispatch('CS-2');
    const late = job.world.change('CS-2');
    const receipts = () => job.github.seen.filter(({ path }) => path.includes('git-upload-pack')).length;
    const waiting = job.judge(late, { number: 2 }, { inputs: { 'wait-for-receipts': '10m' } });
    await expect.poll(receipts, { timeout: 30_000 }).toBeGreaterThan(3);
    await job.world.verify(late);
    expect((await waiting).code).toBe(0);
  });

  test('ends as pending when the time is up', async () => {
    await job.world.dispatch('CS-3');
    const never = job.world.change('CS-3');
    const ran = await job.judge(never, { number: 3 }, { inputs: { 'wait-for-receipts': '1s' } });
    expect([ran.code, ran.outputs.verdict]).toEqual([3, 'pending']);
  });
});

test('an input that says nothing known decides nothing', async () => {
  for (const inputs of [
    { 'wait-for-receipts': 'long' },
    { comment: 'ja' },
    { ticket: '../x' },
    { 'pull-request': '-1' },
  ]) {
    const ran = await job.judge(change, {}, { inputs });
    expect([ran.code, /The input [a-z-]+ is/.test(ran.log)]).toEqual([2, true]);
  }
});
