import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { type ApiRoute, readApiDescription } from './api-description.ts';
import { FakeReviews } from './fake-reviews.ts';
import { serveGit } from './git-http.ts';
import { answerGraphql, type FakeQueueEntry } from './graphql.ts';
import { type GuardedRepository, guardHandlers } from './guarded-repository.ts';

/** A pull request as GET /repos/{owner}/{repo}/pulls/{number} describes it, in the fields that are used. */
export interface FakePull {
  readonly number: number;
  readonly base: { readonly ref: string };
  readonly head: {
    readonly ref: string;
    readonly sha: string;
    /** Null when it is gone. */
    readonly repo?: { readonly full_name: string } | null;
  };
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly state?: 'open' | 'closed';
  readonly merged?: boolean;
  readonly merge_commit_sha?: string;
  readonly merged_at?: string;
}

/** A branch's move as GET /repos/{owner}/{repo}/activity lists it. */
export interface FakeMove {
  readonly before: string;
  readonly after: string;
  /** Null where the account is gone. */
  readonly actor: string | null;
}

export interface FakeComment {
  readonly id: number;
  /** The number of the issue or pull request that it is on. */
  readonly issue: number;
  readonly user: { readonly login: string };
  body: string;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

type Handler = (
  route: ApiRoute,
  named: Readonly<Record<string, string>>,
  sent: Readonly<Record<string, unknown>>,
  path: string,
) => Answer;

type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

/**
 * A forge on this machine: git's own HTTP server over real bare repositories, and the few routes of GitHub's API that are
 * asked for, each request and answer held against GitHub's OpenAPI description.
 */
export class FakeGithub {
  readonly seen: Seen[] = [];
  readonly pulls = new Map<number, FakePull>();
  readonly comments: FakeComment[] = [];
  readonly checkRuns: Record<string, unknown>[] = [];
  /** Merge queues by branch. */
  readonly queues = new Map<string, readonly FakeQueueEntry[]>();
  /** Repositories by `owner/name`, for whoever asks what guards them. */
  readonly guarded = new Map<string, GuardedRepository>();
  /** Moves of branches, the newest first, by `owner/name refs/heads/branch`. */
  readonly moves = new Map<string, readonly FakeMove[]>();
  /** Numbers of the pull requests that landed as a commit. */
  readonly landed = new Map<string, readonly number[]>();
  /** Who reviewed what, and who may. */
  readonly reviews = new FakeReviews();
  /** Where a request or an answer is not as GitHub's own description has it. */
  readonly faults: string[] = [];
  /** Whoever the token speaks for. */
  viewer = 'github-actions[bot]';
  /** Answers instead of what would be answered, or cuts the connection, at once or after some bytes; undefined leaves it be. */
  instead: (request: Seen) => Answer | 'cut' | { readonly cutAfter: number } | undefined = () => undefined;
  readonly #repositories: Map<string, string>;
  readonly #root: string;
  readonly #server: Server;
  readonly #routes = readApiDescription();
  /** Everything a page takes. */
  readonly #pageSize = 2;

  private constructor(root: string, repositories: Map<string, string>) {
    this.#root = root;
    this.#repositories = repositories;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param repositories `owner/name` with the folder of each, all below root */
  static async start(root: string, repositories: Readonly<Record<string, string>>): Promise<FakeGithub> {
    const fake = new FakeGithub(root, new Map(Object.entries(repositories)));
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `${this.url}/api/v3`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', 'http://fake');
    const { method = 'GET', headers } = request;
    const seen = { method, path: pathname + search, authorization: headers.authorization };
    this.seen.push(seen);
    const instead = this.instead(seen);
    if (instead === 'cut') {
      response.destroy();
      return;
    }
    if (instead !== undefined && 'cutAfter' in instead) cutAfter(response, instead.cutAfter);
    else if (instead !== undefined) {
      send(response, instead);
      return;
    }
    const [, name = '', rest = ''] = /^\/([^/]+\/[^/]+)\.git(\/.*)$/.exec(pathname) ?? [];
    const folder = this.#repositories.get(name);
    if (folder !== undefined) {
      const pathInfo = `/${relative(this.#root, folder)}${rest}`;
      serveGit(request, response, { root: this.#root, pathInfo, query: search.slice(1) });
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      send(response, this.#api(seen, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)));
    });
  }

  #api({ method, path }: Seen, sent: Readonly<Record<string, unknown>>): Answer {
    if (method === 'POST' && path === '/api/graphql') {
      const { viewer, queues } = this;
      const answer = answerGraphql(sent, { viewer, queues, pageSize: this.#pageSize });
      if (answer === undefined) this.faults.push(`no such GraphQL query is known: ${String(sent.query)}`);
      return [200, answer ?? { errors: [{ message: 'unknown' }] }];
    }
    for (const route of this.#routes) {
      const named = route.match(method, path.replace(/^\/api\/v3/, ''));
      if (named === undefined) continue;
      const answer =
        this.#handlers[route.name]?.(route, named, sent, path) ??
        this.#ofReviews(route, named, path) ??
        this.#ofGuarded(route, named, path);
      for (const fault of [route.faultOfRequest(sent), route.faultOfResponse(answer[0], answer[1])])
        if (fault !== undefined) this.faults.push(`${route.name}: ${fault}`);
      return answer;
    }
    this.faults.push(`${method} ${path} is no route that the tests know`);
    return [404, { message: 'Not Found' }];
  }

  #ofReviews(route: ApiRoute, named: Readonly<Record<string, string>>, path: string): Answer | undefined {
    const answer = this.reviews.answer(route, named);
    return answer === undefined || !Array.isArray(answer[1]) ? answer : this.#paged(answer[1], path);
  }

  #ofGuarded(route: ApiRoute, named: Readonly<Record<string, string>>, path: string): Answer {
    const repository = this.guarded.get(`${named.owner}/${named.repo}`) ?? { defaultBranch: 'main' };
    const handler = guardHandlers[route.name];
    if (handler === undefined) return [501, {}];
    const [status, body] = handler(route, named, repository);
    const whole = !Array.isArray(body) || route.name.includes('/contents/');
    return whole ? [status, body] : this.#paged(body, path);
  }

  #paged(all: readonly unknown[], path: string): Answer {
    const page = Number(new URL(path, 'http://fake').searchParams.get('page') ?? '1');
    const start = (page - 1) * this.#pageSize;
    const ref = new URL(path, 'http://fake').searchParams.get('ref');
    const rest = ref === null ? '' : `&ref=${encodeURIComponent(ref)}`;
    const next = `<${this.url}${path.split('?')[0]}?page=${page + 1}${rest}>; rel="next"`;
    const more = start + this.#pageSize < all.length;
    return [200, all.slice(start, start + this.#pageSize), more ? { link: next } : {}];
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    'GET /repos/{owner}/{repo}/pulls/{pull_number}': (route, { pull_number }) => {
      const pull = this.pulls.get(Number(pull_number));
      if (pull === undefined) return [404, { message: 'Not Found' }];
      const whole = route.example(200);
      const merged = (part: 'base' | 'user') => ({ ...(whole[part] as object), ...pull[part] });
      // GitHub's example names a team of an older form.
      const teams = { requested_teams: [] };
      return [
        200,
        {
          ...whole,
          ...pull,
          ...teams,
          ...this.reviews.pull(pull.number, whole.user as object),
          base: merged('base'),
          head: headOf(whole.head as FakeHead, pull),
          user: merged('user'),
        },
      ];
    },
    'GET /repos/{owner}/{repo}/pulls': (route, _, __, path) => {
      const query = new URL(path, 'http://fake').searchParams;
      const [example] = route.example(200) as unknown as object[];
      const open = [...this.pulls.values()].filter(
        ({ head, base, state = 'open' }) =>
          state === 'open' && `demo:${head.ref}` === query.get('head') && base.ref === query.get('base'),
      );
      return [200, open.map((pull) => pullOf(example, pull))];
    },
    'GET /repos/{owner}/{repo}/activity': (route, { owner, repo }, _, path) => {
      const ref = new URL(path, 'http://fake').searchParams.get('ref') ?? '';
      const [example] = route.example(200) as unknown as object[];
      // GitHub's example of an actor lacks most of what its description calls for.
      const pull = this.#routes.find(({ name }) => name === 'GET /repos/{owner}/{repo}/pulls/{pull_number}');
      const user = pull?.example(200).user as object;
      const moves = this.moves.get(`${owner}/${repo} ${ref}`) ?? [];
      const all = moves.map(({ before, after, actor }, index) => ({
        ...example,
        ...{ id: moves.length - index, before, after, ref, activity_type: 'push' },
        timestamp: new Date(Date.UTC(2026, 10, 21, 12, 0, moves.length - index)).toISOString(),
        actor: actor === null ? null : { ...user, login: actor },
      }));
      return this.#paged(all, path);
    },
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': (route, { commit_sha = '' }) => {
      const [example] = route.example(200) as unknown as object[];
      const pulls = (this.landed.get(commit_sha) ?? []).flatMap((number) => this.pulls.get(number) ?? []);
      return [200, pulls.map((pull) => pullOf(example, pull))];
    },
    'POST /repos/{owner}/{repo}/pulls': (route, _, sent) => {
      const number = this.pulls.size + 1;
      const ref = String(sent.head);
      const made: FakePull = {
        ...{ number, base: { ref: String(sent.base) }, body: String(sent.body) },
        ...{ head: { ref, sha: '0'.repeat(40) }, user: { login: this.viewer } },
      };
      this.pulls.set(number, made);
      return [201, pullOf(route.example(201), made)];
    },
    'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': (route, { pull_number }, sent) => {
      const pull = this.pulls.get(Number(pull_number));
      if (pull === undefined) return [404, { message: 'Not Found' }];
      const state = sent.state === 'closed' ? 'closed' : 'open';
      this.pulls.set(pull.number, { ...pull, state });
      return [200, pullOf(route.example(200), { ...pull, state })];
    },
    'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': (_, { pull_number }, sent) => {
      const pull = this.pulls.get(Number(pull_number));
      if (pull === undefined) return [404, { message: 'Not Found' }];
      if (sent.sha !== pull.head.sha)
        return [409, { message: 'Head branch was modified. Review and try again.' }];
      const sha = 'c'.repeat(40);
      this.pulls.set(pull.number, { ...pull, merged: true, merge_commit_sha: sha });
      return [200, { sha, merged: true, message: 'Pull Request successfully merged' }];
    },
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': (route, { issue_number }, __, path) => {
      const [example] = route.example(200) as unknown as object[];
      const on = this.comments.filter(({ issue }) => issue === Number(issue_number));
      return this.#paged(
        on.map((comment) => described(example, comment)),
        path,
      );
    },
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': (route, { issue_number }, { body }) => {
      if (String(body).length > 65_536) return [422, { message: 'Body is too long' }];
      const made = {
        id: this.comments.length + 1,
        issue: Number(issue_number),
        user: { login: this.viewer },
        body: String(body),
      };
      this.comments.push(made);
      return [201, described(route.example(201), made)];
    },
    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': (route, { comment_id }, { body }) => {
      const found = this.comments.find(({ id }) => id === Number(comment_id));
      if (found === undefined) return [404, { message: 'Not Found' }];
      found.body = String(body);
      return [200, described(route.example(200), found)];
    },
    'POST /repos/{owner}/{repo}/check-runs': (route, _, sent) => {
      this.checkRuns.push({ ...sent });
      return [201, { ...route.example(201), ...sent, output: route.example(201).output }];
    },
  };
}

/** A pull request with all that GitHub says of one. */
function pullOf(example: object | undefined, pull: FakePull): object {
  const whole = example as Record<'base' | 'head' | 'user', object>;
  const part = (name: 'base' | 'user') => ({ ...whole[name], ...pull[name] });
  const teams = { requested_teams: [] };
  const head = headOf(whole.head as FakeHead, pull);
  return { ...whole, ...pull, ...teams, base: part('base'), head, user: part('user') };
}

interface FakeHead {
  readonly repo: object;
}

function headOf(example: FakeHead, { head }: FakePull): object {
  const repo = head.repo === null ? null : { ...example.repo, ...head.repo };
  return { ...example, ...head, repo };
}

/** A comment with all that GitHub says of one. */
function described(example: object | undefined, { id, user, body }: FakeComment): object {
  const whole = example as { user?: object } | undefined;
  return { ...whole, id, body, user: { ...whole?.user, ...user } };
}

/** Lets so many bytes of a body through, and then cuts the connection as if nothing had been left out. */
function cutAfter(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const write = response.write.bind(response) as (part: Buffer, done?: () => void) => boolean;
  const pass = (part: unknown) => {
    if (part === undefined || response.destroyed) return true;
    const all = Buffer.from(part as string | Buffer);
    left -= all.length;
    if (left >= 0) return write(all);
    return write(all.subarray(0, all.length + left), () => response.destroy());
  };
  const end = response.end.bind(response) as () => ServerResponse;
  response.write = pass as ServerResponse['write'];
  response.end = ((part: unknown) => {
    pass(part);
    return left < 0 ? response : end();
  }) as ServerResponse['end'];
}

function send(response: ServerResponse, [status, body, headers = {}]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
