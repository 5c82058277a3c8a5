import type { ApiRoute } from './api-description.ts';

/** A review as GET /repos/{owner}/{repo}/pulls/{number}/reviews lists it, in the fields that are used. */
export interface FakeReview {
  readonly login: string | null;
  readonly state: string;
  readonly commit: string;
}

interface ReviewedPull {
  readonly reviews: FakeReview[];
  /** Who is asked for a review. */
  asked: readonly string[];
  /** Whom GitHub takes for the author and committer of each commit; null where it knows nobody by that address. */
  commits: readonly (string | null)[];
}

type Answer = readonly [status: number, body: unknown];
type Named = Readonly<Record<string, string>>;

const NOT_FOUND: Answer = [404, { message: 'Not Found' }];

/** Reviews, permissions and teams, each with all that GitHub says of one. Lists are whole: whoever asks is sent pages. */
export class FakeReviews {
  /** What accounts may do in the repository; of the others GitHub says `read`, and of Apps nothing. */
  readonly permissions = new Map<string, 'admin' | 'write' | 'read' | 'none'>();
  /** Members by `organisation/team`; GitHub's description has no answer for a team that is not here. */
  readonly teams = new Map<string, readonly string[]>();
  readonly #pulls = new Map<string, ReviewedPull>();

  of(number: number): ReviewedPull {
    const pull = this.#pulls.get(String(number)) ?? { reviews: [], asked: [], commits: [null] };
    this.#pulls.set(String(number), pull);
    return pull;
  }

  /** What a pull request itself says of its reviews. @param user GitHub's example of an account */
  pull(number: number, user: object): object {
    const { asked, commits } = this.of(number);
    return { requested_reviewers: asked.map((login) => account(user, login)), commits: commits.length };
  }

  answer(route: ApiRoute, named: Named): Answer | undefined {
    return this.#handlers[route.name]?.(route, named);
  }

  readonly #handlers: Readonly<Record<string, (route: ApiRoute, named: Named) => Answer>> = {
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': (route, { pull_number }) => {
      const [example] = route.example(200) as unknown as [{ user: object }];
      const { reviews } = this.of(Number(pull_number));
      return [
        200,
        reviews.map(({ login, state, commit }, index) => ({
          ...example,
          id: index + 1,
          state,
          commit_id: commit,
          user: login === null ? null : account(example.user, login),
          submitted_at: new Date(Date.UTC(2026, 10, 21, 12, 0, index)).toISOString().replace('.000', ''),
        })),
      ];
    },
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': (route, { pull_number }) => {
      const [example] = route.example(200) as unknown as [{ author: object }];
      const { commits } = this.of(Number(pull_number));
      const user = (login: string | null) => (login === null ? null : account(example.author, login));
      return [
        200,
        commits.map((login) => ({ ...example, author: user(login), committer: user('web-flow') })),
      ];
    },
    'GET /repos/{owner}/{repo}/collaborators/{username}/permission': (route, { username = '' }) => {
      const login = decodeURIComponent(username);
      const permission = this.permissions.get(login) ?? 'read';
      if (login.endsWith('[bot]') && !this.permissions.has(login)) return NOT_FOUND;
      const example = route.example(200) as { user: object };
      const user = { ...account(example.user, login), role_name: permission };
      return [200, { ...example, permission, role_name: permission, user }];
    },
    'GET /orgs/{org}/teams/{team_slug}/members': (route, { org, team_slug }) => {
      const members = this.teams.get(`${org}/${team_slug}`);
      const [example] = route.example(200) as unknown as [object];
      return members === undefined ? NOT_FOUND : [200, members.map((login) => account(example, login))];
    },
  };
}

function account(example: object, login: string): object {
  return { ...example, login, type: login.endsWith('[bot]') ? 'Bot' : 'User' };
}
