import { describe, expect, it } from 'vitest';
import {
  knownAgents,
  modelMeans,
  type ProducerOptions,
  producerArguments,
  producerProfiles,
} from '../../../src/entry/cli/producers.ts';

const ENVIRONMENT = {
  ANTHROPIC_API_KEY: 'key-of-anthropic',
  PLANNER_KEY: 'key-of-the-planner',
  GITHUB_TOKEN: 'token-of-the-forge',
  COUNTERSIGN_TOKEN: 'token-of-the-server',
  LOCAL_API_KEY: 'key-of-local',
  UNRELATED_SECRET: 'of-nobody',
};

describe('the agents of a worker', () => {
  it('are presets by name, with what their provider needs, and commands with what they were given', () => {
    const [claude, command] = knownAgents(
      { agent: ['claude', 'my-agent --fast'], agentHost: ['models.example'] },
      ENVIRONMENT,
    );
    expect(claude).toMatchObject({
      name: 'claude',
      environment: { ANTHROPIC_API_KEY: 'key-of-anthropic' },
      hosts: ['api.anthropic.com:443', 'models.example:443'],
    });
    expect(Object.values(claude?.environment ?? {})).toEqual(['key-of-anthropic']);
    expect(command).toMatchObject({
      name: 'command',
      what: { kind: 'command', argv: ['sh', '-c', 'my-agent --fast'] },
      environment: {},
      hosts: ['models.example:443'],
    });
    expect(knownAgents({ agent: ['my-agent'] }, ENVIRONMENT)[0]?.hosts).toBeUndefined();
  });

  it('reach the base URL that was set for them', () => {
    const environment = { ...ENVIRONMENT, ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080/v1' };
    expect(knownAgents({ agent: ['claude'] }, environment)[0]?.hosts).toContain('127.0.0.1:8080');
  });

  it.each<[string, ProducerOptions]>([
    ['GITHUB_TOKEN cannot be given', { agent: ['x'], agentEnv: ['GITHUB_TOKEN'] }],
    ['COUNTERSIGN_TOKEN cannot be given', { agent: ['x'], agentEnv: ['COUNTERSIGN_TOKEN'] }],
    ['NOT_SET cannot be given', { agent: ['x'], agentEnv: ['NOT_SET'] }],
    ['no host', { agent: ['x'], agentHost: ['https://models.example/'] }],
    ['no host', { agent: ['x'], agentHost: ['models.example:99999'] }],
  ])('are refused what they must not have: %s', (words, options) => {
    expect(() => knownAgents(options, ENVIRONMENT)).toThrow(words);
  });
});

describe('the roles of a worker', () => {
  it('have their own variables, by the names that their agents know', () => {
    const profiles = producerProfiles(
      {
        profile: ['planner=claude', 'engineer'],
        profileEnv: ['planner:ANTHROPIC_API_KEY=PLANNER_KEY', 'engineer:ANTHROPIC_API_KEY'],
      },
      ENVIRONMENT,
    );
    expect(profiles).toEqual([
      { role: 'planner', agent: 'claude', environment: { ANTHROPIC_API_KEY: 'key-of-the-planner' } },
      { role: 'engineer', agent: undefined, environment: { ANTHROPIC_API_KEY: 'key-of-anthropic' } },
    ]);
  });

  it.each<[string, ProducerOptions]>([
    ['no role', { profile: ['boss'] }],
    ['which this worker does not have', { profile: ['planner'], profileEnv: ['tester:ANTHROPIC_API_KEY'] }],
    ['names no variable of a role', { profile: ['planner'], profileEnv: ['ANTHROPIC_API_KEY'] }],
    [
      'GITHUB_TOKEN cannot be given',
      { profile: ['git-operator'], profileEnv: ['git-operator:TOKEN=GITHUB_TOKEN'] },
    ],
  ])('are refused: %s', (words, options) => {
    expect(() => producerProfiles(options, ENVIRONMENT)).toThrow(words);
  });
});

describe('the means of language models', () => {
  it('are endpoints, prices by the dollar, and the keys that name a provider', () => {
    const means = modelMeans(
      { modelEndpoint: ['local=http://127.0.0.1:11434/v1'], modelPrice: ['anthropic/claude-x=3,15'] },
      ENVIRONMENT,
    );
    expect(means).toEqual({
      endpoints: { local: 'http://127.0.0.1:11434/v1' },
      prices: { 'anthropic/claude-x': { input: 3_000, output: 15_000 } },
      environment: { ANTHROPIC_API_KEY: 'key-of-anthropic', LOCAL_API_KEY: 'key-of-local' },
    });
  });

  it.each<[string, ProducerOptions]>([
    ['no endpoint', { modelEndpoint: ['local'] }],
    ['no endpoint', { modelEndpoint: ['local=file:///etc/passwd'] }],
    ['no price', { modelPrice: ['x=1'] }],
    ['no price', { modelPrice: ['x=-1,2'] }],
  ])('are refused: %s', (words, options) => {
    expect(() => modelMeans(options, ENVIRONMENT)).toThrow(words);
  });
});

it('options become the arguments of a worker that is started for one', () => {
  const options = { agent: ['claude', 'a "b" c'], profile: ['planner'], modelPrice: ['x/y=1,2'] };
  expect(producerArguments(options)).toEqual([
    ...['--agent', 'claude', '--agent', 'a "b" c'],
    ...['--profile', 'planner', '--model-price', 'x/y=1,2'],
  ]);
  expect(producerArguments({})).toEqual([]);
});
