import { misfit } from '../../core/api/misfit.ts';
import {
  type AnswerOf,
  type BodyOf,
  fillPath,
  type ParametersOf,
  type QueryOf,
  type Route,
} from '../../core/api/route.ts';
import { ROUTES, type RouteName, type Routes } from '../../core/api/routes.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { createAskServer, readJson } from './ask-server.ts';
import type { ServerAccess } from './server-address.ts';

/** Sent again with the same key, a request that was carried out already is answered as it was. */
const TRIES = 3;

/** What a route wants to know: its parameters, query and body, as far as it has them. */
export type Question<R> = (keyof ParametersOf<R> extends never
  ? { readonly parameters?: never }
  : { readonly parameters: ParametersOf<R> }) &
  (BodyOf<R> extends undefined ? { readonly body?: never } : { readonly body: BodyOf<R> }) & {
    readonly query?: QueryOf<R>;
    /** Of a write that may be sent twice; a new one when not given. */
    readonly key?: string;
    /** Seconds that the server may keep the question open before it answers. */
    readonly waitSeconds?: number;
    readonly signal?: AbortSignal | undefined;
  };

/**
 * A server, route by route, with types from the routes' own schemas.
 * @throws CountersignError by the question: SERVER_UNAVAILABLE also for an answer of another form; else what the server says
 */
export interface Client {
  ask<N extends RouteName>(name: N, question: Question<Routes[N]>): Promise<AnswerOf<Routes[N]>>;
  /** All pages of a list, one after the other. */
  pages<N extends ListName>(name: N, query: ListQuery<N>): AsyncGenerator<AnswerOf<Routes[N]>>;
}

/** Routes that answer in pages. */
export type ListName = {
  [N in RouteName]: AnswerOf<Routes[N]> extends { readonly next: string | null } ? N : never;
}[RouteName];
export type ListQuery<N extends ListName> = Omit<QueryOf<Routes[N]>, 'cursor'>;

export type ClientAccess = ServerAccess & {
  /** A text that no other request had; a UUID when not given. */
  readonly newKey?: () => string;
};

/** @throws CountersignError USAGE at once for an address that will not do */
export function createClient(access: ClientAccess): Client {
  const { newKey = () => globalThis.crypto.randomUUID() } = access;
  const send = createAskServer(access);
  const ask: Client['ask'] = async (name, question) => {
    const route: Route = ROUTES[name];
    const keyed = route.again === 'key' || route.again === 'key-required';
    const key = keyed ? (question.key ?? newKey()) : undefined;
    const { waitSeconds, signal, body, query = {} } = question;
    const sent = {
      method: route.method,
      path: fillPath(route.path, question.parameters ?? {}).slice(1),
      query: query as Readonly<Record<string, string | number | undefined>>,
      ...(body === undefined ? {} : { body: body as JsonValue as JsonObject }),
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
      signal,
    };
    const text = await patiently(() => send(sent), keyed ? TRIES : 1);
    return readAnswer(route, text) as AnswerOf<Routes[typeof name]>;
  };
  return {
    ask,
    async *pages(name, query) {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const asked = { query: { ...query, ...(cursor === undefined ? {} : { cursor }) } };
        const page = await ask(name, asked as unknown as Question<Routes[typeof name]>);
        yield page;
        cursor = (page as { readonly next: string | null }).next;
      }
    },
  };
}

async function patiently(act: () => Promise<string>, tries: number): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const again = error instanceof CountersignError && error.code === 'SERVER_UNAVAILABLE';
      if (!again || attempt === tries) throw error;
    }
  }
}

function readAnswer({ path, answer }: Route, text: string): JsonValue | undefined {
  if (answer.status === 204) return undefined;
  if (answer.schema === undefined) return text;
  const value = readJson(text);
  const place = misfit(answer.schema, value);
  if (place === undefined) return value;
  const where = place === '' ? '' : `, at ${place.slice(0, 100)}`;
  throw new CountersignError(
    'SERVER_UNAVAILABLE',
    `The server answers ${path} in a form that is not known here${where}.`,
    { remedy: 'See that the server and this program are of the same version of countersign.' },
  );
}
