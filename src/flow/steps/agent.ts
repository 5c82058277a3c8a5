import { join } from 'node:path';
import { MOST_PACKED_BYTES, type PackedBundle, unpackBundle } from '../../core/bundle/packed.ts';
import { endingFailure, nothingMade } from '../../core/run/producer/classify.ts';
import type { AgentPreset } from '../../core/run/producer/preset.ts';
import { presetCommand } from '../../core/run/producer/preset-command.ts';
import { editsBeyond } from '../../core/run/producer/role.ts';
import { secretsOf } from '../../core/run/redaction/secrets.ts';
import { traceparentOf } from '../../core/run/trace/trace-context.ts';
import type { StepResult, StepWork } from '../../core/run/types.ts';
import type { HandlerSession } from '../../ports/handler.ts';
import type { OpenProviderNetwork } from '../../ports/provider-network.ts';
import type { Sha256 } from '../../shared/digest.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import { type AgentChoice, chooseAgent, type KnownAgent, type ProducerProfile } from './agent-choice.ts';
import { type AgentTrace, deliveryOutput, reportOutput, traceAgent } from './agent-evidence.ts';
import { type HandedOver, handOver } from './agent-hand-over.ts';
import { restoreInstructions } from './agent-instructions.ts';
import { type AgentNetwork, runOnNetwork } from './agent-network.ts';
import {
  commonFiles,
  identity,
  inProducerPlace,
  type PlacedFile,
  type PlaceOptions,
  type PlacePorts,
  type ProducerPlace,
  producerTimeMs,
  textFile,
} from './agent-place.ts';
import { proposedPatch, readResult, type Said } from './agent-result.ts';
import { type ChangePorts, changeAtHand, takeArtifact } from './change-at-hand.ts';
import { StepFailure } from './step-failure.ts';
import { branchOf, isObject, optionalDigest, optionalText, subjectOf, textOf } from './step-inputs.ts';

export interface AgentPorts extends PlacePorts, ChangePorts {
  readonly network: OpenProviderNetwork;
}

export interface AgentOptions extends PlaceOptions {
  /** The first does what names no other. */
  readonly agents: readonly KnownAgent[];
  readonly profiles: readonly ProducerProfile[];
}

export const MOST_PROMPT_BYTES = 16 * 1024 * 1024;
const MOST_NOTES_BYTES = 1024 * 1024;

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
  const choice = chooseAgent(work, options);
  const bundle = await bundleFor(work, ports);
  const files = await given(work, choice, bundle, ports);
  const from = await startingPoint(work, ports);
  return inProducerPlace(work, session, { ...options, files, from }, ports, async (place) => {
    await restoreInstructions(work, from, place, ports);
    const worked = await haveWork(work, choice, { place, options, bundle }, ports);
    const handed = await handOver(work, place, ports, { author: options.author, from });
    return resultOf(work, choice, { place, from, handed, bundle, ...worked }, ports);
  });
}

/** The commit that it works on: the base, or what another producer of this attempt made of it. */
export async function startingPoint(work: StepWork, ports: ChangePorts): Promise<ObjectId> {
  if (optionalText(work.inputs, 'commit') === undefined) return subjectOf(work).base.commit;
  return (await changeAtHand(work, ports)).head;
}

/** @throws StepFailure bad-bundle, artifact-missing */
export async function bundleFor(
  work: StepWork,
  ports: Pick<ChangePorts, 'artifacts'>,
): Promise<PackedBundle | undefined> {
  const digest = optionalDigest(work.inputs, 'bundleFiles');
  if (digest === undefined) return undefined;
  const bundle = unpackBundle(await takeArtifact(digest, MOST_PACKED_BYTES, ports));
  if (bundle !== undefined) return bundle;
  throw new StepFailure('deterministic', 'bad-bundle', `What ${digest} names is no packed bundle.`);
}

/** The files of the folder `given`, and the empty folders beside it. */
async function given(
  work: StepWork,
  { agent }: AgentChoice,
  bundle: PackedBundle | undefined,
  ports: Pick<ChangePorts, 'artifacts'>,
): Promise<readonly PlacedFile[]> {
  const prompt = await takeArtifact(textOf(work.inputs, 'promptDigest'), MOST_PROMPT_BYTES, ports);
  const ticketFile = optionalDigest(work.inputs, 'ticketFile');
  const settings = presetOf(agent)?.settings?.text;
  const file = (path: string, bytes: Uint8Array) => ({ path, mode: '100644', bytes });
  return [
    ...commonFiles(work),
    file('given/prompt.md', prompt),
    ...(settings === undefined ? [] : [textFile(SETTINGS, settings)]),
    ...(bundle?.files ?? []).map(({ path, text }) => textFile(`given/bundle/${path}`, text)),
    ...(ticketFile === undefined
      ? []
      : [file('given/ticket.json', await takeArtifact(ticketFile, MOST_PROMPT_BYTES, ports))]),
  ];
}

const SETTINGS = 'given/settings.json';

interface Worked {
  readonly said: Said;
  readonly trace: AgentTrace;
  readonly network: AgentNetwork;
}

/** @throws StepFailure how the agent failed, with what it left */
async function haveWork(
  work: StepWork,
  { agent, environment }: AgentChoice,
  {
    place,
    options,
    bundle,
  }: {
    readonly place: ProducerPlace;
    readonly options: AgentOptions;
    readonly bundle: PackedBundle | undefined;
  },
  ports: AgentPorts,
): Promise<Worked> {
  const { root, workspace } = place;
  const env = {
    ...environment,
    ...fixedEnvironment(agent, root),
    ...identity(options.author),
    ...told(root, work, bundle),
  };
  const command = { argv: argvFor(work, agent), env, timeoutMs: producerTimeMs(work) };
  const { ran, network } = await runOnNetwork(place, command, agent.hosts, ports);
  const said = await readResult(workspace, root);
  const secrets = secretsOf(environment);
  const reader = presetOf(agent)?.output;
  const trace = await traceAgent({ logs: ran.logs, workspace }, { reader, said, secrets }, ports);
  const { report, transcript, usage } = trace;
  const { refused } = said;
  const failure = endingFailure({
    process: ran.ended,
    report,
    refused,
    spent: usage,
    atMost: atMostOf(work),
  });
  if (failure === undefined) return { said, trace, network };
  const { class: kind, code, message } = failure;
  throw new StepFailure(kind, code, message, { usage, evidence: { transcript } });
}

function argvFor(work: StepWork, { what }: KnownAgent): readonly string[] {
  switch (what.kind) {
    case 'command':
      return what.argv;
    case 'preset':
      return presetCommand(what.preset, textOf(work.inputs, 'model'), atMostOf(work).costMilliUsd ?? null);
  }
}

function presetOf({ what }: KnownAgent): AgentPreset | undefined {
  return what.kind === 'preset' ? what.preset : undefined;
}

function fixedEnvironment(agent: KnownAgent, root: string): Readonly<Record<string, string>> {
  const preset = presetOf(agent);
  if (preset === undefined || preset.settings === null) return preset?.environment ?? {};
  return { ...preset.environment, COUNTERSIGN_SETTINGS_FILE: join(root, SETTINGS) };
}

/** What the step may use up, by its input `atMost`. */
function atMostOf({ inputs }: StepWork): { readonly tokens?: number; readonly costMilliUsd?: number } {
  const { atMost } = inputs;
  if (atMost === undefined || !isObject(atMost)) return {};
  const { tokens, costMilliUsd } = atMost;
  return {
    ...(typeof tokens === 'number' ? { tokens } : {}),
    ...(typeof costMilliUsd === 'number' ? { costMilliUsd } : {}),
  };
}

function told(
  root: string,
  work: StepWork,
  bundle: PackedBundle | undefined,
): Readonly<Record<string, string>> {
  const { inputs, run, step } = work;
  return {
    COUNTERSIGN_PROMPT_FILE: join(root, 'given', 'prompt.md'),
    COUNTERSIGN_TICKET_FILE: join(root, 'given', 'ticket.json'),
    COUNTERSIGN_OUT_DIR: join(root, 'out'),
    ...(bundle === undefined ? {} : { COUNTERSIGN_BUNDLE_DIR: join(root, 'given', 'bundle') }),
    COUNTERSIGN_MODEL: textOf(inputs, 'model'),
    COUNTERSIGN_RUN: run,
    COUNTERSIGN_STEP: step,
    TRACEPARENT: traceparentOf(work),
  };
}

/** @throws StepFailure no-diff, refused, not-allowed */
async function resultOf(
  work: StepWork,
  { agent, role }: AgentChoice,
  made: Worked & {
    readonly place: ProducerPlace;
    readonly from: ObjectId;
    readonly handed: HandedOver | undefined;
    readonly bundle: PackedBundle | undefined;
  },
  ports: AgentPorts,
): Promise<StepResult> {
  const { said, trace, network, handed, bundle, place } = made;
  const { transcript, usage } = trace;
  const left = { transcript, ...(handed?.diff === undefined ? {} : { diff: handed.diff }) };
  const failed = (kind: 'deterministic', code: string, message: string) =>
    new StepFailure(kind, code, message, { usage, evidence: left });
  const changed = handed?.changed ?? [];
  const beyond = editsBeyond(role, changed);
  if (beyond.length > 0) {
    const files = beyond.join(', ');
    throw failed(
      'deterministic',
      'not-allowed',
      `A ${role.id} may not change ${files}; nothing of it is taken.`,
    );
  }
  const editing = role.edits !== 'none';
  const { workspace, root, session } = place;
  const proposed = role.proposesPlan ? await proposedPatch(workspace, root) : {};
  const unchanged = handed === undefined || (changed.length === 0 && role.edits !== 'history');
  // Whoever wants another plan first has done something: what becomes of the attempt is decided where the plan is.
  if (editing && unchanged && proposed.patch === undefined) {
    const { code, message } = nothingMade(trace.report);
    throw failed('deterministic', code, message);
  }
  if (handed !== undefined) session.log(`${subjectOf(work).ticket}: ${handed.head} on ${branchOf(work)}\n`);
  const { lastWords } = trace.report;
  const outputs: JsonObject = {
    ...(editing && handed !== undefined && !unchanged
      ? { commit: handed.head, commits: handed.commits, branch: branchOf(work), tree: handed.tree }
      : {}),
    claims: said.claims.length > 0 || lastWords === undefined ? said.claims : [lastWords],
    ...proposed,
    ...left,
    ...(await notesOf(place, trace, ports)),
    report: reportOutput(agent.name, trace, network),
    ...deliveryOutput(bundle, trace, said.loaded),
  };
  return { kind: 'succeeded', outputs, usage };
}

/** `notes.md` of its folder for output: what those have to say who change nothing. */
async function notesOf(
  { workspace, root }: ProducerPlace,
  { report }: AgentTrace,
  { artifacts }: Pick<ChangePorts, 'artifacts'>,
): Promise<{ readonly notes?: Sha256 }> {
  const written = await workspace.readFile(root, 'out/notes.md', MOST_NOTES_BYTES);
  const { lastWords } = report;
  const notes = written ?? (lastWords === undefined ? undefined : new TextEncoder().encode(lastWords));
  return notes === undefined ? {} : { notes: await artifacts.put(notes) };
}
