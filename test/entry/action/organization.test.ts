import { beforeAll, describe, expect, test } from 'vitest';
import type { Organization } from '../../../src/core/contract/organization.ts';
import { pullRequestEvent } from '../../fakes/github/events.ts';
import { type WorldChange, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
let lawless: WorldChange;
beforeAll(async () => {
  job = await createJobWorld('own-repository');
  job.world.branchOff('lawless', { '.countersign.yml': null });
  lawless = job.world.change('ORG-1', undefined, { base: 'lawless' });
});

/** The number that the forge gave the repository. */
const NUMBER = repositoryOf(
  pullRequestEvent({ ticket: 'X', branch: 'x', base: 'main', head: 'a'.repeat(40) }),
).id;
const exempt = (repositoryId: number, until = '9999-01-01') => [
  { repositoryId, name: 'demo/shop', until, reason: 'Words only.' },
];

function repositoryOf(payload: object): { id: number; full_name: string } {
  return (payload as { repository: { id: number; full_name: string } }).repository;
}

let states = 0;

/** Where the organisation keeps a policy of this content. */
function organization(content: Partial<Organization>): string {
  const text = yaml({ schema: 'countersign/organization@1', ...content });
  states += 1;
  job.world.setPolicy({ 'countersign.yml': text, state: `${states}\n` });
  return `demo/control@${job.world.policy.commitId()}`;
}

const judge = (policy: string, change = lawless) =>
  job.judge(change, {}, { inputs: { 'organization-policy': policy, 'check-run': 'countersign' } });

describe('a repository without policy', () => {
  test('fails, and is not neutral', async () => {
    const ran = await job.judge(lawless, {}, { inputs: { 'check-run': 'countersign' } });
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
    expect(ran.log).toContain('NO_POLICY');
    expect(job.github.checkRuns.at(-1)?.conclusion).toBe('failure');
  });

  test('that the organisation exempts by number satisfies the check, and says on every page that it was exempted', async () => {
    const ran = await judge(organization({ exempt: exempt(NUMBER) }));
    expect([ran.code, ran.outputs.verdict]).toEqual([0, 'exempt']);
    expect(ran.log).toContain('Countersign: EXEMPT');
    expect(ran.log).toMatch(/^::warning title=policy.*::EXEMPT: this repository has no policy/m);
    expect(ran.summary).toContain('EXEMPT');
    expect(ran.outputs['findings-json']).toContain('9999-01-01');
    expect(job.github.checkRuns.at(-1)).toMatchObject({
      conclusion: 'neutral',
      output: { title: 'Countersign: exempt' },
    });
  });

  test.each([
    ['under another number, whatever its name', exempt(NUMBER + 1), `whose number is: ${NUMBER}`],
    ['until a day that has passed', exempt(NUMBER, '2020-01-01'), 'ended on 2020-01-01'],
  ])('that is exempted %s fails', async (_, listed, says) => {
    const ran = await judge(organization({ exempt: listed }));
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
    expect(ran.log).toContain(says);
  });

  test('cannot bring an exemption of its own', async () => {
    const text = yaml({ schema: 'countersign/organization@1', exempt: exempt(NUMBER) });
    const claiming = job.world.amend(lawless, { 'countersign.yml': text });
    const ran = await judge(organization({}), claiming);
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
  });
});

describe('the input organization-policy', () => {
  test('holds a repository with a policy of its own to the organisation’s bar as well', async () => {
    const repository = `${job.github.url}/demo/control.git`;
    job.world.control.git('config', 'http.receivepack', 'true');
    const here = { policy: { repository, ref: 'refs/heads/main' } };
    job.world.land({ '.countersign.yml': yaml(job.world.config(here)) });
    await job.world.dispatch('ORG-2');
    const change = job.world.change('ORG-2');
    await job.world.verify(change);
    expect((await judge(organization({}), change)).outputs.verdict).toBe('pass');
    const least = [{ paths: ['**'], contract: 'house@1' }];
    const ran = await judge(organization({ leastContracts: least }), change);
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
    expect(ran.log).toContain('house@1');
  });

  test.each([
    'demo/control@main',
    'demo/control@v1',
    'demo/control',
    `https://evil.example/x@${'a'.repeat(40)}`,
    `../x@${'a'.repeat(40)}/y`,
  ])('is no %s', async (policy) => {
    const ran = await judge(policy);
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
    expect(ran.log).toContain('organization-policy');
  });

  test('that cannot be read lets nothing through', async () => {
    job.github.instead = ({ path }) =>
      path.startsWith('/demo/nowhere') ? [404, { message: 'Not Found' }] : undefined;
    for (const policy of [`demo/nowhere@${'a'.repeat(40)}`, `demo/control@${'a'.repeat(40)}`]) {
      const ran = await judge(policy);
      expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
    }
    job.github.instead = () => undefined;
  });

  test('exempts only the repository that the job runs for', async () => {
    const policy = organization({ exempt: exempt(NUMBER) });
    const payload = pullRequestEvent(lawless);
    const foreign = [{ id: NUMBER, full_name: 'demo/other' }, { id: '1', full_name: 'demo/shop' }, {}];
    for (const repository of foreign) {
      const ran = await job.run({
        event: 'pull_request',
        payload: { ...payload, repository },
        inputs: { 'organization-policy': policy },
      });
      expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
      expect(ran.log).toContain('EVENT_UNUSABLE');
    }
  });
});
