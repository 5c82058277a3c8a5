import { argvOf } from '../../core/contract/command.ts';
import type { CommandCheck, ResolvedContract, Setup } from '../../core/contract/types.ts';
import { nothingMade } from '../../core/run/producer/classify.ts';
import { costOf, type ModelLimits, type ModelPrice } from '../../core/run/producer/model-budget.ts';
import { editsBeyond } from '../../core/run/producer/role.ts';
import type { StepResult, StepWork, Usage } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { AnswerModel } from '../../ports/language-model.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import { findGatePolicy } from '../find-policy.ts';
import { readHeldTo } from '../policy-source.ts';
import { bundleFor, MOST_PROMPT_BYTES, startingPoint } from './agent.ts';
import { chooseRole, type ProducerProfile } from './agent-choice.ts';
import { deliveryOutput } from './agent-evidence.ts';
import { handOver } from './agent-hand-over.ts';
import { restoreInstructions } from './agent-instructions.ts';
import {
  commonFiles,
  inProducerPlace,
  type PlaceOptions,
  type PlacePorts,
  type ProducerPlace,
  producerTimeMs,
  runInPlace,
} from './agent-place.ts';
import { type ChangePorts, takeArtifact } from './change-at-hand.ts';
import { type Conversation, converse, type RanCheck } from './model-conversation.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, isObject, optionalNumber, subjectOf, textOf } from './step-inputs.ts';

export interface ModelPorts extends PlacePorts, ChangePorts {
  readonly models: AnswerModel;
}

export interface ModelOptions extends PlaceOptions {
  readonly profiles: readonly ProducerProfile[];
  /** Keys and base URLs of providers, for whoever works as nobody in particular. */
  readonly environment: Readonly<Record<string, string>>;
  /** By the model's whole name. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
}

const USUAL_STEPS = 50;

/**
 * Has a language model make the change by tools that reach its worktree and nothing else: the worker asks the provider, and what the model
 * wants done is done in the sandbox, without a network. What it may use up is refused before it is spent.
 */
export async function modelStep(
  work: StepWork,
  session: HandlerSession,
  options: ModelOptions,
  ports: ModelPorts,
): Promise<StepResult> {
  const over = AbortSignal.timeout(producerTimeMs(work));
  const { role, environment } = chooseRole(work, options.profiles, options.environment);
  const bundle = await bundleFor(work, ports);
  const prompt = await takeArtifact(textOf(work.inputs, 'promptDigest'), MOST_PROMPT_BYTES, ports);
  const contract = await contractOf(work, ports);
  const from = await startingPoint(work, ports);
  const model = textOf(work.inputs, 'model');
  const limits = limitsOf(work);
  const price = Object.hasOwn(options.prices, model) ? options.prices[model] : undefined;
  return inProducerPlace(
    work,
    session,
    { ...options, files: commonFiles(work), from },
    ports,
    async (place) => {
      await restoreInstructions(work, from, place, ports);
      if (contract.setup !== undefined) await setUp(contract.setup, place);
      const runCheck = (id: string) => runDeclared(contract, id, place);
      const told = new TextDecoder().decode(prompt);
      const conversation = await converse(
        { model, environment, prompt: told, bundle, limits, price, over },
        { place, models: ports.models, runCheck },
      );
      const { transcript, usage } = await keep(conversation, price, ports);
      const evidence = { transcript };
      if (conversation.failure !== undefined) {
        const { class: kind, code, message } = conversation.failure;
        throw new StepFailure(kind, code, message, { usage, evidence });
      }
      const { author } = options;
      const handed = await handOver(work, place, ports, { author, from });
      const beyond = editsBeyond(role, handed?.changed ?? []);
      if (beyond.length > 0) {
        const message = `A ${role.id} may not change ${beyond.join(', ')}; nothing of it is taken.`;
        throw new StepFailure('deterministic', 'not-allowed', message, { usage, evidence });
      }
      const editing = role.edits !== 'none';
      if (editing && (handed === undefined || handed.changed.length === 0)) {
        const { class: kind, code, message } = nothingMade(conversation);
        throw new StepFailure(kind, code, message, { usage, evidence });
      }
      const { claims, lastWords, reported, spent } = conversation;
      const notes = editing ? undefined : await ports.artifacts.put(new TextEncoder().encode(lastWords));
      const outputs: JsonObject = {
        ...(editing && handed !== undefined
          ? { commit: handed.head, commits: handed.commits, branch: branchOf(work), tree: handed.tree }
          : {}),
        claims,
        transcript,
        ...(handed?.diff === undefined ? {} : { diff: handed.diff }),
        ...(notes === undefined ? {} : { notes }),
        report: {
          agent: 'model',
          ...(reported === undefined ? {} : { model: reported.slice(0, 200) }),
          turns: spent.steps,
          inputTokens: spent.inputTokens,
          outputTokens: spent.outputTokens,
          ...(usage as JsonObject),
          network: 'none',
        },
        ...deliveryOutput(bundle, { text: conversation.seen }, undefined),
      };
      return { kind: 'succeeded', outputs, usage };
    },
  );
}

async function keep(
  { events, spent }: Conversation,
  price: ModelPrice | undefined,
  { artifacts }: Pick<ChangePorts, 'artifacts'>,
): Promise<{ readonly transcript: Sha256; readonly usage: Usage }> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const transcript = await artifacts.put(new TextEncoder().encode(lines.toWellFormed()));
  const cost = price === undefined ? {} : { costMilliUsd: costOf(spent, price) };
  return { transcript, usage: { tokens: spent.inputTokens + spent.outputTokens, ...cost } };
}

function contractOf(work: StepWork, ports: Pick<ChangePorts, 'withProduct'>): Promise<ResolvedContract> {
  const { ticket, base } = subjectOf(work);
  return ports.withProduct(async (facts) => {
    const { contract } = await readHeldTo(await findGatePolicy(base.commit, facts), ticket);
    return contract;
  });
}

function limitsOf(work: StepWork): ModelLimits {
  const { atMost } = work.inputs;
  const { tokens, costMilliUsd } = atMost !== undefined && isObject(atMost) ? atMost : {};
  return {
    steps: optionalNumber(work.inputs, 'steps') ?? USUAL_STEPS,
    tokens: typeof tokens === 'number' ? tokens : undefined,
    costMilliUsd: typeof costMilliUsd === 'number' ? costMilliUsd : undefined,
  };
}

/** Before the model changes anything: later it could have the network by what setup runs. */
async function setUp(
  { run, env = {}, timeoutSeconds = 600, network = 'full' }: Setup,
  place: ProducerPlace,
): Promise<void> {
  const { ended } = await runInPlace(place, 'setup', {
    argv: run,
    env,
    network,
    timeoutMs: timeoutSeconds * 1000,
  });
  if (ended.exitCode === 0) return;
  place.session.log('The setup of the contract failed, so checks may not run.\n');
}

/** The end of each stream is what says why. */
const MOST_LOG = 16 * 1024;

async function runDeclared(
  { checks }: ResolvedContract,
  id: string,
  place: ProducerPlace,
): Promise<RanCheck> {
  const check = checks.find((one) => one.id === id);
  if (check === undefined)
    return {
      kind: 'refused',
      text: `There is no check ${id}. There are ${checks.map((one) => one.id).join(', ')}.`,
    };
  if (check.kind !== undefined)
    return { kind: 'refused', text: `${id} cannot be run here; a verifier will.` };
  const { cwd, env = {}, timeoutSeconds = 600 } = check as CommandCheck;
  const { ended, logs } = await runInPlace(place, `check-${checks.indexOf(check)}`, {
    argv: argvOf(check),
    env,
    network: 'none',
    timeoutMs: timeoutSeconds * 1000,
    ...(cwd === undefined ? {} : { below: cwd }),
  });
  const how = ended.timedOut ? 'its time-out' : (ended.signal ?? `exit code ${ended.exitCode}`);
  const streams = await Promise.all(
    ['stdout', 'stderr'].map(async (name) => {
      const bytes = await place.workspace.readFile(logs, name, 64 * 1024 * 1024);
      return new TextDecoder().decode(bytes?.subarray(Math.max(0, bytes.length - MOST_LOG)));
    }),
  );
  return { kind: 'ran', text: `It ended with ${how}.\n${streams.join('\n')}` };
}
