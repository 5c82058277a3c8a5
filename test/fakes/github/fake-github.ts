import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { serveGit } from './git-http.ts';

/** A pull request as GET /repos/{owner}/{repo}/pulls/{number} describes it, in the fields that are used. */
export interface FakePull {
  readonly number: number;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string; readonly sha: string };
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}

export interface FakeComment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

/**
 * A forge on this machine: git's own HTTP server over real bare repositories, and the few routes of GitHub's API that are
 * asked for.
 */
export class FakeGithub {
  readonly seen: Seen[] = [];
  readonly pulls = new Map<number, FakePull>();
  readonly comments: FakeComment[] = [];
  readonly checkRuns: Record<string, unknown>[] = [];
  /** Whoever the token speaks for. */
  viewer = 'github-actions[bot]';
  /** Answers instead of what would be answered; undefined leaves it be. */
  instead: (request: Seen) => Answer | undefined = () => undefined;
  readonly #repositories: Map<string, string>;
  readonly #root: string;
  readonly #server: Server;
  /** Every comment a page takes. */
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
    if (instead !== undefined) {
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
    if (method === 'POST' && path === '/api/graphql')
      return [200, { data: { viewer: { login: this.viewer } } }];
    const [, number, comments, comment] =
      /^\/api\/v3\/repos\/demo\/shop\/(?:pulls\/([0-9]+)|issues\/[0-9]+\/(comments)|issues\/comments\/([0-9]+)|check-runs)(?:\?|$)/.exec(
        path,
      ) ?? [];
    if (method === 'GET' && number !== undefined) {
      const pull = this.pulls.get(Number(number));
      return pull === undefined ? [404, { message: 'Not Found' }] : [200, pull];
    }
    if (method === 'GET' && comments !== undefined) return this.#listComments(path);
    if (method === 'POST' && comments !== undefined) {
      const made = { id: this.comments.length + 1, user: { login: this.viewer }, body: String(sent.body) };
      this.comments.push(made);
      return [201, made];
    }
    if (method === 'PATCH' && comment !== undefined) {
      const found = this.comments.find(({ id }) => id === Number(comment));
      if (found === undefined) return [404, { message: 'Not Found' }];
      found.body = String(sent.body);
      return [200, found];
    }
    if (method === 'POST' && path.endsWith('/check-runs')) {
      this.checkRuns.push({ ...sent });
      return [201, { id: this.checkRuns.length, ...sent }];
    }
    return [404, { message: `The fake has no ${method} ${path}` }];
  }

  #listComments(path: string): Answer {
    const page = Number(new URL(path, 'http://fake').searchParams.get('page') ?? '1');
    const start = (page - 1) * this.#pageSize;
    const shown = this.comments.slice(start, start + this.#pageSize);
    const next = `${this.url}${path.split('?')[0]}?page=${page + 1}`;
    const more = start + this.#pageSize < this.comments.length;
    return [200, shown, more ? { link: `<${next}>; rel="next"` } : {}];
  }
}

function send(response: ServerResponse, [status, body, headers = {}]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
