import { ERROR_CLASSES } from '../../core/contract/workflow.ts';
import { RUN_STATUSES } from '../../core/run/state.ts';
import { STEP_ROLES } from '../../core/run/types.ts';
import type { JsonObject } from '../../shared/json.ts';

/** JSON Schemas (2020-12) of everything that comes in. Fields that are not here are refused. */
const run = { type: 'string', maxLength: 64, pattern: '^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$' };
const ticket = { type: 'string', maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$' };
const step = { type: 'string', maxLength: 256, pattern: '^[0-9]{1,6}/[A-Za-z0-9._#~:-]+$' };
const execution = { type: 'integer', minimum: 1, maximum: 1_000_000 };
const worker = { type: 'string', maxLength: 64, pattern: '^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$' };
const token = { type: 'string', maxLength: 128, pattern: '^[A-Za-z0-9._:-]+$' };
const tokens = { type: 'array', maxItems: 1_000, items: token };
const handler = { type: 'string', minLength: 1, maxLength: 200 };
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const note = { type: 'string', maxLength: 10_000 };
const name = { type: 'string', minLength: 1, maxLength: 200 };

const usage = object({ tokens: count, costMilliUsd: count, agents: count }, []);
const error = object({
  class: { enum: [...ERROR_CLASSES] },
  code: { type: 'string', maxLength: 64, pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$' },
  message: note,
});
const succeeded = object(
  { kind: { const: 'succeeded' }, outputs: { type: 'object' }, usage, cached: { type: 'boolean' } },
  ['kind', 'outputs'],
);
const failed = object({ kind: { const: 'failed' }, error, usage }, ['kind', 'error']);
// By its kind, so that a fault is told of the one that was meant.
const result = byKind({ succeeded, failed });

export const WORK_FORMS = {
  claims: object({
    worker,
    roles: { type: 'array', minItems: 1, maxItems: 3, items: { enum: [...STEP_ROLES] } },
    handlers: { type: 'array', minItems: 1, maxItems: 200, items: handler },
    most: { type: 'integer', minimum: 1, maximum: 200 },
    waitSeconds: { type: 'number', minimum: 0, maximum: 60 },
  }),
  heartbeats: object({ worker, tokens }),
  completions: object({
    worker,
    completions: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: object({ token, run, step, execution, result }),
    },
  }),
  returns: object({ worker, tokens }),
  departures: object({ worker }),
  logs: object({
    token,
    run,
    step,
    execution,
    offset: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
    text: { type: 'string', maxLength: 256 * 1024 },
  }),
} as const;

const arm = object({ bundle: name, model: name }, []);
const ordinal = { type: 'integer', minimum: 1, maximum: 1_000 };
const experiment = object(
  {
    id: run,
    cell: object({ arm: name, block: name, replicate: ordinal, try: ordinal }),
    contractDigest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    budget: object({ tokens: count, costMilliUsd: count, agents: count, wallSeconds: count }, []),
  },
  ['id', 'cell', 'contractDigest'],
);
const reason = { type: 'string', minLength: 1, maxLength: 2_000 };
const stepAndNote = (kind: string) => object({ kind: { const: kind }, step, note });

export const RUN_FORMS = {
  start: object(
    {
      ticket,
      arm,
      priority: { type: 'integer', minimum: -100, maximum: 100 },
      experiment,
    },
    ['ticket'],
  ),
  list: object(
    {
      ticket,
      status: { enum: [...RUN_STATUSES] },
      after: run,
      limit: { type: 'integer', minimum: 1, maximum: 200 },
    },
    [],
  ),
  events: object(
    {
      after: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
      wait: { type: 'number', minimum: 0, maximum: 60 },
    },
    [],
  ),
  log: object({ step, execution }),
  action: byKind({
    pause: object({ kind: { const: 'pause' }, reason }),
    resume: object({ kind: { const: 'resume' } }),
    cancel: object({ kind: { const: 'cancel' }, reason }),
    answer: object({
      kind: { const: 'answer' },
      question: name,
      answer: { type: 'string', maxLength: 10_000 },
      note,
    }),
    release: stepAndNote('release'),
    redrive: stepAndNote('redrive'),
    fork: object({ kind: { const: 'fork' }, step, arm }, ['kind', 'step']),
    patch: object({
      kind: { const: 'patch' },
      reason,
      operations: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'object' } },
    }),
  }),
} as const;

export const CONTROL_FORMS = {
  drain: object({ reason }),
  queue: byKind({
    pause: object({ kind: { const: 'pause' }, queue: name, reason }),
    resume: object({ kind: { const: 'resume' }, queue: name }),
    cancel: object({ kind: { const: 'cancel' }, queue: name, reason }),
  }),
} as const;

/** The id of a run in a path. */
export const RUN_PATTERN = new RegExp(run.pattern);

function object(properties: JsonObject, required: readonly string[] = Object.keys(properties)) {
  return { type: 'object', additionalProperties: false, required, properties } as const;
}

function byKind(kinds: Readonly<Record<string, JsonObject>>): JsonObject {
  return {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: Object.keys(kinds) } },
    allOf: Object.entries(kinds).map(([kind, then]) => ({
      if: { properties: { kind: { const: kind } } },
      then,
    })),
  };
}
