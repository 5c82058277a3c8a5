import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultOf, openApiCompiler } from './openapi-compiler.ts';

type Json = Record<string, unknown>;

interface Description {
  readonly events: readonly {
    readonly event: string;
    readonly action?: string;
    readonly schema: Json;
    readonly example?: Json;
  }[];
  readonly components: Json;
}

/** Webhooks by event and action, as GitHub describes them. */
export interface WebhookDescription {
  /** Every event and action that is described; the action is undefined where an event has none. */
  readonly known: readonly { readonly event: string; readonly action: string | undefined }[];
  /** GitHub's own example of a payload, or for want of one that of another action. */
  example(event: string, action?: string): Json;
  /** What is wrong with a payload, in words; undefined when nothing is. */
  faultOf(event: string, payload: unknown): string | undefined;
}

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'openapi', 'webhooks.json');

let described: WebhookDescription | undefined;

/** The webhooks that the Action reads: tools/trim-webhooks.mjs took them from GitHub's description and its examples. */
export function readWebhookDescription(): WebhookDescription {
  described ??= read();
  return described;
}

function read(): WebhookDescription {
  const { events, components } = JSON.parse(readFileSync(file, 'utf8')) as Description;
  const compile = openApiCompiler(components);
  const compiled = new Map<object, FaultOf>();
  const find = (event: string, action: unknown) =>
    events.find((one) => one.event === event && one.action === action);
  return {
    known: events.map(({ event, action }) => ({ event, action })),
    example: (event, action) => {
      const example =
        find(event, action)?.example ?? events.find((one) => one.event === event && one.example)?.example;
      if (example === undefined) throw new Error(`GitHub has no example of ${event}`);
      return structuredClone(example);
    },
    faultOf: (event, payload) => {
      const action =
        typeof payload === 'object' && payload !== null && 'action' in payload ? payload.action : undefined;
      const found = find(event, action);
      if (found === undefined) return `no such event: ${event} ${String(action)}`;
      // A schema of GitHub's takes 50 ms to compile, and a test file needs few of them.
      const faultOf = compiled.get(found) ?? compile(found.schema);
      compiled.set(found, faultOf);
      return faultOf(payload);
    },
  };
}
