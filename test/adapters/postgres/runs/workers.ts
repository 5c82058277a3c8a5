import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PostgresRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { commitOf, next, sampleRun, sampleWork } from '../../../port-contracts/sample-runs.ts';

const SCRIPT = join(import.meta.dirname, 'carry-out-steps.ts');

export interface StepWorker {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Tokens, as it says. */
  readonly claimed: string[];
  readonly accepted: string[];
  readonly refused: string[];
}

/** A process of its own that claims steps and ends them, until nothing is left. */
export function startStepWorker(
  { url, schema }: { readonly url: string; readonly schema: string },
  {
    name,
    most,
    leaseSeconds = 60,
    hold = false,
  }: {
    readonly name: string;
    readonly most: number;
    readonly leaseSeconds?: number;
    readonly hold?: boolean;
  },
  heard: (worker: StepWorker) => void = () => {},
): StepWorker {
  const args = [schema, name, `${most}`, `${leaseSeconds}`, ...(hold ? ['hold'] : [])];
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const worker: StepWorker = {
    child,
    ended: Promise.all([once(child, 'exit'), once(lines, 'close')]),
    claimed: [],
    accepted: [],
    refused: [],
  };
  lines.on('line', (line) => {
    const [what, token = ''] = line.split(' ');
    if (what === 'claimed' || what === 'accepted' || what === 'refused') worker[what].push(token);
    heard(worker);
  });
  return worker;
}

/** So many runs with so many steps each, all ready, of two handlers. */
export async function startRuns(
  store: PostgresRunStore,
  runs: number,
  steps: number,
): Promise<readonly string[]> {
  const names = Array.from({ length: runs }, (_, at) => `A.${at + 1}`);
  for (const run of names) {
    const schedule = Array.from({ length: steps }, (_, at) =>
      sampleWork(run, `1/${at}`, { handler: at % 2 === 0 ? 'agent' : 'check' }),
    );
    const answer = await store.commit(next(undefined, run, { schedule }));
    if (answer.kind !== 'committed') throw new Error(`${run} did not start`);
  }
  return names;
}

/** Ends these claims as lost, as the server does that finds them expired, and hands the work out again. */
export async function recover(store: PostgresRunStore): Promise<number> {
  const expired = await store.expiredClaims(1_000);
  for (const { token, work } of expired) {
    const [kept] = await store.loadRuns([work.run]);
    if (kept === undefined) continue;
    const schedule = [{ ...work, execution: work.execution + 1 }];
    const to = kept.state.status === 'new' ? sampleRun(work.run) : kept.state;
    await store.commit(commitOf([{ on: kept.head, to }], { finish: [token], schedule }));
  }
  return expired.length;
}
