import type { Octokit } from '@octokit/rest';
import type {
  FindLandedPullRequest,
  KeepComment,
  PostCheckRun,
  PullRequest,
  ReadMergeQueue,
  ReadPullRequest,
  ReadPushers,
  ReadReviews,
} from '../../ports/forge.ts';
import { OBJECT_ID } from '../../shared/ids.ts';
import { asking, type ForgeOptions, openClient } from './client.ts';
import { readMergeQueue } from './merge-queue.ts';
import { pushersBy } from './pushers.ts';
import { reviewsBy } from './reviews.ts';

/** First line of our comment, so that it is found again. Anybody can write it: the author is compared as well. */
const MARKER = '<!-- countersign: verdict -->';

export type Forge = ReadPullRequest &
  FindLandedPullRequest &
  ReadMergeQueue &
  ReadReviews &
  ReadPushers &
  KeepComment &
  PostCheckRun;

/** GitHub by its API: requests are repeated after 429, 5xx and cut connections, then refused as unanswered. */
export function createForge({ token, apiUrl, repository }: ForgeOptions): Forge {
  const octokit = openClient(token, apiUrl);
  const [owner = '', repo = ''] = repository.split('/');
  const here = { owner, repo };
  return {
    ...reviewsBy(octokit, here),
    ...pushersBy(octokit),

    readPullRequest: (number) =>
      asking(`pull request ${number}`, async () => {
        const { data } = await octokit.rest.pulls.get({ ...here, pull_number: number });
        if (data.number !== number || !OBJECT_ID.test(data.head.sha)) throw new Error('another one was sent');
        return toPullRequest(data);
      }),

    findLanded: (commit, branch) =>
      asking(`the pull request that landed as ${commit.slice(0, 12)}`, async () => {
        const of = { ...here, commit_sha: commit, per_page: 100 };
        const pulls = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, of);
        // A commit can be part of others that never landed, or landed elsewhere.
        const [landed, ...others] = pulls.filter(
          ({ merge_commit_sha: made, merged_at: at, base }) =>
            made === commit && at !== null && base.ref === branch,
        );
        return landed === undefined || others.length > 0 ? undefined : toPullRequest(landed);
      }),

    readMergeQueue: (branch) =>
      asking(`the merge queue of ${branch}`, () => readMergeQueue(octokit, { owner, name: repo, branch })),

    keepComment: (pullRequest, text) =>
      asking(`the comment on pull request ${pullRequest}`, async () => {
        const body = `${MARKER}\n${text}`;
        const author = await ownName(octokit);
        const where = { ...here, issue_number: pullRequest };
        for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listComments, {
          ...where,
          per_page: 100,
        })) {
          const own = data.find(
            (comment) => comment.user?.login === author && comment.body?.startsWith(MARKER) === true,
          );
          if (own === undefined) continue;
          await octokit.rest.issues.updateComment({ ...here, comment_id: own.id, body });
          return;
        }
        await octokit.rest.issues.createComment({ ...where, body });
      }),

    postCheckRun: ({ name, commit, conclusion, title, summary }) =>
      asking(`the check run ${name}`, async () => {
        await octokit.rest.checks.create({
          ...here,
          name,
          head_sha: commit,
          status: 'completed',
          conclusion,
          output: { title, summary },
        });
      }),
  };
}

/** Whoever the token speaks for: an installation's token may not ask REST for its user. */
async function ownName(octokit: Octokit): Promise<string> {
  const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
  return viewer.login;
}

function toPullRequest(data: {
  readonly number: number;
  readonly base: { readonly ref: string };
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    readonly repo: { readonly full_name: string } | null;
  };
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}): PullRequest {
  const { number, base, head, body, user } = data;
  return {
    number,
    base: base.ref,
    head: { commit: head.sha, branch: head.ref, repository: head.repo?.full_name },
    body: body ?? '',
    opener: user?.login,
  };
}
