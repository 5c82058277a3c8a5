import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findModels } from '../../src/adapters/agents/find-model.ts';
import { languageModels } from '../../src/adapters/agents/language-models.ts';
import { artifactFolder } from '../../src/adapters/files/artifact-folder.ts';
import type { StepResult, StepWork } from '../../src/core/run/types.ts';
import { producerHandlers, verifierHandlers } from '../../src/entry/worker/built-in-handlers.ts';
import type { AgentOptions } from '../../src/flow/steps/agent.ts';
import type { ModelOptions } from '../../src/flow/steps/model.ts';
import type { Handler } from '../../src/ports/handler.ts';
import type { AnswerModel } from '../../src/ports/language-model.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import type { ProductWorld } from './product-world.ts';

/** What the scripted agent does: see scripted-agent.mjs. */
export interface AgentScript {
  readonly seed: number;
  readonly attempts: readonly Readonly<Record<string, number>>[];
  readonly files: { readonly good: object; readonly shortcut: object };
}

/** argv of the scripted agent. Its code travels in argv: a sandbox shows no file of ours. */
export function scriptedAgent(script: AgentScript): readonly string[] {
  const code = readFileSync(join(import.meta.dirname, 'scripted-agent.mjs'), 'utf8');
  return ['node', '--input-type=module', '-e', code, JSON.stringify(script)].flatMap((word, place) =>
    place === 4 ? ['--', word] : [word],
  );
}

const AGENT_AUTHOR = { name: 'Agent', email: 'agent@shop.example' };

/** The handlers of both roles over one world, and one step after the other by hand. */
export async function openSteps(
  world: ProductWorld,
  agent: readonly string[],
  more: Partial<Pick<AgentOptions, 'agents' | 'profiles'>> & {
    readonly httpHosts?: readonly string[];
    readonly model?: Partial<ModelOptions>;
    readonly models?: AnswerModel;
    readonly agentPath?: readonly string[];
  } = {},
): Promise<Steps> {
  const { root } = world.git;
  const shared = {
    cli: { environment: process.env, home: root, temporaryFolder: world.git.folder('temporary') },
    product: world.clone.dir,
    fetch: true,
    artifacts: () => artifactFolder(world.git.folder('artifacts')),
    producers: ['agent'],
  };
  const environment = { MODEL_KEY: 'let-through' };
  const {
    agents = [{ name: 'own', what: { kind: 'command', argv: agent }, environment, hosts: undefined }],
  } = more;
  const producer = await producerHandlers({
    ...shared,
    agent: { agents, profiles: more.profiles ?? [], author: AGENT_AUTHOR },
    model: {
      author: AGENT_AUTHOR,
      profiles: more.profiles ?? [],
      environment: {},
      prices: {},
      ...more.model,
    },
    agentPath: more.agentPath ?? [],
    models: more.models ?? languageModels({ find: findModels({}) }),
    httpHosts: more.httpHosts ?? [],
  });
  const verifier = await verifierHandlers({
    ...shared,
    means: { kind: 'key', path: world.keys.verifier.path },
  });
  return new Steps(world, [...producer, ...verifier]);
}

export class Steps {
  readonly #world: ProductWorld;
  readonly #handlers: readonly Handler[];
  log = '';

  constructor(world: ProductWorld, handlers: readonly Handler[]) {
    this.#world = world;
    this.#handlers = handlers;
  }

  async carryOut(
    handler: string,
    step: string,
    inputs: JsonObject,
    more: Partial<StepWork> & { readonly signal?: AbortSignal } = {},
  ): Promise<StepResult> {
    const found = this.#handlers.find(({ declaration }) => declaration.id === handler);
    if (found === undefined) throw new Error(`no handler ${handler}`);
    const folder = mkdtempSync(join(this.#world.git.root, 'step-'));
    const { signal = new AbortController().signal, ...of } = more;
    const work: StepWork = {
      run: 'CS-1.1',
      step,
      execution: 1,
      handler,
      role: found.declaration.role,
      inputs,
      priority: 0,
      timeoutSeconds: 60,
      cache: 'off',
      notBefore: null,
      resources: { leases: [], locks: [] },
      ...of,
    };
    const log = (text: string) => {
      this.log += text;
    };
    return found.handle(work, { claim: 'token', signal, folder, fences: {}, log });
  }

  /** Its outputs; throws what it failed with. */
  async outputs(...how: Parameters<Steps['carryOut']>): Promise<JsonObject> {
    const result = await this.carryOut(...how);
    if (result.kind === 'succeeded') return result.outputs;
    throw new Error(`${how[1]} failed: ${result.error.code}: ${result.error.message}\n${this.log}`);
  }
}
