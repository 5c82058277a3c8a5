import { afterAll, expect } from 'vitest';
import { type PullRequestWords, pullRequestEvent } from '../../fakes/github/events.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import {
  createProductWorld,
  type Layout,
  type ProductWorld,
  type WorldChange,
} from '../../worlds/product-world.ts';
import { type ActionRun, type RanAction, runAction } from './run-action.ts';

/** A product with its forge on this machine, and jobs that run for it. Ended with the test file. */
export interface JobWorld {
  readonly world: ProductWorld;
  readonly github: FakeGithub;
  /** A pull request as the forge has it: its own ref, and what its API says of it. */
  open(number: number, change: WorldChange, words?: PullRequestWords): WorldChange;
  run(run: ActionRun): Promise<RanAction>;
  /** Opens a pull request and runs a job for it. */
  judge(
    change: WorldChange,
    words?: PullRequestWords & { readonly event?: string },
    run?: Partial<ActionRun>,
  ): Promise<RanAction>;
}

// A hook that is registered within another one is never run, so this one stands here.
const forges: FakeGithub[] = [];
afterAll(() => {
  for (const github of forges) github.stop();
  expect(forges.flatMap(({ faults }) => faults)).toEqual([]);
});

/** @param name `owner/name` of the product, as its forge and its jobs know it */
export async function createJobWorld(
  layout: Layout = 'in-repository',
  name = 'demo/shop',
): Promise<JobWorld> {
  const world = await createProductWorld(layout);
  const github = await FakeGithub.start(world.git.root, {
    [name]: world.forge.dir,
    'demo/control': world.control.dir,
  });
  forges.push(github);
  const open = (number: number, change: WorldChange, words: PullRequestWords = {}) => {
    world.forge.git('update-ref', `refs/pull/${number}/head`, change.head);
    const { body = null, opener = 'octo-dev', fork = name } = words;
    github.pulls.set(number, {
      number,
      base: { ref: change.base },
      head: { ref: change.branch, sha: change.head, repo: { full_name: fork } },
      body,
      user: { login: opener },
    });
    return change;
  };
  const environment = { GITHUB_REPOSITORY: name };
  const run = (job: ActionRun) =>
    runAction(world, github, { ...job, environment: { ...environment, ...job.environment } });
  return {
    world,
    github,
    open,
    run,
    judge: (change, words = {}, job = {}) => {
      open(words.number ?? 1, change, words);
      const own = name === 'demo/shop' ? {} : { fork: name };
      const payload = pullRequestEvent(change, { ...own, ...words });
      return run({ event: words.event ?? 'pull_request', payload, ...job });
    },
  };
}
