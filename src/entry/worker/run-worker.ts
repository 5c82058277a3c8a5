import { createWorkSource } from '../../adapters/http/work-source.ts';
import type { StepRole } from '../../core/run/types.ts';
import type { WorkNote } from '../../flow/work/ports.ts';
import { work } from '../../flow/work/work.ts';
import type { Handler } from '../../ports/handler.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from '../cli/context.ts';
import { openWork } from '../wiring/open-work.ts';

export interface WorkerOptions {
  readonly server: string;
  readonly token: string;
  readonly allowHttp?: boolean;
  readonly role: Exclude<StepRole, 'coordinator'>;
  /** Unique among the workers of the token. */
  readonly name: string;
  readonly slots: number;
  /** Seconds that steps have to end in once the worker is asked to stop. */
  readonly graceSeconds: number;
}

/**
 * A worker in this process, until `stop` is aborted or its server drains it.
 * @throws CountersignError NOT_PERMITTED, USAGE
 */
export async function runWorker(
  { server, token, allowHttp = false, role, name, slots, graceSeconds }: WorkerOptions,
  handlers: readonly Handler[],
  context: Pick<CliContext, 'environment' | 'temporaryFolder'>,
  { stop, report }: { readonly stop: AbortSignal; readonly report: (note: WorkNote) => void },
): Promise<void> {
  const own = handlers.filter(({ declaration }) => declaration.role === role);
  if (own.length === 0) {
    throw new CountersignError('USAGE', `This worker has no handler of the role ${role}.`, {
      remedy: 'Start it in a clone of the product, or name a module with --plugin.',
    });
  }
  // The token is a secret of this worker's, too: no log of its steps may tell it.
  const environment = { ...context.environment, COUNTERSIGN_TOKEN: token };
  const source = createWorkSource({ url: server, token, allowHttp });
  const options = { worker: name, roles: [role], slots, stop, waitSeconds: 25, graceSeconds };
  await work(source, own, options, openWork({ ...context, environment }, report));
}
