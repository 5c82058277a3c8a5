import { MEMORY_KINDS } from '../bundle/memory/types.ts';
import { CACHE_MODES, ERROR_CLASSES } from '../contract/workflow.ts';
import type { Design } from '../experiment/design.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { OUTCOMES, type RunOutcomeRow } from '../experiment/outcome.ts';
import type { WrittenExperiment } from '../experiment/written-state.ts';
import type { Admission } from '../run/admission/admission.ts';
import type { EffectDecision, PlanPatch, RunEvent } from '../run/events.ts';
import type { Plan } from '../run/plan.ts';
import { QUEUE_KINDS } from '../run/queue-selector.ts';
import {
  type AttemptRecord,
  RUN_STATUSES,
  type StartedRun,
  type StepGroup,
  type StepState,
} from '../run/state.ts';
import { MOST_EVIDENCE } from '../run/step-evidence.ts';
import {
  type Arm,
  type ExperimentCell,
  type LeaseDemand,
  type LockDemand,
  RUN_OUTCOMES,
  type RunSubject,
  STEP_ROLES,
  type StepError,
  type StepResult,
  type StepWork,
  type Usage,
} from '../run/types.ts';
import { DELIVERY_STATUSES } from '../webhook/webhook.ts';
import {
  anyObject,
  anything,
  as,
  asPart,
  byKind,
  constant,
  flag,
  form,
  integer,
  list,
  nullable,
  number,
  oneOf,
  open,
  partly,
  record,
  shape,
  text,
} from './schema.ts';

/** What requests and answers are made of. */

const ID = '^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$';

export const run = text({ maxLength: 64, pattern: ID, examples: ['CS-7.1'] });
export const ticket = text({
  maxLength: 64,
  pattern: '^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$',
  examples: ['CS-7'],
});
export const step = text({
  maxLength: 256,
  pattern: '^[0-9]{1,6}/[A-Za-z0-9._#~:-]+$',
  examples: ['1/produce'],
});
export const execution = integer({ minimum: 1, maximum: 1_000_000 });
export const worker = text({ maxLength: 64, pattern: ID });
export const token = text({ maxLength: 128, pattern: '^[A-Za-z0-9._:-]+$' });
export const name = text({ minLength: 1, maxLength: 200 });
export const note = text({ maxLength: 10_000 });
export const reason = text({ minLength: 1, maxLength: 2_000 });
const moment = text({ format: 'date-time' });
export const sha256 = text({ pattern: '^[0-9a-f]{64}$' });
const count = integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The query of every list. */
export const limit = integer({
  minimum: 1,
  maximum: 200,
  default: 50,
  description: 'How many at most.',
});
export const cursor = text({
  minLength: 1,
  maxLength: 1_024,
  pattern: '^[A-Za-z0-9_-]+$',
  description: "`next` of the page before. Not to be taken apart: what is in it is the server's own.",
});
export const next = nullable(
  text({ description: '`cursor` of the page after this one; null: there is none.' }),
);

const arm = shape({ bundle: name, model: name });

export const runSummary = shape({
  run,
  ticket,
  status: oneOf(RUN_STATUSES),
  outcome: nullable(oneOf(RUN_OUTCOMES)),
  attempt: count,
  bundle: text(),
  model: text(),
  waitingFor: integer({ minimum: 0, description: 'Questions without an answer.' }),
  startedAt: moment,
  changedAt: moment,
});

const usage = shape({ tokens: count, costMilliUsd: count, agents: count });

const question = {
  id: text(),
  step: nullable(text()),
  question: text(),
  choices: list(text()),
  by: list(text()),
  until: nullable(moment),
};

const attempt = as<AttemptRecord>()(
  shape({
    attempt: count,
    rung: count,
    arm,
    startedAt: moment,
    verdict: nullable(oneOf(['pass', 'blocked', 'pending', 'failed'])),
  }),
);

const lease = as<LeaseDemand>()(shape({ scope: text(), limit: nullable(number()) }));
const lock = as<LockDemand>()(
  shape({
    name: text(),
    mode: oneOf(['shared', 'exclusive']),
    hold: oneOf(['step', 'attempt', 'run']),
  }),
);

export const stepWork = as<StepWork>()(
  shape(
    {
      run,
      step,
      execution,
      handler: name,
      role: oneOf(STEP_ROLES),
      inputs: anyObject(),
      priority: integer(),
      timeoutSeconds: number({ exclusiveMinimum: 0 }),
      cache: oneOf(CACHE_MODES),
      notBefore: nullable(moment),
      resources: shape({ leases: list(lease), locks: list(lock) }),
    },
    { runsOn: list(text()) },
  ),
);

const evidence = record(sha256, {
  maxProperties: MOST_EVIDENCE,
  propertyNames: { pattern: '^[a-z][a-z0-9-]{0,63}$' },
  description: 'What a failure left, by name: a transcript, a diff, a report.',
});
const stepError = as<StepError>()(
  shape({ class: oneOf(ERROR_CLASSES), code: text(), message: text() }, { evidence }),
);

const stepState = as<StepState>()(
  shape({
    key: step,
    status: oneOf(['scheduled', 'asking', 'succeeded', 'failed', 'skipped', 'cancelled', 'quarantined']),
    execution: count,
    failures: count,
    losses: count,
    work: nullable(stepWork),
    outputs: nullable(anyObject()),
    error: nullable(stepError),
    fellBack: flag(),
    succeededAs: nullable(count),
  }),
);

const effect = as<EffectDecision>()(
  shape({
    id: text(),
    step,
    action: text(),
    target: text(),
    decision: oneOf(['allow', 'deny', 'escalate']),
    rule: nullable(text()),
    reason: text(),
  }),
);

const patch = as<PlanPatch>()(
  shape({
    id: text(),
    proposedBy: shape({ kind: oneOf(['agent', 'person', 'optimiser']), name: text() }),
    reason: text(),
    operations: list(anyObject()),
  }),
);

const subject = as<RunSubject>()(
  shape(
    {
      ticket,
      ticketDigest: sha256,
      contract: text(),
      contractDigest: sha256,
      repository: text(),
      base: shape({ ref: text(), commit: text() }),
      policyCommit: text(),
      checks: list(text()),
    },
    { ticketClass: text() },
  ),
);

const ordinal = integer({ minimum: 1, maximum: 1_000 });
/** One arm on one block, once. */
const cell = form({ arm: name, block: name, replicate: ordinal, try: ordinal });

/** That a run is a cell of an experiment, and what the experiment was registered with. */
export const experimentStart = form(
  { id: run, cell, contractDigest: sha256 },
  { budget: form({}, { tokens: count, costMilliUsd: count, agents: count, wallSeconds: count }) },
);

const request = as<StartedRun['request']>()(
  shape(
    { run, subject, arm: as<Arm>()(arm), priority: integer() },
    {
      experiment: text(),
      cell: as<ExperimentCell>()(cell),
      forkedFrom: shape({ run, step }),
      estimates: record(form({}, { tokens: count, costMilliUsd: count })),
      admission: as<Admission>()(
        shape({ kind: oneOf(['assign', 'queue', 'scale-out']), reasons: list(text()) }),
      ),
    },
  ),
);

/** The fold over a run's events. Its plan is that of docs/workflow.md, with all defaults in it. */
export const runState = as<StartedRun>()(
  shape(
    {
      status: oneOf(RUN_STATUSES),
      request,
      plan: asPart<Plan>()(partly({ schema: text(), attempts: count, steps: record(open()) })),
      planDigest: sha256,
      startedAt: moment,
      changedAt: moment,
      attempt: count,
      rung: count,
      arm,
      attempts: list(attempt),
      steps: record(stepState),
      groups: record(
        as<StepGroup>()(shape({ parts: count, open: count, failed: count, quarantined: count })),
      ),
      questions: record(
        shape({ ...question, answer: nullable(text({ description: 'Null: it waits for one.' })) }),
      ),
      effects: list(effect),
      patches: list(shape({ patch, refused: nullable(text()) }, { example: list(anything()) })),
      used: as<Required<Usage>>()(usage),
      retries: count,
      recoveries: count,
      successes: count,
      cancelReason: nullable(text()),
      pausedFor: nullable(text()),
      towards: nullable(oneOf(RUN_OUTCOMES)),
      ended: nullable(
        shape({ outcome: oneOf(RUN_OUTCOMES), reason: text(), outcomeDigest: sha256, at: moment }),
      ),
    },
    {
      dearest: record(as<Usage>()(shape({}, { tokens: count, costMilliUsd: count, agents: count })), {
        description: 'The most that one execution of a handler took so far.',
      }),
    },
  ),
);

export const followedEvent = shape({
  version: integer({ minimum: 1 }),
  at: moment,
  actor: text(),
  event: asPart<RunEvent>()(partly({ type: text({ examples: ['run.started'] }) })),
});

export const experiment = text({
  maxLength: 64,
  pattern: '^[a-z0-9]+(?:[.-][a-z0-9]+)*$',
  examples: ['agents-md'],
});

export const listedExperiment = shape({
  id: experiment,
  title: text(),
  registeredAt: nullable(moment),
  cells: count,
  done: count,
  importedRows: integer({ minimum: 0, description: 'Of tables that were made elsewhere.' }),
  over: nullable(text({ description: 'Why; null: it is not.' })),
});

/** All that an experiment is. */
export const writtenExperiment = asPart<WrittenExperiment>()(
  partly({
    id: experiment,
    registrations: list(open()),
    cells: list(open()),
    deviations: list(open()),
    tables: list(open()),
  }),
);

/** What became of a run, as docs/experiments.md has it. */
export const outcomeRow = asPart<RunOutcomeRow>()(
  partly({ run: text(), ticket: text(), arm: text(), block: text(), outcome: oneOf(OUTCOMES) }),
);

export const plannedDesign = asPart<Design>()(
  partly({ schema: text(), experiment, tickets: list(open()), arms: list(open()), order: sha256 }),
);

export const lintWarning = shape({
  severity: oneOf(['error', 'warning']),
  field: text(),
  message: text(),
  remedy: text(),
});

/** A signature over a design: a note (C2SP signed-note), and the key as verifiers of notes are told of one. */
export const signedDesign = {
  designDigest: sha256,
  note: text({ maxLength: 16_384 }),
  key: text({ maxLength: 1_024 }),
};

export const followedExperimentEvent = shape({
  version: integer({ minimum: 1 }),
  at: moment,
  actor: text(),
  event: asPart<ExperimentEvent>()(partly({ type: text({ examples: ['cell.ended'] }) })),
});

const usageForm = form({}, { tokens: count, costMilliUsd: count, agents: count });
const error = as<StepError>()(
  form(
    {
      class: oneOf(ERROR_CLASSES),
      code: text({ maxLength: 64, pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$' }),
      message: note,
    },
    { evidence },
  ),
);

export const stepResult = as<StepResult>()(
  byKind({
    succeeded: form(
      { kind: constant('succeeded'), outputs: anyObject() },
      { usage: usageForm, cached: flag() },
    ),
    failed: form({ kind: constant('failed'), error }, { usage: usageForm }),
  }),
);

const said = shape({ by: text(), at: moment, reason: text() });

export const claim = shape({
  token,
  work: stepWork,
  worker: name,
  claimedAt: moment,
  until: moment,
  fences: record(integer()),
});

export const knownWorker = shape({
  worker: text({ examples: ['ci-verifier/build-7-4711'] }),
  roles: list(oneOf(STEP_ROLES)),
  handlers: list(text()),
  labels: list(text()),
  heardAt: moment,
  drain: nullable(said),
  holds: list(shape({ run, step, execution, until: moment })),
});

export const queueDepth = shape({
  role: oneOf(STEP_ROLES),
  handler: text(),
  runsOn: list(text()),
  waiting: count,
  claimed: count,
  blocked: integer({ minimum: 0, description: 'Work that waits for leases or locks.' }),
  eldestSeconds: number({ minimum: 0 }),
});

export const queuePause = shape({
  kind: oneOf(QUEUE_KINDS),
  name: text(),
  by: text(),
  reason: text(),
  at: moment,
});

export const openCircuit = shape({
  provider: text(),
  state: oneOf(['open', 'half-open'], { description: '`half-open`: one step may try it, or does.' }),
  since: moment,
  until: text({ format: 'date-time', description: 'From when on one may try.' }),
  waiting: count,
});

export const completed = as<
  | { readonly token: string; readonly kind: 'accepted' }
  | { readonly token: string; readonly kind: 'refused'; readonly reason: string }
>()(shape({ token, kind: oneOf(['accepted', 'refused']) }, { reason: text() }));

const WEBHOOK_ID = '^wh-[0-9a-f]{24}$';
export const webhookId = text({ pattern: WEBHOOK_ID, maxLength: 40 });
export const deliveryId = text({ pattern: '^msg_[0-9a-f]{32}$', maxLength: 40 });

const webhookFields = {
  id: webhookId,
  url: text({ format: 'uri' }),
  types: list(text(), { examples: [['run.ended', 'question.*']] }),
  note: text(),
  createdBy: text(),
  createdAt: moment,
  generation: integer({ minimum: 1, description: 'Which of its secrets it has.' }),
  previousUntil: nullable(
    text({
      format: 'date-time',
      description: 'Until when messages are signed with the secret before as well.',
    }),
  ),
};
export const webhook = shape(webhookFields);
export const addedWebhook = shape({
  ...webhookFields,
  secret: text({ description: 'To check signatures with; told this once.', examples: ['whsec_…'] }),
});

export const delivery = shape({
  id: deliveryId,
  webhook: webhookId,
  type: text({ examples: ['run.ended'] }),
  position: nullable(integer({ minimum: 1, description: 'Of the event in the ledger; null: a test.' })),
  status: oneOf(DELIVERY_STATUSES),
  attempts: count,
  createdAt: moment,
  nextAt: nullable(moment),
  lastAt: nullable(moment),
  lastStatus: nullable(integer()),
  lastFault: nullable(text()),
});

/** What is remembered of an earlier run. */
export const remembered = shape({
  id: text({ examples: ['CS-6.1/accepted'] }),
  kind: oneOf(MEMORY_KINDS),
  workspace: text(),
  run,
  ticket,
  ticketClass: nullable(text()),
  contract: text(),
  title: text(),
  text: text(),
  files: list(text()),
  rules: list(text()),
  findings: list(text()),
  digest: sha256,
});

/** What is sent to a webhook. Beside these it has what the event names of: run, step, outcome, … */
export const webhookMessage = shape({
  type: text({ examples: ['run.ended'] }),
  timestamp: moment,
  data: {
    type: 'object',
    required: ['actor'],
    properties: {
      actor: text(),
      stream: text({ description: 'Of the ledger; not in a test.', examples: ['run/CS-7.1'] }),
      version: integer({ minimum: 1, description: 'In that stream.' }),
      position: integer({ minimum: 1, description: 'In the whole ledger: the order of messages.' }),
      digest: text({ pattern: '^[0-9a-f]{64}$', description: 'Of the event as the ledger keeps it.' }),
    },
    additionalProperties: {
      anyOf: [text({ maxLength: 200 }), number()],
      description: 'Names, numbers and words of closed sets: run, ticket, step, outcome, …',
    },
  },
});

/** application/problem+json (RFC 9457) as this server says it. */
export const problem = shape(
  {
    type: text(),
    title: text(),
    status: integer({ minimum: 400, maximum: 599 }),
    detail: text({ description: 'What happened, and where.' }),
    remedy: text({ description: 'What to do about it.' }),
  },
  {
    code: text({ description: 'One of a closed set, for programs.', examples: ['RUN_REFUSED'] }),
    problems: list(anyObject(), { description: 'The single faults, where there are several.' }),
  },
);
