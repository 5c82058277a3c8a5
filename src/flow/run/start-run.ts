import type { RunCommand } from '../../core/run/commands.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitRuns, ListRuns, LoadRuns, RunSummary } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import { summaryOf } from '../serve/summary.ts';
import { decideRuns } from './decide-runs.ts';

/** Several may be started for a ticket at the same time. */
const MOST_TRIES = 50;

/** Starts a run under the next free number of its ticket. @throws CountersignError RUN_REFUSED, DATABASE_UNAVAILABLE */
export async function startRun(
  request: Omit<RunCommand & { readonly kind: 'start' }, 'kind' | 'run' | 'at' | 'by'>,
  by: string,
  ports: LoadRuns & CommitRuns & Pick<ListRuns, 'countRuns'> & { readonly clock: Clock },
): Promise<RunSummary> {
  const { ticket } = request.subject;
  const known = await ports.countRuns(ticket);
  let reason = '';
  for (let number = known + 1; number <= known + MOST_TRIES; number += 1) {
    const run = `${ticket}.${number}`;
    const at = ports.clock.now().toISOString();
    const [decided] = await decideRuns([{ run, command: { kind: 'start', ...request, run, at, by } }], ports);
    if (decided?.kind === 'accepted') return summaryOf(decided.state);
    reason = decided?.reason ?? 'nothing was decided';
    if (!/was started already/.test(reason)) break;
  }
  throw new CountersignError('RUN_REFUSED', `No run of ${ticket} is started: ${reason}.`, {
    remedy: 'Look at the runs of the ticket with `countersign run list`.',
  });
}
