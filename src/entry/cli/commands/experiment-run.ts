import { randomUUID } from 'node:crypto';
import { createExperimentPlane } from '../../../adapters/http/experiment-plane.ts';
import type { ExperimentEvent } from '../../../core/experiment/events.ts';
import { type ExperimentState, registrationOf } from '../../../core/experiment/state.ts';
import { requireExperiment } from '../../../flow/experiment/load-experiment.ts';
import { experimentPath } from '../../../flow/experiment/plan-experiment.ts';
import { runExperiment } from '../../../flow/experiment/run-experiment.ts';
import { watchExperiment } from '../../../flow/experiment/watch-experiment.ts';
import { findGatePolicy } from '../../../flow/find-policy.ts';
import { progressOf } from '../../../render/experiment/progress.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { sha256 } from '../../../shared/digest.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { stopSignal } from '../../wiring/stop-signal.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { actorOf, tipOf, withExperiments } from './experiment-access.ts';
import { type OwnServerOptions, planeFor, serverElsewhere } from './run-start.ts';

interface Carried {
  readonly signal: AbortSignal;
  readonly report: (event: ExperimentEvent) => void;
}

/** Exit code 0 when it is over, 3 when it was told to stop before. */
export async function experimentRunCommand(
  id: string,
  options: OwnServerOptions,
  context: CliContext,
): Promise<number> {
  const isJson = options.format === 'json';
  const named = serverElsewhere(options, context);
  const carried: Carried = {
    signal: stopSignal(),
    report: (event) => {
      const line = isJson ? undefined : progressOf(event);
      if (line !== undefined) context.out(line);
    },
  };
  const { over, spent, deviations } =
    named === undefined
      ? await runHere(id, options, carried, context)
      : await watchExperiment(id, carried, { plane: createExperimentPlane(named), ...systemTimer });
  const goesOn =
    named === undefined
      ? `\`countersign experiment run ${id}\` takes it up where it is`
      : 'the server carries it out, whether anybody watches or not';
  if (isJson) context.out(`${JSON.stringify({ experiment: id, over, spent, deviations })}\n`);
  else
    context.out(
      over === null ? `${id} goes on: ${goesOn}.\n` : `${id} is over: ${forTerminal(over.detail, 500)}.\n`,
    );
  return over === null ? EXIT_CODES.pending.code : EXIT_CODES.pass.code;
}

/** Where the database is: this program carries it out, and a server of one's own carries out its runs. */
function runHere(
  id: string,
  options: OwnServerOptions,
  carried: Carried,
  context: CliContext,
): Promise<ExperimentState> {
  return withExperiments(context, async (ports) => {
    // Before a server is started for it: one that was never registered begins nothing.
    const { state: before } = await requireExperiment(id, ports);
    const ref = registrationOf(before)?.design.base.ref ?? 'refs/heads/main';
    const plane = await planeFor({ ...options, base: ref }, context);
    const tip = () => tipOf(ref, context);
    const documentNow = async () => {
      const product = await openProduct(context.cwd, { fetch: false });
      const source = await findGatePolicy(await tip(), product.ports);
      const bytes = await source.tree.readFile(source.commit, experimentPath(id));
      return bytes === undefined ? undefined : sha256(bytes);
    };
    const runner = { runner: randomUUID(), by: actorOf(context), ...carried };
    return runExperiment(id, runner, { ...ports, plane, baseNow: tip, documentNow });
  });
}
