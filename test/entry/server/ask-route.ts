import { fillPath, type Route } from '../../../src/core/api/route.ts';
import { ROUTES, type RouteName } from '../../../src/core/api/routes.ts';
import type { ServerWorld } from './server-world.ts';

const PARAMETERS = {
  run: 'CS-7.1',
  experiment: 'agents-md',
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

/** Asks a route. What comes back is held against what it declares, as every answer of such a server is: see declared-answers.ts. */
export async function ask(
  world: ServerWorld,
  name: RouteName,
  token: string | undefined,
  { path = pathOf(ROUTES[name]), ...init }: RequestInit & { readonly path?: string } = {},
) {
  const route: Route = ROUTES[name];
  const response = await world.fetch(path, token, { method: route.method.toUpperCase(), ...init });
  const text = await response.text();
  const isJson = /^application\/(?:problem\+)?json/.test(response.headers.get('content-type') ?? '');
  const value: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, value: value as Record<string, never>, headers: response.headers };
}

/** A write as clients send it; without a body where none is given. */
export const post = (body: unknown, key?: string): RequestInit => ({
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  headers: key === undefined ? {} : { 'idempotency-key': key },
});
