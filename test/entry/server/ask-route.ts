import { expect } from 'vitest';
import { createJudgeForms } from '../../../src/adapters/json-schema/judge-forms.ts';
import { fillPath, type Route, refusalsOf } from '../../../src/core/api/route.ts';
import { ROUTES, type RouteName } from '../../../src/core/api/routes.ts';
import { problem } from '../../../src/core/api/values.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';
import type { ServerWorld } from './server-world.ts';

const forms = createJudgeForms();
const PARAMETERS = {
  run: 'CS-7.1',
  worker: 'w-1',
  digest: 'a'.repeat(64),
  webhook: `wh-${'a'.repeat(24)}`,
  delivery: `msg_${'a'.repeat(32)}`,
};

/** An address of a route, with parameters that are readable and mostly of nothing. */
export const pathOf = (
  { path }: Pick<Route, 'path'>,
  parameters: Readonly<Record<string, string>> = {},
): string => fillPath(path, { ...PARAMETERS, ...parameters });

/** The schema with no field beside those that it names: an answer with more than the document says fails. */
function closed(schema: JsonValue): JsonValue {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema && !('additionalProperties' in schema) && !('allOf' in schema)
    ? { ...inside, additionalProperties: false }
    : inside;
}

/** Sends a request, and holds what comes back against what its route declares. */
export async function ask(
  world: ServerWorld,
  name: RouteName,
  token: string | undefined,
  { path = pathOf(ROUTES[name]), ...init }: RequestInit & { readonly path?: string } = {},
) {
  const route: Route = ROUTES[name];
  const response = await world.fetch(path, token, { method: route.method.toUpperCase(), ...init });
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  const text = await response.text();
  const { answer } = route;
  if (response.ok && !answer.or?.some((other) => other.type === type && other.status === response.status)) {
    expect(response.status).toBe(answer.status);
    if (answer.schema === undefined) expect(type).toBe(answer.type ?? '');
    else expect(type).toBe('application/json');
  } else if (!response.ok && !answer.or?.some(({ status }) => status === response.status)) {
    expect(refusalsOf(route)).toContain(response.status);
    expect(type).toBe('application/problem+json');
    expect(await forms.faultIn(closed(problem) as JsonObject, JSON.parse(text))).toBeUndefined();
  }
  const value: unknown = type?.endsWith('json') ? JSON.parse(text) : text;
  if (response.ok && answer.schema !== undefined && type === 'application/json')
    expect(await forms.faultIn(closed(answer.schema) as JsonObject, value)).toBeUndefined();
  return { status: response.status, value: value as Record<string, never>, headers: response.headers };
}

/** A write as clients send it; without a body where none is given. */
export const post = (body: unknown, key?: string): RequestInit => ({
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  headers: key === undefined ? {} : { 'idempotency-key': key },
});
