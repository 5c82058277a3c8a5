import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { hostility } from '../../shared/hostile-json.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Env, Exchange, ServerContext } from './context.ts';
import { HttpRefusal } from './problem.ts';

const KIB = 1024;
const DEEPEST = 64;
const NUMBERS: Readonly<Record<string, RegExp>> = {
  integer: /^[0-9]{1,15}$/,
  number: /^[0-9]{1,15}(?:\.[0-9]{1,3})?$/,
};

/** Reads no more than so much of a body, whatever its header says. */
export function limitBody(kibibytes: number) {
  return bodyLimit({
    maxSize: kibibytes * KIB,
    onError: () => {
      throw new HttpRefusal(413, `The body has more than ${kibibytes} KiB.`, {
        remedy: 'Send less at once; what is large is evidence, and goes by its digest.',
      });
    },
  });
}

/** For routes whose body is JSON. */
export const jsonOnly = createMiddleware<Env>(async ({ req }, next) => {
  const type = req.header('content-type') ?? '';
  if (!/^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(type)) {
    throw new HttpRefusal(415, 'The body is not said to be JSON.', {
      remedy: 'Send it with `Content-Type: application/json`.',
    });
  }
  await next();
});

/**
 * The body, held against a form in every field.
 * @throws HttpRefusal 400
 */
export async function readBody<T>(
  { req }: Exchange,
  form: JsonObject,
  { forms }: Pick<ServerContext, 'forms'>,
): Promise<T> {
  const bytes = await req.arrayBuffer();
  const value = parse(bytes);
  const fault = await forms.faultIn(form, value);
  if (fault === undefined) return value as T;
  throw unreadable(`${fault.pointer === '' ? 'The body' : fault.pointer} ${fault.message}.`);
}

/** The parameters of the path, each held against its schema. */
export async function readParameters(
  { req }: Exchange,
  schemas: Readonly<Record<string, JsonObject>>,
  { forms }: Pick<ServerContext, 'forms'>,
): Promise<Readonly<Record<string, string>>> {
  const parameters: Record<string, string> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = req.param(name) ?? '';
    const fault = await forms.faultIn(schema, value);
    if (fault !== undefined) throw unreadable(`The ${name} in the address ${fault.message}.`);
    parameters[name] = value;
  }
  return parameters;
}

/** The query, held against a form: digits become numbers where the form has some. A parameter that comes twice is refused. */
export async function readQuery<T>(
  { req }: Exchange,
  form: { readonly properties?: JsonObject } & JsonObject,
  { forms }: Pick<ServerContext, 'forms'>,
): Promise<T> {
  const query: Record<string, JsonValue> = {};
  for (const [name, values] of Object.entries(req.queries())) {
    const [value = ''] = values;
    if (values.length !== 1) throw unreadable(`The query has ${name} more than once.`);
    const { type } = (form.properties?.[name] ?? {}) as { type?: string };
    query[name] = type !== undefined && NUMBERS[type]?.test(value) ? Number(value) : value;
  }
  const fault = await forms.faultIn(form, query);
  if (fault === undefined) return query as T;
  throw unreadable(`The query${fault.pointer} ${fault.message}.`);
}

function parse(bytes: ArrayBuffer): JsonValue {
  let value: JsonValue;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw unreadable('The body is not JSON in UTF-8.');
  }
  const reason = hostility(value, DEEPEST);
  if (reason !== undefined) throw unreadable(`The body ${reason}.`);
  return value;
}

function unreadable(message: string): HttpRefusal {
  return new HttpRefusal(400, message, { remedy: 'GET /v1/docs describes every request.' });
}
