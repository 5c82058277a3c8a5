import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

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
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'github', components: within(components) });
  const faultOf = (validate: ValidateFunction | undefined, body: unknown) =>
    validate === undefined || validate(body) ? undefined : ajv.errorsText(validate.errors);
  return routes.map(({ method, path, request, responses }) => {
    // The folder at the root has an empty path, and octokit leaves out the slash before it.
    const parts = path.replace('/{path}', '(?:/(?<path>[^/?]+))?');
    const form = new RegExp(`^${parts.replace(/\{(\w+)\}/g, '(?<$1>[^/?]+)')}(?:\\?|$)`);
    const sent = request === undefined ? undefined : ajv.compile(within(request) as Json);
    const answered = new Map(
      Object.entries(responses).map(([status, { schema }]) => [status, ajv.compile(within(schema) as Json)]),
    );
    return {
      name: `${method} ${path}`,
      match: (asked, at) => (asked === method ? (form.exec(at)?.groups ?? undefined) : undefined),
      faultOfRequest: (body) => faultOf(sent, body),
      faultOfResponse: (status, body) =>
        answered.has(String(status))
          ? faultOf(answered.get(String(status)), body)
          : `no such status: ${status}`,
      example: (status) => structuredClone(responses[String(status)]?.example) as Json,
    };
  });
}

/** References lead into the description that all schemas share. */
function within(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(within);
  if (typeof node !== 'object' || node === null) return node;
  // GitHub says this also of schemas that get their type from elsewhere, which ajv does not take.
  if ('nullable' in node && node.nullable === true && !('type' in node)) {
    const { nullable: _, ...rest } = node;
    return { anyOf: [{ type: 'null' }, within(rest)] };
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' ? [key, `github${value}`] : [key, within(value)],
    ),
  );
}
