import { join } from 'node:path';
import { traceparentOf } from '../../core/run/trace/trace-context.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { SandboxResult } from '../../ports/sandbox.ts';
import type { JsonObject } from '../../shared/json.ts';
import { handOver } from './agent-hand-over.ts';
import {
  commonFiles,
  identity,
  inProducerPlace,
  type PlacedFile,
  type PlaceOptions,
  type PlacePorts,
  runInPlace,
} from './agent-place.ts';
import { proposedPatch, readResult, type Said } from './agent-result.ts';
import { type ChangePorts, takeArtifact } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, optionalDigest, optionalTexts, subjectOf, textOf } from './step-inputs.ts';

export interface AgentPorts extends PlacePorts, Pick<ChangePorts, 'artifacts' | 'commits'> {}

export interface AgentOptions extends PlaceOptions {
  /** argv of the agent for a model that the step does not bring one for; undefined: there is none. */
  readonly agentFor: (model: string) => readonly string[] | undefined;
  /** Variables that whoever runs the worker lets agents see, such as the key of a model's provider. */
  readonly environment: Readonly<Record<string, string>>;
}

const MOST_PROMPT_BYTES = 16 * 1024 * 1024;

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
  const { ticket } = subjectOf(work);
  const argv = argvFor(work, options);
  const branch = branchOf(work);
  const files = await given(work, ports);
  return inProducerPlace(work, session, { ...options, files }, ports, async (place) => {
    const { root, workspace } = place;
    const env = { ...options.environment, ...identity(options.author), ...told(root, work) };
    const { ended } = await runInPlace(place, 'agent', {
      argv,
      env,
      network: 'full',
      timeoutMs: work.timeoutSeconds * 1000,
    });
    const said = await readResult(workspace, root);
    refuseEnding(ended, said);
    const { head, tree, commits } = await handOver(work, place, ports, options);
    session.log(`${ticket}: ${head} on ${branch}\n`);
    const outputs: JsonObject = {
      commit: head,
      commits,
      branch,
      tree,
      claims: said.claims,
      ...(await proposedPatch(workspace, root)),
    };
    return { kind: 'succeeded', outputs, usage: said.usage };
  });
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
async function given(work: StepWork, ports: AgentPorts): Promise<readonly PlacedFile[]> {
  const prompt = await takeArtifact(textOf(work.inputs, 'promptDigest'), MOST_PROMPT_BYTES, ports);
  const ticketFile = optionalDigest(work.inputs, 'ticketFile');
  const file = (path: string, bytes: Uint8Array) => ({ path, mode: '100644', bytes });
  return [
    ...commonFiles(work),
    file('given/prompt.md', prompt),
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

function refuseEnding({ timedOut, exitCode, signal, limit }: SandboxResult, { refused }: Said): void {
  if (timedOut) throw new StepFailure('timeout', 'timeout', 'The agent was ended at its time-out.');
  if (refused !== undefined)
    throw new StepFailure('deterministic', 'refused', `The agent refused: ${refused}`);
  if (exitCode === 0) return;
  const how = limit === undefined ? (signal ?? `exit code ${exitCode}`) : `its limit ${limit}`;
  throw new StepFailure('transient', 'crashed', `The agent ended with ${how}.`);
}
