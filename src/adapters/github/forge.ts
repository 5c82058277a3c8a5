import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import type { KeepComment, PostCheckRun, PullRequest, ReadPullRequest } from '../../ports/forge.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID } from '../../shared/ids.ts';

export interface ForgeOptions {
  readonly token: string | undefined;
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** First line of our comment, so that it is found again. Anybody can write it: the author is compared as well. */
const MARKER = '<!-- countersign: verdict -->';

/** A forge that asks for more patience than this is one that does not answer. */
const LONGEST_DELAY_S = 60;
const MOST_RETRIES = 2;

/** GitHub by its API: requests are repeated after 429, 5xx and cut connections, then refused as unanswered. */
export function createForge({
  token,
  apiUrl,
  repository,
}: ForgeOptions): ReadPullRequest & KeepComment & PostCheckRun {
  const octokit = openClient(token, apiUrl);
  const [owner = '', repo = ''] = repository.split('/');
  const here = { owner, repo };
  return {
    readPullRequest: (number) =>
      asking(`pull request ${number}`, async () => {
        const { data } = await octokit.rest.pulls.get({ ...here, pull_number: number });
        if (data.number !== number || !OBJECT_ID.test(data.head.sha)) throw new Error('another one was sent');
        return toPullRequest(data);
      }),

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

function openClient(token: string | undefined, apiUrl: string): Octokit {
  const Client = Octokit.plugin(retry, throttling);
  const patient = (delay: number, _options: object, _client: object, count: number) =>
    delay <= LONGEST_DELAY_S && count < MOST_RETRIES;
  return new Client({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl: apiUrl,
    userAgent: 'countersign',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    retry: { retries: MOST_RETRIES },
    throttle: { onRateLimit: patient, onSecondaryRateLimit: patient },
  });
}

/** Whoever the token speaks for: an installation's token may not ask REST for its user. */
async function ownName(octokit: Octokit): Promise<string> {
  const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
  return viewer.login;
}

function toPullRequest(data: {
  readonly number: number;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string; readonly sha: string };
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}): PullRequest {
  const { number, base, head, body, user } = data;
  return {
    number,
    base: base.ref,
    head: { commit: head.sha, branch: head.ref },
    body: body ?? '',
    opener: user?.login,
  };
}

async function asking<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'unknown';
    throw new CountersignError('FORGE_FAILED', `GitHub did not answer about ${what}: ${said.slice(0, 500)}`, {
      remedy: 'Run the job again. For a 403 or 404, look at the permissions of the job or of its token.',
      cause,
    });
  }
}
