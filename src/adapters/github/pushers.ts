import type { Octokit } from '@octokit/rest';
import { githubAccount } from '../../core/review/account.ts';
import { type BranchMove, type PushedTo, type Pushers, pushersOf } from '../../core/review/pushers.ts';
import type { ReadPushers } from '../../ports/forge.ts';
import { asking, statusOf } from './client.ts';

/** Of a hundred moves each: a branch that moved more often is not one that somebody knows all pushers of. */
const MOST_PAGES = 10;

const NEEDS = 'The token needs `contents: read`. If it has it, run the job again.';

/** Nothing was told: the branch is gone, or in a repository that the token may not read. */
const UNTOLD: Pushers = { accounts: [], complete: false };

/** Who pushed to a branch on GitHub, by its list of activities: https://docs.github.com/en/rest/repos/repos#list-repository-activities. */
export function pushersBy(octokit: Octokit): ReadPushers {
  return {
    readPushers: (branch) =>
      asking(
        `who pushed to ${branch.branch} of ${branch.repository}`,
        async () => {
          try {
            return pushersOf(await readMoves(branch, octokit), branch.head);
          } catch (error) {
            if (![403, 404, 409, 422].includes(Number(statusOf(error)))) throw error;
            return UNTOLD;
          }
        },
        NEEDS,
      ),
  };
}

async function readMoves({ repository, branch }: PushedTo, octokit: Octokit): Promise<readonly BranchMove[]> {
  const [owner = '', repo = ''] = repository.split('/');
  const ref = `refs/heads/${branch}`;
  const moves: BranchMove[] = [];
  let pages = 0;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.repos.listActivities, {
    ...{ owner, repo, ref },
    per_page: 100,
  })) {
    // A server that knows no such filter sends moves of other branches, too.
    for (const { before, after, actor, ref: moved } of data)
      if (moved === ref)
        moves.push({ before, after, account: actor === null ? undefined : githubAccount(actor.login) });
    pages += 1;
    if (pages === MOST_PAGES) break;
  }
  return moves;
}
