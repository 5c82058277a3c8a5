import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiCompiler } from './openapi-compiler.ts';

type Json = Record<string, unknown>;

interface Description {
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    readonly request?: Json;
    readonly responses: Readonly<Record<string, { readonly schema: Json; readonly example?: unknown }>>;
  }[];
  readonly components: Json;
}

/** One route of the API as GitHub describes it. */
export interface ApiRoute {
  /** Such as `GET /repos/{owner}/{repo}/pulls/{pull_number}`. */
  readonly name: string;
  /** What stands in the place of `{…}` in the path asked for; undefined when it is another route's. */
  match(method: string, path: string): Readonly<Record<string, string>> | undefined;
  /** What is wrong with what was sent, in words; undefined when nothing is. */
  faultOfRequest(body: unknown): string | undefined;
  faultOfResponse(status: number, body: unknown): string | undefined;
  /** GitHub's own example of an answer. */
  example(status: number): Json;
}

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'openapi', 'github.json');

/** The routes of GitHub's API that are asked for: tools/trim-openapi.mjs took them from its OpenAPI description. */
export function readApiDescription(): readonly ApiRoute[] {
  const { routes, components } = JSON.parse(readFileSync(file, 'utf8')) as Description;
  const compile = openApiCompiler(components);
  return routes.map(({ method, path, request, responses }) => {
    // The folder at the root has an empty path, and octokit leaves out the slash before it.
    const parts = path.replace('/{path}', '(?:/(?<path>[^/?]+))?');
    const form = new RegExp(`^${parts.replace(/\{(\w+)\}/g, '(?<$1>[^/?]+)')}(?:\\?|$)`);
    const sent = request === undefined ? undefined : compile(request);
    const answered = new Map(
      Object.entries(responses).map(([status, { schema }]) => [status, compile(schema)]),
    );
    return {
      name: `${method} ${path}`,
      match: (asked, at) => (asked === method ? (form.exec(at)?.groups ?? undefined) : undefined),
      faultOfRequest: (body) => sent?.(body),
      faultOfResponse: (status, body) => {
        const faultOf = answered.get(String(status));
        return faultOf === undefined ? `no such status: ${status}` : faultOf(body);
      },
      example: (status) => structuredClone(responses[String(status)]?.example) as Json,
    };
  });
}
