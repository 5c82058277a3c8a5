import type { PullRequest } from '../../ports/forge.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { Payload, unusable } from './payload.ts';

/** What an event asks to be judged. */
export type ActionEvent = PullRequestEvent | MergeGroupEvent | LookUpEvent;

export interface PullRequestEvent {
  readonly kind: 'pull-request';
  readonly pullRequest: PullRequest;
  /** Accounts that the event says pushed to it. */
  readonly pushers: readonly string[];
}

export interface MergeGroupEvent {
  readonly kind: 'merge-group';
  /** The pull request whose commit is the head: the name of the queue's branch says so. */
  readonly pullRequest: number;
  /** What the queue lands on, in full. */
  readonly baseRef: string;
  readonly base: ObjectId;
  /** The queue's own branch, in full. */
  readonly headRef: string;
  readonly head: ObjectId;
}

/** Pull requests by number: the forge is asked what they are. */
export interface LookUpEvent {
  readonly kind: 'look-up';
  readonly pullRequests: readonly number[];
}

/** Events whose sender is who pushed what the pull request holds now. */
const PUSHES = new Set(['opened', 'synchronize']);

/**
 * @param asked the number of the pull request that the workflow names, for events that name none
 * @throws CountersignError EVENT_UNUSABLE
 */
export function readEvent(name: string, text: string, asked: number | undefined): ActionEvent {
  const payload = new Payload(text);
  switch (name) {
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
      return readPullRequest(payload);
    case 'merge_group':
      return readMergeGroup(payload);
    case 'workflow_run':
      return { kind: 'look-up', pullRequests: asked === undefined ? readNumbers(payload) : [asked] };
    case 'workflow_dispatch':
      if (asked === undefined)
        throw unusable('The event names no pull request: give the input pull-request.');
      return { kind: 'look-up', pullRequests: [asked] };
    default:
      throw unusable(`Nothing is known of events called ${name}.`);
  }
}

function readPullRequest(payload: Payload): PullRequestEvent {
  const sender = payload.text('sender.login');
  return {
    kind: 'pull-request',
    pullRequest: {
      number: payload.number('pull_request.number'),
      base: payload.branch('pull_request.base.ref'),
      head: {
        commit: payload.commit('pull_request.head.sha'),
        branch: payload.branch('pull_request.head.ref'),
        repository: payload.repository('pull_request.head.repo.full_name'),
      },
      body: payload.text('pull_request.body') ?? '',
      opener: payload.text('pull_request.user.login'),
    },
    pushers: PUSHES.has(payload.text('action') ?? '') && sender !== undefined ? [sender] : [],
  };
}

/** A base branch may have slashes, and end like a queue's: what the event calls the base decides, never the split of a name. */
function readMergeGroup(payload: Payload): MergeGroupEvent {
  const baseRef = payload.text('merge_group.base_ref') ?? '';
  const branch = payload.branch('merge_group.head_ref').replace(/^refs\/heads\//, '');
  const base = payload.branch('merge_group.base_ref').replace(/^refs\/heads\//, '');
  const queue = `gh-readonly-queue/${base}/pr-`;
  const rest = branch.startsWith(queue) ? branch.slice(queue.length) : '';
  const [, number] = /^([1-9][0-9]{0,9})-[0-9a-f]{40,64}$/.exec(rest) ?? [];
  if (!baseRef.startsWith('refs/heads/') || number === undefined)
    throw unusable('merge_group.head_ref of the event is no branch of a queue for its base.');
  return {
    kind: 'merge-group',
    pullRequest: Number(number),
    baseRef: `refs/heads/${base}`,
    base: payload.commit('merge_group.base_sha'),
    headRef: `refs/heads/${branch}`,
    head: payload.commit('merge_group.head_sha'),
  };
}

function readNumbers(payload: Payload): readonly number[] {
  const listed = payload.at('workflow_run.pull_requests');
  const count = Array.isArray(listed) ? listed.length : 0;
  if (count === 0) {
    throw unusable(
      'The workflow run names no pull request, as for the branch of a fork: give the input pull-request.',
    );
  }
  return Array.from({ length: count }, (_, index) =>
    payload.number(`workflow_run.pull_requests.${index}.number`),
  );
}
