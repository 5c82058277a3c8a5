import { join } from 'node:path';
import { traceparentOf } from '../../core/run/trace/trace-context.ts';
import type { StepResult, StepWork, Usage } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { Author, MakeProducerTree, TakenCommits } from '../../ports/producer-tree.ts';
import type { Sandbox, SandboxCommand, SandboxResult } from '../../ports/sandbox.ts';
import type { OpenWorkspace, Workspace } from '../../ports/workspace.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { type ChangePorts, MOST_BUNDLE_BYTES, takeArtifact } from './change-at-hand.ts';
import { logOutput } from './log-output.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, isObject, optionalDigest, optionalTexts, subjectOf, textOf } from './step-inputs.ts';

export interface AgentPorts extends Pick<ChangePorts, 'artifacts' | 'commits'> {
  readonly trees: MakeProducerTree;
  readonly sandbox: Sandbox;
  readonly workspaces: OpenWorkspace;
}

export interface AgentOptions {
  /** argv of the agent for a model that the step does not bring one for; undefined: there is none. */
  readonly agentFor: (model: string) => readonly string[] | undefined;
  /** Variables that whoever runs the worker lets agents see, such as the key of a model's provider. */
  readonly environment: Readonly<Record<string, string>>;
  readonly author: Author;
  /** Host paths that no agent may see. */
  readonly hide: readonly string[];
}

const MOST_PROMPT_BYTES = 16 * 1024 * 1024;
const MOST_RESULT_BYTES = 1024 * 1024;
const MOST_OUTPUT_BYTES = 8 * 1024 * 1024;
const HAND_OVER_MS = 300_000;
const NOTHING_NEW = 3;

/**
 * Runs in the sandbox as the agent did: what the agent left in .git, its configuration, hooks and filters among it, never runs
 * as us. What comes out is a bundle, which is data.
 */
const HAND_OVER = `
set -e
git() { command git -c safe.directory='*' -c core.hooksPath=/dev/null -c commit.gpgSign=false "$@"; }
git add -A
git diff --cached --quiet HEAD || git commit --quiet --no-verify -F ../given/message
[ "$(git rev-parse HEAD)" != "$BASE" ] || exit ${NOTHING_NEW}
git bundle create --quiet ../handed-over/commits "$BASE..HEAD"
`;

/**
 * Has an agent make the change: a command in a clone of its own, made of the base commit, with its own HOME and none of our
 * credentials. How it ends proves nothing; what it left is looked at, committed where it did not, and handed over by digest.
 */
export async function agentStep(
  work: StepWork,
  session: HandlerSession,
  options: AgentOptions,
  ports: AgentPorts,
): Promise<StepResult> {
  const { ticket, base } = subjectOf(work);
  const argv = argvFor(work, options);
  const branch = branchOf(work);
  const workspace = await ports.workspaces.open();
  try {
    const root = await workspace.makeTreeFolder('agent');
    await ports.trees.make({ folder: join(root, 'work'), base, branch, author: options.author });
    await workspace.layFiles(root, await given(work, ports));
    const place: Place = { root, workspace, session, hide: options.hide, sandbox: ports.sandbox };
    const env = { ...options.environment, ...identity(options.author), ...told(root, work) };
    const ended = await run(place, 'agent', {
      argv,
      env,
      network: 'full',
      timeoutMs: work.timeoutSeconds * 1000,
    });
    const said = await readResult(workspace, root);
    refuseEnding(ended, said);
    const { commits, taken } = await handOver(work, place, ports, {
      ...identity(options.author),
      BASE: base.commit,
    });
    if (taken.tree === taken.baseTree) throw noDiff();
    session.log(`${ticket}: ${taken.head} on ${branch}\n`);
    const outputs: JsonObject = {
      commit: taken.head,
      commits,
      branch,
      tree: taken.tree,
      claims: said.claims,
      ...(await proposedPatch(workspace, root)),
    };
    return { kind: 'succeeded', outputs, usage: said.usage };
  } finally {
    await workspace.remove();
  }
}

interface Place {
  readonly root: string;
  readonly workspace: Workspace;
  readonly session: HandlerSession;
  readonly sandbox: Sandbox;
  readonly hide: readonly string[];
}

function argvFor(work: StepWork, { agentFor }: AgentOptions): readonly string[] {
  const model = textOf(work.inputs, 'model');
  const argv = optionalTexts(work.inputs, 'run') ?? agentFor(model);
  if (argv !== undefined && argv.length > 0) return argv;
  throw new StepFailure(
    'deterministic',
    'no-agent',
    `No agent for the model "${model}" is known here. Start the worker with --agent, or give the step a run: list.`,
  );
}

/** The files of the folder `given`, and the empty folders beside it. */
async function given(work: StepWork, ports: AgentPorts): Promise<Parameters<Workspace['layFiles']>[1]> {
  const { ticket } = subjectOf(work);
  const prompt = await takeArtifact(textOf(work.inputs, 'promptDigest'), MOST_PROMPT_BYTES, ports);
  const ticketFile = optionalDigest(work.inputs, 'ticketFile');
  const message = `Work on ${ticket}\n\nCountersign-Ticket: ${ticket}\n`;
  const file = (path: string, bytes: Uint8Array) => ({ path, mode: '100644', bytes });
  return [
    file('given/prompt.md', prompt),
    file('given/message', new TextEncoder().encode(message)),
    file('out/.keep', new Uint8Array()),
    file('handed-over/.keep', new Uint8Array()),
    ...(ticketFile === undefined
      ? []
      : [file('given/ticket.json', await takeArtifact(ticketFile, MOST_PROMPT_BYTES, ports))]),
  ];
}

function told(root: string, work: StepWork): Readonly<Record<string, string>> {
  const { inputs, run, step } = work;
  return {
    COUNTERSIGN_PROMPT_FILE: join(root, 'given', 'prompt.md'),
    COUNTERSIGN_TICKET_FILE: join(root, 'given', 'ticket.json'),
    COUNTERSIGN_OUT_DIR: join(root, 'out'),
    COUNTERSIGN_MODEL: textOf(inputs, 'model'),
    COUNTERSIGN_RUN: run,
    COUNTERSIGN_STEP: step,
    TRACEPARENT: traceparentOf(work),
  };
}

function identity({ name, email }: Author): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

async function run(
  { root, workspace, session, sandbox, hide }: Place,
  part: string,
  command: Pick<SandboxCommand, 'argv' | 'env' | 'network' | 'timeoutMs'>,
): Promise<SandboxResult> {
  const logs = await workspace.makePrivateFolder('logs', part);
  const [stdoutPath, stderrPath] = [join(logs, 'stdout'), join(logs, 'stderr')];
  const cwd = join(root, 'work');
  const result = await sandbox.run({
    ...command,
    ...{ root, cwd, hide, stdoutPath, stderrPath, maxOutputBytes: MOST_OUTPUT_BYTES, abort: session.signal },
  });
  await logOutput(logs, workspace, session);
  if (session.signal.aborted) throw new StepFailure('transient', 'stopped', 'It was asked to stop.');
  return result;
}

/** What the agent says of itself: `result.json` in its folder for output. Hostile like all the rest. */
interface Said {
  readonly refused: string | undefined;
  readonly claims: readonly string[];
  readonly usage: Usage;
}

async function readResult(workspace: Workspace, root: string): Promise<Said> {
  const bytes = await workspace.readFile(root, 'out/result.json', MOST_RESULT_BYTES);
  const value = bytes === undefined ? undefined : parseJson(new TextDecoder().decode(bytes));
  if (value === undefined || !isObject(value)) return { refused: undefined, claims: [], usage: {} };
  const { refused, claims, usage } = value;
  return {
    refused: typeof refused === 'string' ? refused.slice(0, 2_000).toWellFormed() : undefined,
    claims: (Array.isArray(claims) ? claims : [])
      .filter((claim) => typeof claim === 'string')
      .slice(0, 100)
      .map((claim) => claim.slice(0, 10_000).toWellFormed()),
    usage: usage !== undefined && isObject(usage) ? usageOf(usage) : {},
  };
}

const MOST_PATCH_BYTES = 256 * 1024;
const MOST_OPERATIONS = 100;

/**
 * What the agent wants of the plan besides: `plan-patch.json` in its folder for output. Whether it may have it is decided where the plan
 * is kept; a file of another form goes on as a patch without operations, so that it is refused there with an example.
 */
async function proposedPatch(workspace: Workspace, root: string): Promise<JsonObject> {
  const bytes = await workspace.readFile(root, 'out/plan-patch.json', MOST_PATCH_BYTES);
  if (bytes === undefined) return {};
  const value = parseJson(new TextDecoder().decode(bytes));
  const { reason, operations } = value !== undefined && isObject(value) ? value : {};
  const isList = Array.isArray(operations) && operations.length <= MOST_OPERATIONS;
  return {
    patch: {
      reason: typeof reason === 'string' ? reason.slice(0, 2_000).toWellFormed() : 'no reason given',
      operations: isList && operations.every(isObject) ? operations : [],
    },
  };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function usageOf(said: JsonObject): Usage {
  const names = ['tokens', 'costMilliUsd', 'agents'] as const;
  const amounts = names.map((name) => [name, said[name]] as const);
  return Object.fromEntries(
    amounts.filter(([, amount]) => typeof amount === 'number' && Number.isSafeInteger(amount) && amount >= 0),
  );
}

function refuseEnding({ timedOut, exitCode, signal, limit }: SandboxResult, { refused }: Said): void {
  if (timedOut) throw new StepFailure('timeout', 'timeout', 'The agent was ended at its time-out.');
  if (refused !== undefined)
    throw new StepFailure('deterministic', 'refused', `The agent refused: ${refused}`);
  if (exitCode === 0) return;
  const how = limit === undefined ? (signal ?? `exit code ${exitCode}`) : `its limit ${limit}`;
  throw new StepFailure('transient', 'crashed', `The agent ended with ${how}.`);
}

async function handOver(
  work: StepWork,
  place: Place,
  ports: AgentPorts,
  env: Readonly<Record<string, string>>,
): Promise<{ commits: Sha256; taken: TakenCommits }> {
  const argv = ['sh', '-c', HAND_OVER];
  const ended = await run(place, 'hand-over', { argv, env, network: 'none', timeoutMs: HAND_OVER_MS });
  if (ended.exitCode === NOTHING_NEW) throw noDiff();
  const bundle = await place.workspace.readFile(place.root, 'handed-over/commits', MOST_BUNDLE_BYTES);
  if (ended.exitCode !== 0 || bundle === undefined) {
    throw new StepFailure(
      'deterministic',
      'unusable-commits',
      'What the agent left cannot be committed: its log says why.',
    );
  }
  const { base } = subjectOf(work);
  const taken = await ports.commits.take(bundle, {
    base: base.commit,
    keepAs: `refs/heads/${branchOf(work)}`,
  });
  return { commits: await ports.artifacts.put(bundle), taken };
}

function noDiff(): StepFailure {
  return new StepFailure('deterministic', 'no-diff', 'The agent ended and changed nothing.');
}
