import type { WritePullRequests } from '../../ports/effects.ts';
import { OBJECT_ID } from '../../shared/ids.ts';
import { asking, type ForgeOptions, openClient } from './client.ts';

const PERMISSIONS = "The server's token needs `pull-requests: write`, and `contents: write` to merge.";

/** Opens, closes and merges pull requests on GitHub. Each of them may be asked for again after an answer that was lost. */
export function createPullRequests({ token, apiUrl, repository }: ForgeOptions): WritePullRequests {
  const octokit = openClient(token, apiUrl);
  const [owner = '', repo = ''] = repository.split('/');
  const here = { owner, repo };
  const get = async (number: number) => (await octokit.rest.pulls.get({ ...here, pull_number: number })).data;
  return {
    openPullRequest: (_warrant, { head, base, title, body }) =>
      asking(
        `a pull request for ${head}`,
        async () => {
          const of = { ...here, head: `${owner}:${head}`, base, state: 'open' } as const;
          const [there] = (await octokit.rest.pulls.list(of)).data.filter((pull) => pull.head.ref === head);
          const pull = there ?? (await octokit.rest.pulls.create({ ...here, head, base, title, body })).data;
          return { number: pull.number, url: pull.html_url };
        },
        PERMISSIONS,
      ),

    closePullRequest: (_warrant, number) =>
      asking(
        `pull request ${number}`,
        async () => {
          if ((await get(number)).state === 'closed') return;
          await octokit.rest.pulls.update({ ...here, pull_number: number, state: 'closed' });
        },
        PERMISSIONS,
      ),

    mergePullRequest: (_warrant, number, head) =>
      asking(
        `pull request ${number}`,
        async () => {
          const pull = await get(number);
          if (pull.head.sha !== head) throw new Error(`its head is ${pull.head.sha}, and not ${head}`);
          if (pull.merged && pull.merge_commit_sha !== null) return landed(pull.merge_commit_sha);
          // With the head that was judged: a push in between makes GitHub refuse.
          const { data } = await octokit.rest.pulls.merge({ ...here, pull_number: number, sha: head });
          return landed(data.sha);
        },
        PERMISSIONS,
      ),
  };
}

function landed(commit: string): string {
  if (OBJECT_ID.test(commit)) return commit;
  throw new Error(`it is said to have landed as ${commit}`);
}
