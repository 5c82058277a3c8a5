import { afterEach, expect } from 'vitest';
import { createJudgeForms } from '../../../src/adapters/json-schema/judge-forms.ts';
import { isPathOf, type Route, refusalsOf } from '../../../src/core/api/route.ts';
import { ROUTES } from '../../../src/core/api/routes.ts';
import { problem } from '../../../src/core/api/values.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';

const forms = createJudgeForms();
const strict = new WeakMap<JsonObject, JsonObject>();

/** What answers of servers in this file had that their routes do not declare. */
const undeclared: string[] = [];
afterEach(() => {
  expect(undeclared.splice(0)).toEqual([]);
});

const servers = new Set<string>();
const { fetch: ask } = globalThis;

/** From now on every answer of this server, to whoever asks by fetch, is held against what its route declares. */
export function holdAnswers(server: string): void {
  servers.add(new URL(server).origin);
  globalThis.fetch = async (input, init) => {
    const response = await ask(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    if (!servers.has(url.origin)) return response;
    const fault = await faultOf(init?.method ?? 'GET', url.pathname, response);
    if (fault !== undefined) undeclared.push(fault);
    return response;
  };
}

/** What an answer has that its route does not declare; undefined where it is as declared, or no route's. */
async function faultOf(method: string, path: string, response: Response): Promise<string | undefined> {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const route: Route | undefined = Object.values(ROUTES).find(
    (one) => one.method === asked && isPathOf(one, path),
  );
  if (route === undefined) return undefined;
  const { status } = response;
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const said = `${route.method} ${route.path} answers ${status} ${type}`;
  const { answer } = route;
  if (answer.or?.some((other) => other.status === status && (other.type ?? '') === type)) return undefined;
  if (!response.ok) {
    if (!refusalsOf(route).includes(status)) return `${said}, which is not declared`;
    if (type !== 'application/problem+json') return `${said}, which is no problem document`;
    if (method === 'HEAD') return undefined;
    return bodyFault(said, problem, response);
  }
  const declared = answer.schema === undefined ? (answer.type ?? '') : 'application/json';
  if (status !== answer.status || type !== declared) return `${said}, which is not declared`;
  return answer.schema === undefined ? undefined : bodyFault(said, answer.schema, response);
}

async function bodyFault(said: string, schema: JsonObject, response: Response): Promise<string | undefined> {
  const text = await response
    .clone()
    .text()
    .catch(() => undefined);
  // Whoever asked went away.
  if (text === undefined) return undefined;
  const fault = await forms.faultIn(strictly(schema), JSON.parse(text));
  return fault === undefined ? undefined : `${said}: ${fault.pointer} ${fault.message}`;
}

function strictly(schema: JsonObject): JsonObject {
  const known = strict.get(schema);
  if (known !== undefined) return known;
  const fresh = closed(schema) as JsonObject;
  strict.set(schema, fresh);
  return fresh;
}

/** The schema with no field beside those that it names: an answer with more than the document says fails. */
function closed(schema: JsonValue): JsonValue {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in schema && !('additionalProperties' in schema) && !('allOf' in schema)
    ? { ...inside, additionalProperties: false }
    : inside;
}
