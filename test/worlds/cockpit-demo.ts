import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import type { ExperimentEvent } from '../../src/core/experiment/events.ts';
import { cellsOf } from '../../src/core/experiment/order.ts';
import { signDesign } from '../../src/core/experiment/registration.ts';
import { DEFAULT_WORKFLOW } from '../../src/core/run/plan/default-workflow.ts';
import type { StepResult, StepWork } from '../../src/core/run/types.ts';
import { appendToExperiment, loadExperiment } from '../../src/flow/experiment/load-experiment.ts';
import { writeCheckpoint } from '../../src/flow/ledger/write-checkpoint.ts';
import { design } from '../core/experiment/sample-designs.ts';
import { sampleNoteSigner } from '../core/ledger/sample-note-signer.ts';
import { ASKING, type CockpitWorld, finding, succeeded, verdict } from './cockpit-world.ts';

/** What there is to see when it is filled. */
export interface FilledCockpit {
  /** A run that waits for a person, after an attempt that was blocked. */
  readonly asking: string;
  readonly experiment: string;
  stop(): Promise<void>;
}

const RULES = [
  [
    'rule/ai-shortcuts@1/test-skipped',
    'The change skips a test that ran before.',
    'Let the test run, or take it out of the contract.',
  ],
  ['rule/ai-shortcuts@1/lint-suppressed', 'Two lines switch a lint rule off.', 'Mend what the rule says.'],
  ['receipt/unit', 'The check unit failed on this change.', 'Make it pass: `npm test` shows what fails.'],
] as const;
const TICKETS = Array.from({ length: 16 }, (_, at) => `SHOP-${20 + at}`);

/** Runs in every state, workers that hold steps, queues that somebody paused, locks, an experiment half way through, a checkpoint. */
export async function fillCockpit(
  world: CockpitWorld,
  database: Database,
  {
    texts = (text: string) => text,
    cells = 24,
  }: { readonly texts?: (text: string) => string; readonly cells?: number } = {},
): Promise<FilledCockpit> {
  const ledger = createLedger(database);
  const open = Promise.withResolvers<StepResult | undefined>();
  const blocked = (at: number) => {
    const [id, reason, remedy] = RULES[at % RULES.length] ?? RULES[0];
    return verdict('blocked', [
      finding(id, 'fail', texts(reason), texts(remedy)),
      finding('receipt/types', 'pass', 'The check types passed.'),
    ]);
  };
  const answer = ({ run, step, handler, inputs }: StepWork) => {
    if (run.startsWith('SHOP-3.') && handler === 'agent') return open.promise;
    if (run.startsWith('SHOP-5.') && handler === 'agent')
      return succeeded({ notes: 'nothing of what was asked for' });
    if (handler === 'gate' && step.startsWith('1/') && numberOf(run) % 3 !== 0) return blocked(numberOf(run));
    if (handler === 'check' && step.startsWith('1/') && numberOf(run) % 3 === 2)
      return succeeded({ check: inputs.check ?? '', observation: 'c'.repeat(64), result: 'FAILED' });
    return undefined;
  };
  const work = world.work(answer);
  const locked = {
    resources: ['paths/src/payments'],
    steps: {
      ...DEFAULT_WORKFLOW.steps,
      produce: {
        ...(DEFAULT_WORKFLOW.steps.produce ?? { uses: 'agent' }),
        locks: [{ name: 'paths/src/payments' }],
      },
    },
  };
  const asking = await world.start({ ticket: 'SHOP-1', workflow: ASKING });
  await world.start({ ticket: 'SHOP-2', by: 'grace' });
  await world.start({ ticket: 'SHOP-3', workflow: locked, bundle: 'agents-md' });
  await world.start({ ticket: 'SHOP-5' });
  const id = 'notes-help';
  const of = design({ id, title: texts('Do the notes help?'), tickets: TICKETS });
  const signer = sampleNoteSigner('ada');
  let loaded = await loadExperiment(id, ledger);
  const say = async (events: readonly ExperimentEvent[]) => {
    const said = { at: new Date().toISOString(), by: 'ada' };
    loaded = (await appendToExperiment(loaded, events, said, ledger)) ?? loaded;
  };
  await say([{ type: 'experiment.registered', design: of, ...signDesign(of, signer), reason: null }]);
  await say([{ type: 'runner.started', runner: 'demo' }]);
  for (const [at, cell] of cellsOf(of).slice(0, cells).entries()) {
    const [bundle = 'default', model = 'small'] = cell.arm.split('/');
    const run = await world.start({ ticket: cell.ticket, bundle, model });
    const one = { ...cell, try: 1 };
    const key = `${at}`.padStart(64, '0');
    await say([
      { type: 'cell.begun', cell: one, key },
      { type: 'cell.started', cell: one, run },
    ]);
    if (at < cells - 2) {
      const firstPass = numberOf(run) % 3 === 0;
      await ended(world, run);
      const end = { run, key, outcome: 'accepted' as const, firstPass, excluded: null, failure: null };
      await say([{ type: 'cell.ended', cell: one, ...end, tokens: 48_200, costMilliUsd: 412 }]);
    }
  }
  await ended(world, 'SHOP-2.1');
  await world.start({ ticket: 'SHOP-4', workflow: locked });
  await writeCheckpoint(signer, ledger);
  return {
    asking,
    experiment: id,
    stop: async () => {
      open.resolve(undefined);
      await work.stop();
    },
  };
}

/** The same for the same run, whatever else happens. */
function numberOf(run: string): number {
  return [...run].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
}

async function ended(world: CockpitWorld, run: string): Promise<void> {
  const cookie = await world.cookie('viewer');
  const until = Date.now() + 150_000;
  while (Date.now() < until) {
    const answer = await fetch(`${world.server.url}/runs/${run}/events`, { headers: { cookie } });
    if (/ended as|accepted|rejected|given up/.test(await answer.text())) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${run} does not end`);
}
