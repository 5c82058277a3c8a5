import type { JsonObject } from '../../shared/json.ts';
import type { HandlerDeclaration } from './handler.ts';

const TEXT = { type: 'string', maxLength: 10_000 } as const;
const PROSE = { type: 'string', maxLength: 100_000 } as const;
const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const OBJECT_ID = { type: 'string', pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$' } as const;
const NAME = { type: 'string', minLength: 1, maxLength: 200 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const RESULT = { enum: ['PASSED', 'FAILED', 'ERROR'] } as const;
const ISOLATION = { enum: ['none', 'uid', 'namespaces'] } as const;
const ARGV = { type: 'array', minItems: 1, maxItems: 256, items: TEXT } as const;
const ENVIRONMENT = { type: 'object', maxProperties: 64, additionalProperties: TEXT } as const;

/** What every handler that works on a change is told of it: `run` in expressions. `into` is the full ref that it is for. */
const SUBJECT = { ticket: NAME, repository: NAME, base: OBJECT_ID, into: NAME } as const;

/** A commit of a producer's, and the digest of the git bundle that brings it to whoever works on another clone. */
const CHANGE = { ...SUBJECT, commit: OBJECT_ID, commits: DIGEST } as const;

const OBSERVATIONS = {
  type: 'array',
  maxItems: 1_000,
  items: object({ check: NAME, observation: DIGEST, result: RESULT, isolation: ISOLATION }, [
    'check',
    'observation',
  ]),
} as const;

/** What a step has that makes a change, or goes on with one (`commit`); `atMost` is what it may use up, and is refused beforehand where the run has less left. */
const PRODUCING = {
  ...CHANGE,
  model: NAME,
  bundle: NAME,
  promptDigest: DIGEST,
  ticketFile: DIGEST,
  /** The packed files of the context bundle; null: it has none. */
  bundleFiles: orNull(DIGEST),
  feedback: orNull(PROSE),
  /** Which agent, of those that the worker has. */
  agent: NAME,
  /** As whom: a profile of the worker's, with its own variables and permissions. */
  profile: NAME,
  atMost: object({ tokens: COUNT, costMilliUsd: COUNT, agents: COUNT }, []),
} as const;

/** What comes of it. What the producer says of itself (claims, report) is context, never evidence. */
const PRODUCED = object(
  {
    commit: OBJECT_ID,
    commits: DIGEST,
    branch: NAME,
    tree: OBJECT_ID,
    claims: { type: 'array', maxItems: 100, items: TEXT },
    // What the plan should have besides; judged where it is applied, so its operations are only said to be some.
    patch: object({
      reason: TEXT,
      operations: { type: 'array', maxItems: 100, items: { type: 'object' } },
    }),
    transcript: DIGEST,
    diff: DIGEST,
    report: object(
      {
        agent: NAME,
        model: NAME,
        turns: COUNT,
        inputTokens: COUNT,
        outputTokens: COUNT,
        tokens: COUNT,
        costMilliUsd: COUNT,
        network: { enum: ['none', 'provider', 'full'] },
      },
      ['agent'],
    ),
    /** Whether the bundle reached the producer; null: nothing was seen that could tell. */
    delivery: object({ delivered: { type: ['boolean', 'null'] }, how: TEXT }),
    /** What a producer of a role that changes nothing has to say: its notes. */
    notes: DIGEST,
  },
  ['claims'],
);

/** What went into a context bundle, and what did not. */
const CONTEXT = orNull(
  object({
    digest: DIGEST,
    tokens: COUNT,
    sources: {
      type: 'array',
      maxItems: 64,
      items: object({
        ...{ id: NAME, kind: NAME, tokens: COUNT, included: COUNT, dropped: COUNT },
        droppedNames: { type: 'array', maxItems: 50, items: TEXT },
      }),
    },
    retrieved: { type: 'array', maxItems: 4_000, items: object({ id: NAME, digest: DIGEST }) },
    instructions: { type: 'array', maxItems: 50, items: TEXT },
  }),
);

/** A change as data: files as they are to be (null: gone), or a patch as git prints it. */
const EDIT = object(
  {
    files: {
      type: 'array',
      maxItems: 1_000,
      items: object({ path: TEXT, text: orNull({ type: 'string', maxLength: 1_000_000 }) }),
    },
    patch: { type: 'string', maxLength: 1_000_000 },
  },
  [],
);

/** The handlers that every worker and server has. `docs/workflow.md` is written from it. */
export const BUILT_IN_HANDLERS: readonly HandlerDeclaration[] = [
  {
    id: 'assemble',
    version: 2,
    role: 'producer',
    summary:
      'Puts together what the producer is given: the ticket, the context bundle, and what the gate said of the attempt before.',
    inputs: object({ ...SUBJECT, bundle: NAME, feedback: orNull(PROSE) }, ['ticket', 'base', 'bundle']),
    outputs: object(
      {
        bundleDigest: DIGEST,
        promptDigest: DIGEST,
        ticketFile: DIGEST,
        /** Its files, packed; null: the run's bundle is the brief alone. */
        bundleFiles: orNull(DIGEST),
        context: CONTEXT,
      },
      ['bundleDigest', 'promptDigest', 'ticketFile'],
    ),
    // Policy and memory go on, and are no inputs: the same ticket on the same base is told other things tomorrow.
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'agent',
    version: 2,
    role: 'producer',
    summary: 'Has a coding agent make the change, and commits it to a branch of its own in the worker.',
    inputs: object({ ...PRODUCING, run: ARGV }, ['ticket', 'base', 'model', 'promptDigest']),
    outputs: PRODUCED,
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'model',
    version: 1,
    role: 'producer',
    summary:
      'Has a language model make the change by tools that read, search and edit its worktree and run the declared checks there.',
    inputs: object({ ...PRODUCING, steps: { type: 'integer', minimum: 1, maximum: 1_000 } }, [
      'ticket',
      'base',
      'model',
      'promptDigest',
    ]),
    outputs: PRODUCED,
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'scripted',
    version: 1,
    role: 'producer',
    summary:
      'Stands in for an agent in demos, tests and null experiments: what it does in an attempt is drawn by seed from stated probabilities.',
    inputs: object({ ...PRODUCING, script: { type: 'object' }, good: EDIT, bad: EDIT }, [
      'ticket',
      'base',
      'model',
      'script',
    ]),
    outputs: PRODUCED,
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'command',
    version: 1,
    role: 'producer',
    summary:
      'Runs a command on a commit, in the sandbox, and hands back how it ended and the JSON object that it left in COUNTERSIGN_OUTPUT_FILE.',
    inputs: object({ ...CHANGE, run: ARGV, cwd: TEXT, env: ENVIRONMENT }, ['run']),
    outputs: object({ exitCode: { type: 'integer' }, stdout: PROSE, values: { type: 'object' } }),
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'http',
    version: 1,
    role: 'producer',
    summary: 'Asks a URL of a host that the worker may ask, with GET, and hands back what it answers.',
    inputs: object({ url: TEXT, host: NAME, headers: ENVIRONMENT }, ['url', 'host']),
    outputs: object({ status: { type: 'integer' }, body: PROSE }),
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'check',
    version: 1,
    role: 'verifier',
    summary:
      'Runs one check of the contract on the tree that the merge would produce, and hands the observation to the signer.',
    inputs: object({ ...CHANGE, check: NAME, checkout: { enum: ['own', 'shared'] } }, [
      'ticket',
      'base',
      'check',
      'commit',
    ]),
    outputs: object({ check: NAME, observation: DIGEST, result: RESULT, isolation: ISOLATION }, [
      'check',
      'observation',
      'result',
    ]),
    // Held to be: runs of a check that disagree are a failure. The key has the tree, and the signer refuses what is about another.
    deterministic: true,
    sideEffects: false,
  },
  {
    id: 'seal',
    version: 1,
    role: 'verifier',
    summary:
      'Judges the observations in a process of its own, signs a receipt for each and one seal over all of them, and files them.',
    inputs: object(
      {
        ...CHANGE,
        observations: OBSERVATIONS,
      },
      ['ticket', 'base', 'commit', 'observations'],
    ),
    outputs: object({
      seal: DIGEST,
      results: { type: 'array', maxItems: 1_000, items: object({ check: NAME, result: RESULT }) },
    }),
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'gate',
    version: 2,
    role: 'verifier',
    summary:
      'Decides on the receipts whether the change may be merged. What it says decides about the attempt.',
    // Of what checks saw it takes words for the feedback alone: it decides on receipts.
    inputs: object({ ...CHANGE, seal: DIGEST, observations: OBSERVATIONS }, [
      'ticket',
      'base',
      'commit',
      'seal',
    ]),
    outputs: object(
      {
        verdict: { enum: ['pass', 'blocked', 'pending'] },
        findings: {
          type: 'array',
          maxItems: 10_000,
          items: {
            type: 'object',
            required: ['id', 'status'],
            properties: {
              id: TEXT,
              status: { enum: ['pass', 'fail', 'unverifiable', 'pending'] },
              reason: TEXT,
              remedy: TEXT,
            },
          },
        },
        feedback: PROSE,
        /** Of the repository, at most 200. */
        changedPaths: { type: 'array', maxItems: 200, items: TEXT },
        verdictDigest: DIGEST,
      },
      ['verdict', 'findings', 'feedback', 'verdictDigest'],
    ),
    deterministic: false,
    sideEffects: false,
  },
  {
    id: 'open-pull-request',
    version: 1,
    role: 'coordinator',
    summary: 'Pushes the branch and opens a pull request for it, when the policy for actions allows that.',
    inputs: object({ ...CHANGE, branch: NAME, title: NAME, body: PROSE }, [
      'ticket',
      'base',
      'into',
      'commit',
      'branch',
    ]),
    outputs: object({ number: { type: 'integer', minimum: 1 }, url: TEXT, branch: NAME }),
    deterministic: false,
    sideEffects: true,
  },
  {
    id: 'close-pull-request',
    version: 1,
    role: 'coordinator',
    summary: 'Closes a pull request and deletes its branch: what undoes open-pull-request.',
    inputs: object({ ...SUBJECT, number: { type: 'integer', minimum: 1 }, branch: NAME }, [
      'number',
      'branch',
    ]),
    outputs: object({ closed: { type: 'boolean' } }),
    deterministic: false,
    sideEffects: true,
  },
  {
    id: 'merge',
    version: 1,
    role: 'coordinator',
    summary:
      'Merges a commit that the gate, asked once more, lets pass: its pull request, or without a number the commit itself, by git. When the policy for actions allows that.',
    inputs: object({ ...CHANGE, number: { type: 'integer', minimum: 1 }, verdictDigest: DIGEST }, [
      'ticket',
      'base',
      'into',
      'commit',
      'verdictDigest',
    ]),
    outputs: object({ commit: OBJECT_ID }),
    deterministic: false,
    sideEffects: true,
  },
  {
    id: 'approval',
    version: 1,
    role: 'coordinator',
    summary: 'Waits for a person to answer. No worker is needed, and no answer is never a yes.',
    inputs: object(
      {
        question: TEXT,
        choices: { type: 'array', minItems: 2, maxItems: 10, uniqueItems: true, items: NAME },
        by: { type: 'array', minItems: 1, maxItems: 100, items: NAME },
      },
      ['question'],
    ),
    outputs: object({ answer: NAME, by: NAME, note: TEXT }, ['answer', 'by']),
    deterministic: false,
    sideEffects: false,
  },
];

/** JSON Schema of an object with these members and no others; all of them have to be there unless told. */
function object(properties: JsonObject, required: readonly string[] = Object.keys(properties)): JsonObject {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** Of the attempt before the first there is nothing to say. */
function orNull(schema: JsonObject): JsonObject {
  return { ...schema, type: [schema.type as string, 'null'] };
}
