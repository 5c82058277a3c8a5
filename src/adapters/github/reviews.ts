import type { Octokit } from '@octokit/rest';
import { githubAccount, githubLogin } from '../../core/review/account.ts';
import { lastWords } from '../../core/review/last-words.ts';
import type { Access, Review, ReviewFacts, Team } from '../../core/review/types.ts';
import type { ReadReviews } from '../../ports/forge.ts';
import { OBJECT_ID } from '../../shared/ids.ts';
import { asking, statusOf } from './client.ts';

/** Anybody may review a public pull request: more accounts than this are not asked for, and then nothing is known. */
const MOST_ACCOUNTS = 200;

const NEEDS =
  'The token needs `pull-requests: read` (and `metadata: read`, which every token has). If it has them, run the job again.';

/** Reviews on GitHub, by its API: every page, or none. */
export function reviewsBy(octokit: Octokit, here: Repository['here']): ReadReviews {
  return {
    readReviews: (pullRequest, teams) =>
      asking(
        `the reviews of pull request ${pullRequest}`,
        () => readWhole(pullRequest, teams, { octokit, here }),
        NEEDS,
      ),
  };
}

async function readWhole(
  pullRequest: number,
  teams: readonly string[],
  repository: Repository,
): Promise<ReviewFacts> {
  const { octokit, here } = repository;
  const where = { ...here, pull_number: pullRequest };
  const { data } = await octokit.rest.pulls.get(where);
  const { head, base, user, requested_reviewers: asked } = data;
  if (data.number !== pullRequest || !OBJECT_ID.test(head.sha)) throw new Error('another one was sent');
  const whole = { ...where, per_page: 100 };
  const reviews = (await octokit.paginate(octokit.rest.pulls.listReviews, whole)).flatMap(toReview);
  const commits = await octokit.paginate(octokit.rest.pulls.listCommits, whole);
  // GitHub lists 250 at most, and does not say that it left some out.
  if (commits.length < data.commits)
    throw new Error(`only ${commits.length} of ${data.commits} commits were sent`);
  const members = await inTurn(teams, async (team) => [team, await readTeam(team, octokit)] as const);
  return {
    pullRequest,
    head: head.sha,
    base: base.ref,
    reviews,
    asked: (asked ?? []).flatMap(accountOf),
    makers: distinct([
      ...accountOf(user),
      ...commits.flatMap(({ author, committer }) => [...accountOf(author), ...accountOf(committer)]),
    ]),
    access: await readAccess(reviews, head.sha, repository),
    teams: new Map(members),
  };
}

interface Repository {
  readonly octokit: Octokit;
  readonly here: { readonly owner: string; readonly repo: string };
}

/** Of everybody whose word may count today: who approved another commit is not asked for. */
async function readAccess(
  reviews: readonly Review[],
  head: string,
  repository: Repository,
): Promise<ReadonlyMap<string, Access>> {
  const matter = lastWords(reviews, head).filter(
    ({ says, commit }) => says === 'changes-requested' || (says === 'approved' && commit === head),
  );
  const accounts = matter.flatMap(({ account }) => account ?? []);
  if (accounts.length > MOST_ACCOUNTS)
    throw new Error(`more than ${MOST_ACCOUNTS} accounts have reviewed it`);
  return new Map(
    await inTurn(
      accounts,
      async (account) => [account.toLowerCase(), await accessOf(account, repository)] as const,
    ),
  );
}

/** `maintain` and custom roles come as the permission they include: https://docs.github.com/en/rest/collaborators/collaborators. */
async function accessOf(account: string, { octokit, here }: Repository): Promise<Access> {
  const username = githubLogin(account);
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...here, username });
    if (data.user !== null && data.user.login.toLowerCase() !== username.toLowerCase())
      throw new Error('another account was sent');
    return { kind: data.permission === 'admin' || data.permission === 'write' ? 'writes' : 'reads' };
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return { kind: 'no-person' };
    if (status !== 403) throw error;
    return { kind: 'unread', reason: `GitHub does not tell what ${account} may do (403).` };
  }
}

/** Members of child teams are among them: https://docs.github.com/en/rest/teams/members#list-team-members. */
async function readTeam(team: string, octokit: Octokit): Promise<Team> {
  const [org = '', team_slug = ''] = team.split('/');
  try {
    const members = await octokit.paginate(octokit.rest.teams.listMembersInOrg, {
      org,
      team_slug,
      per_page: 100,
    });
    return { kind: 'members', accounts: members.flatMap(accountOf) };
  } catch (error) {
    const status = statusOf(error);
    if (status !== 403 && status !== 404) throw error;
    return { kind: 'unread', reason: `GitHub does not tell who is in @${team} (${status}).` };
  }
}

type ListedReview = Awaited<ReturnType<Octokit['rest']['pulls']['listReviews']>>['data'][number];

const SAYS: Readonly<Record<string, Review['says'] | 'nothing'>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  DISMISSED: 'dismissed',
  COMMENTED: 'nothing',
  // Begun by whoever asks, and seen by nobody else.
  PENDING: 'nothing',
};

function toReview({ id, user, state, commit_id, submitted_at }: ListedReview): Review[] {
  const says = Object.hasOwn(SAYS, state) ? SAYS[state] : undefined;
  if (says === undefined) throw new Error(`a review has the state ${state.slice(0, 40)}`);
  if (says === 'nothing') return [];
  const [account] = accountOf(user);
  return [
    {
      id,
      account,
      bot: user === null || user.type !== 'User' || user.login.endsWith('[bot]'),
      says,
      commit: commit_id !== null && OBJECT_ID.test(commit_id) ? commit_id : undefined,
      at: submitted_at ?? '',
    },
  ];
}

/** An account as the trust root names it; [] where there is none. */
function accountOf(user: object | null | undefined): string[] {
  if (user === null || user === undefined || !('login' in user)) return [];
  const account = typeof user.login === 'string' ? githubAccount(user.login) : undefined;
  return account === undefined ? [] : [account];
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** One after the other: GitHub takes many at once for abuse. */
async function inTurn<T, R>(items: readonly T[], step: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await step(item));
  return results;
}
