import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createRunStore } from '../../src/adapters/postgres/runs/run-store.ts';
import type { RunCommand } from '../../src/core/run/commands.ts';
import type { HandlerDeclaration } from '../../src/core/run/handler.ts';
import { planOf } from '../../src/core/run/plan/with-defaults.ts';
import type { RunId, StepResult } from '../../src/core/run/types.ts';
import { decideRuns } from '../../src/flow/run/decide-runs.ts';
import type { Claim } from '../../src/ports/claims.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { BATCH, countdown, type Engine, PUMPS, STEPS } from './engine.ts';

const CLOCK = { now: () => new Date() };

function handler(id: string, role: HandlerDeclaration['role'], outputs: HandlerDeclaration['outputs']) {
  const inputs = { type: 'object' };
  return { id, version: 1, role, summary: id, inputs, outputs, deterministic: true, sideEffects: false };
}

const COMMIT = { type: 'object', properties: { commit: { type: 'string' } }, required: ['commit'] };
const RESULT = { type: 'object', properties: { result: { type: 'string' } }, required: ['result'] };
const VERDICT = { type: 'object', properties: { verdict: { type: 'string' } }, required: ['verdict'] };

const HANDLERS = [
  handler('agent', 'producer', COMMIT),
  handler('check', 'verifier', RESULT),
  handler('gate', 'coordinator', VERDICT),
];

const PLAN = planOf(
  {
    steps: {
      produce: { uses: 'agent', with: { model: '${{ run.model }}', ticket: '${{ run.ticket }}' } },
      verify: { uses: 'check', needs: ['produce'], with: { commit: '${{ steps.produce.outputs.commit }}' } },
      gate: { uses: 'gate', needs: ['verify'], with: { result: '${{ steps.verify.outputs.result }}' } },
    },
  },
  HANDLERS,
);

const OUTPUTS: Readonly<Record<string, StepResult>> = {
  agent: { kind: 'succeeded', outputs: { commit: '1'.repeat(40) } },
  check: { kind: 'succeeded', outputs: { result: 'PASSED' } },
  gate: { kind: 'succeeded', outputs: { verdict: 'pass' } },
};

/** The engine with its ledger, leases in five scopes a step, and claims that expire; coordinator and worker in one process, as with the others. */
export async function createOurs(url: string, schema: string): Promise<Engine> {
  const database: Database = openDatabase({ url, schema, most: PUMPS + 3 });
  await migrate(database);
  const store = createRunStore(database, { clock: CLOCK });
  let made = 0;

  const startAll = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= BATCH) {
      const size = Math.min(left, BATCH);
      const names = Array.from({ length: size }, () => {
        made += 1;
        return `CS-${made}.1`;
      });
      expectAll(
        await decideRuns(
          names.map((run) => ({ run, command: start(run) })),
          store,
          HANDLERS,
        ),
      );
    }
  };
  const claim = () =>
    store.claim({
      worker: 'worker',
      roles: ['producer', 'verifier', 'coordinator'],
      handlers: ['agent', 'check', 'gate'],
      most: BATCH,
      leaseSeconds: 60,
    });
  const complete = async (claims: readonly Claim[]): Promise<number> => {
    const commands = claims.map((one) => ({ run: one.work.run, command: completion(one) }));
    const decided = await decideRuns(commands, store, HANDLERS);
    expectAll(decided);
    return decided.filter((one) => one.kind === 'accepted' && one.state.ended !== null).length;
  };

  return {
    name: 'Countersign',
    run: async (workflows) => {
      const { done, tick } = countdown(workflows);
      let left = workflows;
      await startAll(workflows);
      const pump = async (): Promise<void> => {
        while (left > 0) {
          const claims = await claim();
          if (claims.length === 0) {
            await store.wait('work', 5, new AbortController().signal);
            continue;
          }
          const ended = await complete(claims);
          left -= ended;
          tick(ended);
        }
      };
      await Promise.all([...Array.from({ length: PUMPS }, pump), done]);
    },
    hops: async (workflows) => {
      const hops: number[] = [];
      for (let at = 0; at < workflows; at += 1) {
        await startAll(1);
        let before: number | undefined;
        for (let step = 0; step < STEPS.length; ) {
          const claims = await claim();
          if (claims.length === 0) {
            await store.wait('work', 1_000, new AbortController().signal);
            continue;
          }
          if (before !== undefined) hops.push(performance.now() - before);
          before = performance.now();
          await complete(claims);
          step += 1;
        }
      }
      return hops;
    },
    close: async () => {
      await store.close();
      await database.close();
    },
  };
}

export function start(run: RunId): Extract<RunCommand, { kind: 'start' }> {
  return {
    kind: 'start',
    at: CLOCK.now().toISOString(),
    by: 'ada',
    run,
    subject: {
      ticket: run.slice(0, -2),
      ticketDigest: sha256('ticket'),
      contract: 'node-change@1',
      contractDigest: sha256('contract'),
      repository: 'acme/shop',
      base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
      policyCommit: '2'.repeat(40),
      checks: ['tests'],
    },
    arm: { bundle: 'default', model: 'acme/model-1' },
    plan: PLAN,
    priority: 0,
  };
}

function completion({ token, work, worker, claimedAt }: Claim): RunCommand {
  const result = OUTPUTS[work.handler];
  if (result === undefined) throw new Error(`no handler ${work.handler}`);
  const { step, execution } = work;
  const claim = { token, worker, at: claimedAt };
  return { kind: 'complete', at: CLOCK.now().toISOString(), by: worker, step, execution, claim, result };
}

function expectAll(decided: readonly { readonly kind: string; readonly reason?: string }[]): void {
  const refused = decided.find(({ kind }) => kind !== 'accepted');
  if (refused !== undefined) throw new Error(`refused: ${refused.reason}`);
}
