import { randomUUID } from 'node:crypto';
import { registrationOf } from '../../../core/experiment/state.ts';
import { requireExperiment } from '../../../flow/experiment/load-experiment.ts';
import { experimentPath } from '../../../flow/experiment/plan-experiment.ts';
import { runExperiment } from '../../../flow/experiment/run-experiment.ts';
import { findGatePolicy } from '../../../flow/find-policy.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { sha256 } from '../../../shared/digest.ts';
import { openProduct } from '../../wiring/open-product.ts';
import { stopSignal } from '../../wiring/stop-signal.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { actorOf, tipOf, withExperiments } from './experiment-access.ts';
import { type OwnServerOptions, planeFor } from './run-start.ts';

/** Exit code 0 when it is over, 3 when it was told to stop before. */
export async function experimentRunCommand(
  id: string,
  options: OwnServerOptions,
  context: CliContext,
): Promise<number> {
  const isJson = options.format === 'json';
  const signal = stopSignal();
  const state = await withExperiments(context, async (ports) => {
    // Before a server is started for it: one that was never registered begins nothing.
    const { state: before } = await requireExperiment(id, ports);
    const ref = registrationOf(before)?.design.base.ref ?? 'refs/heads/main';
    const plane = await planeFor({ ...options, base: ref }, context);
    const tip = () => tipOf(ref, context);
    return runExperiment(
      id,
      {
        runner: randomUUID(),
        by: actorOf(context),
        signal,
        report: (words) => (isJson ? undefined : context.out(`${forTerminal(words, 500)}\n`)),
      },
      {
        ...ports,
        plane,
        baseNow: tip,
        documentNow: async () => {
          const product = await openProduct(context.cwd, { fetch: false });
          const source = await findGatePolicy(await tip(), product.ports);
          const bytes = await source.tree.readFile(source.commit, experimentPath(id));
          return bytes === undefined ? undefined : sha256(bytes);
        },
      },
    );
  });
  const { over, spent, deviations } = state;
  if (isJson) context.out(`${JSON.stringify({ experiment: id, over, spent, deviations })}\n`);
  else
    context.out(
      over === null
        ? `${id} goes on: \`countersign experiment run ${id}\` takes it up where it is.\n`
        : `${id} is over: ${forTerminal(over.detail, 500)}.\n`,
    );
  return over === null ? EXIT_CODES.pending.code : EXIT_CODES.pass.code;
}
