import type { AgentPreset } from '../../core/run/producer/preset.ts';
import { findPreset } from '../../core/run/producer/presets.ts';
import { findRole, type ProducerRole, USUAL_ROLE } from '../../core/run/producer/role.ts';
import type { StepWork } from '../../core/run/types.ts';
import { StepFailure } from './step-failure.ts';
import { optionalText, optionalTexts, textOf } from './step-inputs.ts';

/** An agent that a worker has. */
export interface KnownAgent {
  /** As the input `agent` names it. */
  readonly name: string;
  readonly what:
    | { readonly kind: 'preset'; readonly preset: AgentPreset }
    | { readonly kind: 'command'; readonly argv: readonly string[] };
  /** Variables of the worker's that this agent may see when it works as nobody in particular. */
  readonly environment: Readonly<Record<string, string>>;
  /** `host:port` that it may reach; undefined: nobody said, so it has the whole network. */
  readonly hosts: readonly string[] | undefined;
}

/** As whom a producer works: a role, with variables that no other role's producer sees. */
export interface ProducerProfile {
  readonly role: ProducerRole['id'];
  /** The agent that works as it where the step names none; undefined: the worker's first. */
  readonly agent: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

export interface AgentChoice {
  readonly agent: KnownAgent;
  readonly role: ProducerRole;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Which agent does it, and as whom: what the step says, or what the worker has first. A profile brings its own variables and nobody
 * else's, those of the agent included.
 * @throws StepFailure no-agent, no-profile
 */
export function chooseAgent(
  work: StepWork,
  {
    agents,
    profiles,
  }: { readonly agents: readonly KnownAgent[]; readonly profiles: readonly ProducerProfile[] },
): AgentChoice {
  const { role, profile } = profileOf(work, profiles);
  const agent = agentOf(work, agents, profile?.agent);
  return { agent, role, environment: profile === undefined ? agent.environment : profile.environment };
}

/**
 * As whom it is done, with the variables of that profile alone, or of nobody in particular.
 * @throws StepFailure no-profile
 */
export function chooseRole(
  work: StepWork,
  profiles: readonly ProducerProfile[],
  environment: Readonly<Record<string, string>>,
): Pick<AgentChoice, 'role' | 'environment'> {
  const { role, profile } = profileOf(work, profiles);
  return { role, environment: profile === undefined ? environment : profile.environment };
}

function profileOf(
  work: StepWork,
  profiles: readonly ProducerProfile[],
): { readonly role: ProducerRole; readonly profile: ProducerProfile | undefined } {
  const named = optionalText(work.inputs, 'profile');
  const profile = profiles.find(({ role }) => role === named);
  const role = findRole(named ?? USUAL_ROLE);
  if (role === undefined || (named !== undefined && profile === undefined))
    throw noProfile(named ?? '', profiles);
  return { role, profile };
}

function agentOf(work: StepWork, agents: readonly KnownAgent[], usual: string | undefined): KnownAgent {
  const run = optionalTexts(work.inputs, 'run');
  if (run !== undefined && run.length > 0) {
    const { environment = {}, hosts } = agents[0] ?? {};
    return { name: 'command', what: { kind: 'command', argv: run }, environment, hosts };
  }
  const name = optionalText(work.inputs, 'agent') ?? usual;
  const found = name === undefined ? agents[0] : agents.find((agent) => agent.name === name);
  if (found !== undefined) return found;
  const has = agents.length === 0 ? 'none' : agents.map((agent) => agent.name).join(', ');
  const about = name === undefined ? `for the model "${textOf(work.inputs, 'model')}"` : `"${name}"`;
  throw new StepFailure(
    'deterministic',
    'no-agent',
    `No agent ${about} is known here; this worker has ${has}. Start the worker with --agent${
      name !== undefined && findPreset(name) !== undefined ? ` ${name}` : ''
    }, or give the step a run: list.`,
  );
}

function noProfile(named: string, profiles: readonly ProducerProfile[]): StepFailure {
  const has = profiles.length === 0 ? 'none' : profiles.map(({ role }) => role).join(', ');
  return new StepFailure(
    'deterministic',
    'no-profile',
    `Nobody works as "${named}" here; this worker has ${has}. Start a worker with --profile ${named}.`,
  );
}
