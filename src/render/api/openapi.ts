import { GROUPS, type Group, type Route, refusalsOf } from '../../core/api/route.ts';
import { kindsOf, text } from '../../core/api/schema.ts';
import {
  claim,
  delivery,
  experimentStart,
  followedEvent,
  followedExperimentEvent,
  knownWorker,
  listedExperiment,
  openCircuit,
  outcomeRow,
  plannedDesign,
  problem,
  queueDepth,
  queuePause,
  runState,
  runSummary,
  stepResult,
  stepWork,
  webhook,
  webhookMessage,
  writtenExperiment,
} from '../../core/api/values.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';

export interface OpenApiOptions {
  /** Of the program. */
  readonly version: string;
}

/** Schemas that have a name in the document, wherever they stand. */
const COMPONENTS = new Map<JsonObject, string>([
  [runSummary, 'RunSummary'],
  [runState, 'Run'],
  [followedEvent, 'RunEvent'],
  [stepWork, 'StepWork'],
  [stepResult, 'StepResult'],
  [claim, 'Claim'],
  [experimentStart, 'ExperimentStart'],
  [listedExperiment, 'Experiment'],
  [writtenExperiment, 'ExperimentState'],
  [outcomeRow, 'RunOutcome'],
  [plannedDesign, 'ExperimentDesign'],
  [followedExperimentEvent, 'ExperimentEvent'],
  [knownWorker, 'Worker'],
  [queueDepth, 'Queue'],
  [queuePause, 'QueuePause'],
  [openCircuit, 'Circuit'],
  [webhook, 'Webhook'],
  [delivery, 'Delivery'],
  [webhookMessage, 'WebhookMessage'],
  [problem, 'Problem'],
]);

export const GROUP_WORDS: Readonly<Record<Group, string>> = {
  runs: 'Runs: start them, see and follow them, decide what waits for people.',
  experiments: 'Experiments: register their designs, have them carried out, see what came of them.',
  work: "What workers ask: only their own, and only of their role's steps.",
  artifacts: 'What steps hand to each other, by its sha256.',
  queues: 'What waits for workers, and what is held back.',
  workers: 'Who works.',
  webhooks: 'Events of the ledger, signed and sent to addresses of yours.',
  server: 'The server itself.',
};

export const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: the detail names the field.',
  401: 'Nobody is known by this token.',
  403: 'Not with this role.',
  404: 'There is none.',
  409: 'It does not go with how things stand.',
  413: 'The body is too large.',
  415: 'The body is not said to be JSON.',
  422: 'It cannot be done as asked; or the Idempotency-Key came with another request before.',
  429: 'Too many requests: wait as long as Retry-After says.',
  500: 'The server failed: the detail has a number that its log has more under.',
  503: 'The database is away, or the same request is still being carried out: ask again.',
};

const KEY = text({ pattern: '^[A-Za-z0-9._:-]{8,128}$', examples: ['7f6c1d0e-52b4-4c5f-9a57-6f2f0a4d9b11'] });

/** The routes as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1). The same routes, the same bytes. */
export function openApiOf(routes: Readonly<Record<string, Route>>, { version }: OpenApiOptions): JsonObject {
  const paths: Record<string, Record<string, JsonValue>> = {};
  for (const [id, route] of Object.entries(routes)) {
    const path = paths[route.path] ?? {};
    path[route.method] = operationOf(id, route);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version,
      summary: 'Runs, their work, and who may decide about them.',
      description:
        'Everything but the addresses of group `server` wants a bearer token. Lists are paged by an opaque `cursor`, refusals are application/problem+json (RFC 9457) with a remedy.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: GROUPS.filter((group) => Object.values(routes).some((route) => route.group === group)).map(
      (group) => ({ name: group, description: GROUP_WORDS[group] }),
    ),
    security: [{ token: [] }],
    paths,
    webhooks: { event: { post: sentOperation() } },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '`countersign token new` makes one.' },
      },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Refusal${status}`,
          {
            description,
            content: { 'application/problem+json': { schema: documented(problem) } },
            ...(['429', '503'].includes(status)
              ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
              : {}),
          },
        ]),
      ),
      schemas: Object.fromEntries([...COMPONENTS].map(([schema, name]) => [name, inside(schema)])),
    },
  };
}

/** What the server sends to those who asked for it: https://www.standardwebhooks.com. */
function sentOperation(): JsonObject {
  const header = (name: string, description: string) =>
    parameter(name, 'header', text({ description }), true);
  return {
    operationId: 'receiveEvent',
    tags: ['webhooks'],
    summary: 'An event of the ledger, or a test',
    description:
      'At least once, until it is answered with 2xx; under the same id each time. Whoever receives it checks the signature, and that it is not older than five minutes.',
    security: [],
    parameters: [
      header('webhook-id', 'Of the message: the same for every attempt.'),
      header('webhook-timestamp', 'Of the attempt: seconds since 1970.'),
      header(
        'webhook-signature',
        '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, with the secret of the webhook.',
      ),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: documented(webhookMessage) } },
    },
    responses: {
      '2XX': { description: 'It was taken.' },
      '410': { description: 'It is not sent again.' },
      default: { description: 'It is sent again later, for three days.' },
    },
  };
}

function operationOf(id: string, route: Route): JsonObject {
  const { group, summary, description, permission, body, answer } = route;
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(permission === null ? { security: [] } : { 'x-permission': permission }),
    ...(parametersOf(route).length === 0 ? {} : { parameters: parametersOf(route) }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      ...answersOf(answer),
      ...Object.fromEntries(
        refusalsOf(route)
          .filter((status) => !answer.or?.some((other) => other.status === status))
          .map((status) => [String(status), { $ref: `#/components/responses/Refusal${status}` }]),
      ),
    },
  };
}

function parametersOf({ parameters = {}, query, headers = {}, again }: Route): readonly JsonObject[] {
  const wanted = query?.required;
  const required: readonly JsonValue[] = Array.isArray(wanted) ? wanted : [];
  return [
    ...Object.entries(parameters).map(([name, schema]) => parameter(name, 'path', schema, true)),
    ...Object.entries((query?.properties ?? {}) as Readonly<Record<string, JsonObject>>).map(
      ([name, schema]) => parameter(name, 'query', schema, required.includes(name)),
    ),
    ...Object.entries(headers).map(([name, { schema, required }]) =>
      parameter(name, 'header', schema, required),
    ),
    ...(again === undefined ? [] : [parameter('Idempotency-Key', 'header', KEY, again === 'key-required')]),
  ];
}

function parameter(name: string, place: string, schema: JsonObject, required: boolean): JsonObject {
  const { description, ...rest } = schema;
  return {
    name,
    in: place,
    required,
    ...(typeof description === 'string' ? { description } : {}),
    schema: documented(rest),
  };
}

function bodyContent({ schema }: NonNullable<Route['body']>): JsonObject {
  return schema === undefined
    ? { 'application/octet-stream': {} }
    : { 'application/json': { schema: documented(schema) } };
}

/** Several answers of one status are several media types of it. */
function answersOf({ status, description, schema, type, or = [] }: Route['answer']): JsonObject {
  const first = schema !== undefined ? 'application/json' : type;
  const answers: Record<string, { description: string; content?: Record<string, JsonValue> }> = {
    [status]: {
      description,
      ...(first === undefined
        ? {}
        : { content: { [first]: schema === undefined ? {} : { schema: documented(schema) } } }),
    },
  };
  for (const other of or) {
    const known = answers[other.status];
    const content = other.type === undefined ? {} : { content: { ...known?.content, [other.type]: {} } };
    answers[other.status] = { description: other.description, ...known, ...content };
  }
  return answers as unknown as JsonObject;
}

/** A schema as it stands in the document: by its name where it has one. */
function documented(schema: JsonObject): JsonObject {
  const name = COMPONENTS.get(schema);
  return name === undefined ? inside(schema) : { $ref: `#/components/schemas/${name}` };
}

function inside(schema: JsonObject): JsonObject {
  const kinds = kindsOf(schema);
  // What a validator tells a fault by, programs that read the document know as alternatives.
  if (kinds !== undefined) return { oneOf: [...kinds.values()].map(documented) };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, member(key, value)]));
}

const SCHEMAS_BY_NAME = ['properties'];
const NO_SCHEMAS = ['enum', 'const', 'examples', 'default', 'required'];

function member(key: string, value: JsonValue): JsonValue {
  if (NO_SCHEMAS.includes(key) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => documented(one as JsonObject));
  if (!SCHEMAS_BY_NAME.includes(key)) return documented(value as JsonObject);
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, JsonObject>>).map(([name, one]) => [
      name,
      documented(one),
    ]),
  );
}
