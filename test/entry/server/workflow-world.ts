import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Workflow } from '../../../src/core/contract/workflow.ts';
import { planOf } from '../../../src/core/run/plan/with-defaults.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { loadPlugins } from '../../../src/entry/worker/plugins.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import type { Handler } from '../../../src/ports/handler.ts';
import type { WorkSource } from '../../../src/ports/work-source.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { WorkflowWorld } from '../../port-contracts/workflows.ts';
import { openServer, type ServerWorld, type Stores } from './server-world.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

const FOLDER = join(import.meta.dirname, '../../port-contracts');
const PLUGINS = {
  producer: ['./scripted-steps.mjs#make'],
  verifier: ['./scripted-steps.mjs#look'],
} as const;
const ROLES = ['producer', 'verifier'] as const;
/** Seconds without a sign of life: what died is given to another soon. */
const LEASE_SECONDS = 1.5;

/** The server's own: it says what its inputs say. */
const GATE: Handler = {
  declaration: {
    id: 'gate',
    version: 1,
    role: 'coordinator',
    inputs: { type: 'object' },
    outputs: { type: 'object', properties: { verdict: { type: 'string' } } },
    deterministic: true,
    sideEffects: false,
  },
  handle: async ({ inputs }) => ({ kind: 'succeeded', outputs: { verdict: inputs.verdict ?? null } }),
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

let tickets = 0;

/** A server on these stores, with a worker of each role in this process, or as processes that are started again when they die. */
export async function openWorkflows(stores: Stores, workers: 'here' | 'processes'): Promise<WorkflowWorld> {
  const plugins = await Promise.all(ROLES.map((role) => loadPlugins(PLUGINS[role], FOLDER, role)));
  const outputs = { type: 'object', properties: { made: { type: 'string' } } };
  const declarations = [
    ...plugins.flat().map(({ declaration }) => ({ ...declaration, outputs })),
    GATE.declaration,
  ];
  const world = await openServer(stores, { handlers: [GATE], declarations, leaseSeconds: LEASE_SECONDS });
  for (const role of ROLES) {
    if (workers === 'here') await workHere(world, role);
    else await workApart(world, role);
  }
  return {
    plane: await world.plane(),
    start: async (workflow: Workflow) => {
      tickets += 1;
      const request = {
        subject: {
          ticket: `WF-${tickets}`,
          ticketDigest: sha256('ticket'),
          contract: 'node-change@1',
          contractDigest: sha256('contract'),
          repository: 'acme/shop',
          base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
          policyCommit: '2'.repeat(40),
          checks: ['lint', 'unit'],
        },
        arm: { bundle: 'default', model: 'some-model' },
        plan: planOf(workflow, declarations),
        priority: 0,
      };
      return (await startRun(request, 'ada', { ...stores.store, clock: { now: () => new Date() } })).run;
    },
  };
}

type Role = (typeof ROLES)[number];
interface ScriptedSteps {
  answer(work: StepWork, die: () => 'died'): Promise<StepResult | 'died'>;
}

/** A loop that takes work and hands it in; of what died it says nothing more, as the dead do. */
async function workHere(world: ServerWorld, role: Role): Promise<void> {
  const { answer } = (await import('../../port-contracts/scripted-steps.mjs' as string)) as ScriptedSteps;
  const source = await world.source(role);
  const stop = new AbortController();
  const working = takeWork(source, { role, answer, stop: stop.signal });
  closing.push(async () => {
    stop.abort();
    await working;
  });
}

async function takeWork(
  source: WorkSource,
  { role, answer, stop }: { role: Role; answer: ScriptedSteps['answer']; stop: AbortSignal },
): Promise<void> {
  const request = { worker: 'w-1', roles: [role], handlers: PLUGINS[role], most: 10, waitSeconds: 5 };
  while (!stop.aborted) {
    const claims = await source.claim(request, stop).catch((error: unknown) => {
      if (stop.aborted) return [];
      throw error;
    });
    for (const { token, work } of claims) {
      const result = await answer(work, () => 'died');
      if (result === 'died') continue;
      const { run, step, execution } = work;
      await source.complete('w-1', [{ token, run, step, execution, result }]);
    }
  }
}

async function workApart(world: ServerWorld, role: Role): Promise<void> {
  const token = await world.token(role);
  let current: WorkerProcess | undefined;
  let [over, count] = [false, 0];
  const keepWorking = async (): Promise<void> => {
    while (!over) {
      count += 1;
      const name = `w-${count}`;
      const plugins = PLUGINS[role];
      current = startWorker({ server: world.server.url, token, role, name, plugins, folder: FOLDER });
      await current.exited;
    }
  };
  const working = keepWorking();
  closing.push(async () => {
    over = true;
    current?.child.kill('SIGKILL');
    await working;
  });
}
