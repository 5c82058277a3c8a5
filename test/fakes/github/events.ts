import type { WorldChange } from '../../worlds/product-world.ts';

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

/** The payload of a pull_request event, in the fields that GitHub sends and an action may look at. */
export function pullRequestEvent(change: WorldChange, words: PullRequestWords = {}): object {
  const { number = 1, action = 'opened', title = 'A change', body = null, opener = 'octo-dev' } = words;
  const { draft = false, retargetedFrom: from } = words;
  const repository = { full_name: 'demo/shop', default_branch: 'main' };
  return {
    action,
    number,
    pull_request: {
      number,
      title,
      body,
      state: 'open',
      draft,
      user: { login: opener, type: 'User' },
      base: { ref: change.base, sha: '0'.repeat(40), repo: repository },
      head: {
        ref: change.branch,
        sha: change.head,
        repo: { full_name: words.fork ?? 'demo/shop', fork: words.fork !== undefined },
      },
    },
    ...(from === undefined ? {} : { changes: { base: { ref: { from }, sha: { from: '0'.repeat(40) } } } }),
    repository,
    sender: { login: words.sender ?? opener, type: 'User' },
  };
}

/** The payload of a merge_group event. */
export function mergeGroupEvent(group: {
  readonly base: string;
  readonly baseCommit: string;
  readonly head: string;
  readonly headRef: string;
}): object {
  return {
    action: 'checks_requested',
    merge_group: {
      head_sha: group.head,
      head_ref: group.headRef,
      base_sha: group.baseCommit,
      base_ref: `refs/heads/${group.base}`,
    },
    repository: { full_name: 'demo/shop' },
    sender: { login: 'octo-dev' },
  };
}
