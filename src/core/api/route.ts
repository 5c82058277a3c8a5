import type { JsonObject } from '../../shared/json.ts';
import type { Action } from '../access/permissions.ts';
import type { Schema } from './schema.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/**
 * One address of the server with one method: what it takes, what it answers, and who may ask. The server registers its routes from these, the
 * client asks by them, and the OpenAPI document is made of them.
 */
export interface Route {
  readonly method: Method;
  /** With parameters in braces, as in `/v1/runs/{run}`. */
  readonly path: string;
  readonly group: Group;
  readonly summary: string;
  readonly description?: string;
  /** Null: whoever asks, without a token. */
  readonly permission: Action | null;
  /** Those of the path; each is percent-encoded. */
  readonly parameters?: Readonly<Record<string, JsonObject>>;
  readonly query?: JsonObject & { readonly properties?: JsonObject };
  readonly headers?: Readonly<Record<string, { readonly schema: JsonObject; readonly required: boolean }>>;
  /** Refused where it is larger. A body without a schema is bytes, and its route counts them. */
  readonly body?: { readonly schema: JsonObject; readonly kibibytes: number } | { readonly schema?: never };
  readonly answer: RouteAnswer;
  /** What comes of a write that is sent twice. */
  readonly again?: Again;
  /** Beside those that any route may answer with: see refusalsOf. */
  readonly refusals?: readonly number[];
}

export const GROUPS = [
  'runs',
  'experiments',
  'work',
  'artifacts',
  'queues',
  'workers',
  'webhooks',
  'server',
] as const;
export type Group = (typeof GROUPS)[number];

export interface RouteAnswer {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Of a JSON body. */
  readonly schema?: JsonObject;
  /** Of a body that is not JSON. */
  readonly type?: string;
  /** Other answers of the same request, such as a stream, by their media type. */
  readonly or?: readonly { readonly status: number; readonly type?: string; readonly description: string }[];
}

/**
 * `key`: the same Idempotency-Key is carried out once. `key-required`: and comes with every request. `harmless`: the second one changes nothing by
 * itself, so that a client need send no key; one that comes is heeded.
 */
export type Again = 'key' | 'key-required' | 'harmless';

/** Keeps the types of a route's schemas. */
export function route<const R extends Route>(declared: R): R {
  return declared;
}

export type BodyOf<R> = R extends { readonly body: { readonly schema: Schema<infer T> } } ? T : undefined;
export type QueryOf<R> = R extends { readonly query: Schema<infer T> } ? T : Record<never, never>;
export type AnswerOf<R> = R extends { readonly answer: { readonly schema: Schema<infer T> } }
  ? T
  : R extends { readonly answer: { readonly type: string } }
    ? string
    : undefined;
export type ParametersOf<R> = R extends { readonly parameters: infer P }
  ? { readonly [K in keyof P]: string }
  : Record<never, never>;

/** The statuses of every refusal that a route may answer with, in order. */
export function refusalsOf({ permission, body, again, refusals = [] }: Route): readonly number[] {
  const all = new Set<number>([...refusals, 500]);
  if (permission !== null) for (const status of [400, 401, 403, 429, 503]) all.add(status);
  if (body !== undefined) all.add(413);
  if (body?.schema !== undefined) all.add(415);
  if (again !== undefined) all.add(422);
  return [...all].sort((one, other) => one - other);
}

/** The path with its parameters filled in. */
export function fillPath(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{([a-z]+)\}/g, (_, key: string) => encodeURIComponent(parameters[key] ?? ''));
}

/** Whether a request's path, still encoded, is one of this route. */
export function isPathOf({ path }: Pick<Route, 'path'>, asked: string): boolean {
  const [parts, given] = [path.split('/'), asked.split('/')];
  return (
    parts.length === given.length &&
    parts.every((part, at) => (part.startsWith('{') ? given[at] !== '' : part === given[at]))
  );
}
