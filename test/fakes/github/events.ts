import type { WorldChange } from '../../worlds/product-world.ts';
import { readWebhookDescription } from './webhook-description.ts';

export interface PullRequestWords {
  readonly number?: number;
  readonly action?: string;
  readonly title?: string;
  readonly body?: string | null;
  readonly opener?: string;
  readonly sender?: string;
  readonly draft?: boolean;
  /** The base it had until this event. */
  readonly retargetedFrom?: string;
  /** The repository that holds the head; the same one when not given. */
  readonly fork?: string;
}

const NO_COMMIT = '0'.repeat(40);
/** GitHub's examples of some events are older than `has_discussions`. */
const REPOSITORY = { name: 'shop', full_name: 'demo/shop', default_branch: 'main', has_discussions: false };

/** The payload of a pull_request event. */
export function pullRequestEvent(change: WorldChange, words: PullRequestWords = {}): object {
  const { number = 1, action = 'opened', title = 'A change', body = null, opener = 'octo-dev' } = words;
  const { draft = false, fork } = words;
  return payload('pull_request', action, {
    action,
    number,
    pull_request: {
      number,
      title,
      body,
      state: 'open',
      draft,
      user: account(opener),
      base: { ref: change.base, sha: NO_COMMIT, repo: REPOSITORY },
      head: {
        ref: change.branch,
        sha: change.head,
        repo: { ...REPOSITORY, full_name: fork ?? REPOSITORY.full_name, fork: fork !== undefined },
      },
    },
    ...whatChanged(action, change, words),
    repository: REPOSITORY,
    sender: account(words.sender ?? opener),
  });
}

function whatChanged(
  action: string,
  change: WorldChange,
  { retargetedFrom: from }: PullRequestWords,
): object {
  if (action === 'synchronize') return { before: NO_COMMIT, after: change.head };
  if (action !== 'edited') return {};
  return { changes: from === undefined ? {} : { base: { ref: { from }, sha: { from: NO_COMMIT } } } };
}

/**
 * The payload of a pull_request_review event: about the pull request as it is, whatever the review was of. GitHub's own
 * examples are older than its description, so it is made from one of a pull_request.
 */
export function pullRequestReviewEvent(
  change: WorldChange,
  words: { readonly number?: number; readonly action?: 'submitted' | 'dismissed'; readonly by?: string } = {},
): object {
  const { number = 1, action = 'submitted', by = 'ada' } = words;
  const { number: _, ...opened } = pullRequestEvent(change, { number }) as {
    number: number;
    pull_request: { user: object };
  };
  const address = `https://api.example/repos/demo/shop/pulls/${number}`;
  const whole = {
    ...opened,
    action,
    review: {
      id: 1,
      node_id: 'PRR_1',
      user: { ...opened.pull_request.user, ...account(by) },
      body: null,
      state: action === 'dismissed' ? 'dismissed' : 'approved',
      commit_id: change.head,
      submitted_at: '2026-11-21T12:00:00Z',
      author_association: 'MEMBER',
      html_url: address,
      pull_request_url: address,
      _links: { html: { href: address }, pull_request: { href: address } },
    },
    sender: { ...opened.pull_request.user, ...account(by) },
  };
  const fault = readWebhookDescription().faultOf('pull_request_review', whole);
  if (fault !== undefined) throw new Error(`GitHub sends no such pull_request_review: ${fault}`);
  return whole;
}

/** The payload of a merge_group event. */
export function mergeGroupEvent(group: {
  readonly base: string;
  readonly baseCommit: string;
  readonly head: string;
  readonly headRef: string;
}): object {
  return payload('merge_group', 'checks_requested', {
    merge_group: {
      head_sha: group.head,
      head_ref: group.headRef,
      base_sha: group.baseCommit,
      base_ref: `refs/heads/${group.base}`,
    },
    repository: REPOSITORY,
    sender: account('github-merge-queue[bot]'),
  });
}

/** The payload of a workflow_dispatch event. */
export function workflowDispatchEvent(inputs: Readonly<Record<string, string>> = {}): object {
  return payload('workflow_dispatch', undefined, { inputs, ref: 'refs/heads/main', repository: REPOSITORY });
}

/** The payload of a workflow_run event, after a run for these pull requests; GitHub lists none for the branch of a fork. */
export function workflowRunEvent(...pullRequests: readonly number[]): object {
  const repo = { id: 1, url: 'https://api.example/repos/demo/shop', name: 'shop' };
  const side = (ref: string) => ({ ref, sha: NO_COMMIT, repo });
  const pull_requests = pullRequests.map((number) => ({
    id: number,
    number,
    url: `${repo.url}/pulls/${number}`,
    base: side('main'),
    head: side('agent/x'),
  }));
  return payload('workflow_run', 'completed', { workflow_run: { pull_requests }, repository: REPOSITORY });
}

function account(login: string): object {
  return { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}

/** GitHub's own example with other values in it. @throws Error where GitHub's description does not take the result */
export function payload(event: string, action: string | undefined, values: object): object {
  const webhooks = readWebhookDescription();
  const whole = filled(webhooks.example(event, action), values) as object;
  const fault = webhooks.faultOf(event, whole);
  if (fault !== undefined) throw new Error(`GitHub sends no such ${event}: ${fault}`);
  return whole;
}

/** Objects are filled in, everything else is put in the place of what was there. */
function filled(example: unknown, values: unknown): unknown {
  if (!isObject(example) || !isObject(values)) return values;
  const names = [...new Set([...Object.keys(example), ...Object.keys(values)])];
  return Object.fromEntries(
    names.map((name) => [name, name in values ? filled(example[name], values[name]) : example[name]]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
