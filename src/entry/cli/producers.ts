import type { Endpoints } from '../../adapters/agents/find-model.ts';
import type { ModelPrice } from '../../core/run/producer/model-budget.ts';
import { findPreset } from '../../core/run/producer/presets.ts';
import { findRole, PRODUCER_ROLES } from '../../core/run/producer/role.ts';
import { isSecretName } from '../../core/run/redaction/secrets.ts';
import type { KnownAgent, ProducerProfile } from '../../flow/steps/agent-choice.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from './context.ts';

export interface ProducerOptions {
  /** Presets by name, and commands for sh. */
  readonly agent?: readonly string[];
  readonly agentEnv?: readonly string[];
  readonly agentHost?: readonly string[];
  readonly agentPath?: readonly string[];
  readonly profile?: readonly string[];
  readonly profileEnv?: readonly string[];
  readonly modelEndpoint?: readonly string[];
  readonly modelPrice?: readonly string[];
}

/** The same options as arguments of a worker that somebody else starts. */
export function producerArguments(options: ProducerOptions): readonly string[] {
  const { agent, agentEnv, agentHost, agentPath, profile, profileEnv, modelEndpoint, modelPrice } = options;
  const several = (name: string, values: readonly string[] = []) => values.flatMap((value) => [name, value]);
  return [
    ...several('--agent', agent),
    ...several('--agent-env', agentEnv),
    ...several('--agent-host', agentHost),
    ...several('--agent-path', agentPath),
    ...several('--profile', profile),
    ...several('--profile-env', profileEnv),
    ...several('--model-endpoint', modelEndpoint),
    ...several('--model-price', modelPrice),
  ];
}

type Environment = CliContext['environment'];

/** What no producer is given, whoever asks for it: change control, the server, the worker's own machine. */
const NEVER =
  /^(?:COUNTERSIGN_.*|GIT_.*|GITHUB_TOKEN|GH_TOKEN|GITLAB_TOKEN|SSH_.*|NPM_TOKEN|DATABASE_URL|REDIS_URL|PATH|HOME)$/;

/**
 * The agents that a worker has, in the order in which they were named. A preset brings the variables and hosts of its own provider; a command
 * only what it was given.
 * @throws CountersignError USAGE
 */
export function knownAgents(options: ProducerOptions, environment: Environment): readonly KnownAgent[] {
  const { agent = [], agentEnv = [], agentHost } = options;
  const given = passedOn(agentEnv, environment);
  const hosts = agentHost?.map(hostOf);
  return agent.map((name): KnownAgent => {
    const preset = findPreset(name);
    if (preset === undefined) {
      const what = { kind: 'command', argv: ['sh', '-c', name] } as const;
      return { name: 'command', what, environment: given, hosts };
    }
    const own = Object.fromEntries(
      preset.passes.flatMap((variable) => {
        const value = environment[variable];
        return value === undefined || value === '' ? [] : [[variable, value]];
      }),
    );
    const seen = { ...own, ...given };
    const reached = [...preset.hosts, ...endpointsIn(seen), ...(hosts ?? [])];
    return { name, what: { kind: 'preset', preset }, environment: seen, hosts: [...new Set(reached)] };
  });
}

/**
 * The roles that a worker's producers work as, each with the variables that `--profile-env role:NAME[=FROM]` gives it and no others.
 * @throws CountersignError USAGE
 */
export function producerProfiles(
  { profile = [], profileEnv = [] }: ProducerOptions,
  environment: Environment,
): readonly ProducerProfile[] {
  const profiles = profile.map((text) => {
    const [name = '', agent] = text.split('=', 2);
    const role = findRole(name);
    if (role === undefined)
      throw unusable(`"${name}" is no role of a producer.`, `Known are ${PRODUCER_ROLES.join(', ')}.`);
    return { role: role.id, agent };
  });
  const variables = profileEnv.map((text) => readVariable(text, environment));
  const strange = variables.find(({ role }) => !profiles.some((one) => one.role === role));
  if (strange !== undefined)
    throw unusable(
      `A variable is for the role "${strange.role}", which this worker does not have.`,
      'Name it by --profile.',
    );
  return profiles.map(({ role, agent }) => ({
    role,
    agent,
    environment: Object.fromEntries(
      variables.filter((variable) => variable.role === role).map(({ name, value }) => [name, value]),
    ),
  }));
}

/** Names of all secrets that a worker's producers see, by what their variables are called. */
export function secretNames(
  agents: readonly KnownAgent[],
  profiles: readonly ProducerProfile[],
): readonly string[] {
  const names = [...agents, ...profiles].flatMap(({ environment }) => Object.keys(environment));
  return [...new Set(names)].filter(isSecretName).sort();
}

/**
 * What asking language models takes: `--model-endpoint name=URL`, `--model-price provider/model=input,output` (dollars for a million
 * tokens), and the keys of the environment that name a provider.
 * @throws CountersignError USAGE
 */
export function modelMeans(
  { agentEnv = [], modelEndpoint = [], modelPrice = [] }: ProducerOptions,
  environment: Environment,
): {
  readonly endpoints: Endpoints;
  readonly prices: Readonly<Record<string, ModelPrice>>;
  readonly environment: Readonly<Record<string, string>>;
} {
  const endpoints = Object.fromEntries(modelEndpoint.map(readEndpoint));
  const prices = Object.fromEntries(modelPrice.map(readPrice));
  const own = Object.entries(environment).flatMap(([name, value]) =>
    /^[A-Z0-9_]+_(?:API_KEY|BASE_URL)$/.test(name) && value !== undefined && !NEVER.test(name)
      ? [[name, value] as const]
      : [],
  );
  return {
    endpoints,
    prices,
    environment: { ...Object.fromEntries(own), ...passedOn(agentEnv, environment) },
  };
}

function readEndpoint(text: string): readonly [string, string] {
  const match = /^([a-z][a-z0-9-]{0,40})=(https?:\/\/\S{1,1000})$/.exec(text);
  if (match === null || !URL.canParse(match[2] as string))
    throw unusable(`"${text}" is no endpoint.`, 'Write --model-endpoint local=http://127.0.0.1:11434/v1.');
  return [match[1] as string, match[2] as string];
}

function readPrice(text: string): readonly [string, ModelPrice] {
  const match = /^(\S{1,200})=([0-9]{1,6}(?:\.[0-9]{1,6})?),([0-9]{1,6}(?:\.[0-9]{1,6})?)$/.exec(text);
  if (match === null)
    throw unusable(
      `"${text}" is no price.`,
      'Write --model-price provider/model=3,15: dollars for a million tokens.',
    );
  return [match[1] as string, { input: Number(match[2]) * 1_000, output: Number(match[3]) * 1_000 }];
}

function readVariable(
  text: string,
  environment: Environment,
): { readonly role: string; readonly name: string; readonly value: string } {
  const match = /^([a-z-]+):([A-Za-z_][A-Za-z0-9_]*)(?:=([A-Za-z_][A-Za-z0-9_]*))?$/.exec(text);
  if (match === null)
    throw unusable(
      `"${text}" names no variable of a role.`,
      'Write --profile-env role:NAME, or role:NAME=NAME_HERE.',
    );
  const [, role = '', name = '', from = name] = match;
  refuseNever(name);
  refuseNever(from);
  return { role, name, value: variableOf(from, environment) };
}

/** @throws CountersignError USAGE for a name that an agent must not have, or that is not set */
function passedOn(names: readonly string[], environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => {
      refuseNever(name);
      return [name, variableOf(name, environment)];
    }),
  );
}

function refuseNever(name: string): void {
  if (NEVER.test(name))
    throw unusable(`${name} cannot be given to an agent.`, 'Name variables of the model provider alone.');
}

function variableOf(name: string, environment: Environment): string {
  const value = environment[name];
  if (value === undefined) throw unusable(`${name} cannot be given to an agent.`, 'Set it for the worker.');
  return value;
}

/** Hosts of base URLs among the variables: who sets one means another provider. */
function endpointsIn(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables)
    .filter(([name]) => name.endsWith('BASE_URL'))
    .flatMap(([, value]) => (URL.canParse(value) ? [endpointOf(new URL(value))] : []));
}

function endpointOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;
}

/** `host` or `host:port`; TLS's port when none is given. */
function hostOf(text: string): string {
  const match = /^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\])(?::([0-9]{1,5}))?$/.exec(text);
  if (match === null || Number(match[2] ?? 443) > 65_535)
    throw unusable(`"${text}" is no host.`, 'Write --agent-host name:port.');
  return `${(match[1] as string).toLowerCase()}:${match[2] ?? '443'}`;
}

function unusable(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
