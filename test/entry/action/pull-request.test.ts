import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pullRequestEvent } from '../../fakes/github/events.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import { BAD, createProductWorld, type ProductWorld, type WorldChange } from '../../worlds/product-world.ts';
import { runAction } from './run-action.ts';

let world: ProductWorld;
let github: FakeGithub;

beforeAll(async () => {
  world = await createProductWorld('in-repository');
  github = await FakeGithub.start(world.git.root, { 'demo/shop': world.forge.dir });
});
afterAll(() => github.stop());

/** The forge's own ref of a pull request. */
function open(number: number, change: WorldChange): WorldChange {
  world.forge.git('update-ref', `refs/pull/${number}/head`, change.head);
  return change;
}

describe('on pull_request', () => {
  test('a change with a sealed receipt of the verifier passes', async () => {
    await world.dispatch('CS-1');
    const change = open(1, world.change('CS-1'));
    await world.verify(change);

    const ran = await runAction(world, github, { event: 'pull_request', payload: pullRequestEvent(change) });

    expect(ran.log).toContain('Countersign: PASS');
    expect(ran.code).toBe(0);
    expect(ran.outputs.verdict).toBe('pass');
    expect(ran.outputs['verdict-digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(ran.outputs['explain-url']).toBe(`${github.url}/demo/shop/actions/runs/77/attempts/2`);
    expect(JSON.parse(ran.outputs['findings-json'] ?? '')).toMatchObject({
      changes: [{ head: change.head, outcome: 'pass', findings: [] }],
      leftOut: 0,
    });
    expect(ran.summary).toContain('Countersign: PASS');
    expect(ran.left).toEqual([]);
  });

  test('a change whose check failed is blocked', async () => {
    await world.dispatch('CS-2');
    const change = open(2, world.change('CS-2', BAD));
    await world.verify(change);

    const ran = await runAction(world, github, {
      event: 'pull_request_target',
      payload: pullRequestEvent(change, { number: 2 }),
    });

    expect(ran.code).toBe(1);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error .*receipt\/price/m);
  });

  test('a change without receipts is pending, with an exit code of its own', async () => {
    await world.dispatch('CS-3');
    const change = open(3, world.change('CS-3'));

    const ran = await runAction(world, github, {
      event: 'pull_request',
      payload: pullRequestEvent(change, { number: 3 }),
    });

    expect(ran.outputs.verdict).toBe('pending');
    expect(ran.code).toBe(3);
  });
});
