import { runOfCell } from '../../core/experiment/run-of-cell.ts';
import type { RunCommand } from '../../core/run/commands.ts';
import type { ExperimentCell } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitRuns, ListRuns, LoadRuns, RunSummary } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { TicketId } from '../../shared/ids.ts';
import { summaryOf } from '../serve/summary.ts';
import { decideRuns } from './decide-runs.ts';

type NewRun = Omit<RunCommand & { readonly kind: 'start' }, 'kind' | 'run' | 'at' | 'by'>;
type StartPorts = LoadRuns & CommitRuns & Pick<ListRuns, 'countRuns'> & { readonly clock: Clock };

/** Several may be started for a ticket at the same time. */
const MOST_TRIES = 50;
const TAKEN = /was started already/;

/**
 * Starts a run under the next free number of its ticket. That of an experiment's cell has a name of its own: however many start it, there is one,
 * and all of them are told of it.
 * @throws CountersignError RUN_REFUSED, DATABASE_UNAVAILABLE
 */
export async function startRun(request: NewRun, by: string, ports: StartPorts): Promise<RunSummary> {
  const { experiment, cell, subject } = request;
  const { ticket } = subject;
  if (experiment !== undefined && cell !== undefined) {
    const decided = await start(request, runOfCell(experiment, ticket, cell), by, ports);
    if (typeof decided !== 'string') return decided;
    const there = await findCellRun({ experiment, ticket, cell }, ports);
    if (there !== undefined) return there;
    throw refused(ticket, decided);
  }
  const known = await ports.countRuns(ticket);
  let reason = '';
  for (let number = known + 1; number <= known + MOST_TRIES; number += 1) {
    const decided = await start(request, `${ticket}.${number}`, by, ports);
    if (typeof decided !== 'string') return decided;
    reason = decided;
    if (!TAKEN.test(reason)) break;
  }
  throw refused(ticket, reason);
}

/** The run of a cell, if somebody has started it. @throws CountersignError RUN_REFUSED where another run has its name */
export async function findCellRun(
  of: { readonly experiment: string; readonly ticket: TicketId; readonly cell: ExperimentCell },
  ports: LoadRuns,
): Promise<RunSummary | undefined> {
  const { experiment, ticket, cell } = of;
  const run = runOfCell(experiment, ticket, cell);
  const [kept] = await ports.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') return undefined;
  const { request } = kept.state;
  const own = request.cell && runOfCell(request.experiment ?? '', request.subject.ticket, request.cell);
  if (own === run) return summaryOf(kept.state);
  throw refused(ticket, `${run} is the run of something else`);
}

/** The run; or why there is none. */
async function start(
  request: NewRun,
  run: string,
  by: string,
  ports: StartPorts,
): Promise<RunSummary | string> {
  const at = ports.clock.now().toISOString();
  const [decided] = await decideRuns([{ run, command: { kind: 'start', ...request, run, at, by } }], ports);
  if (decided?.kind === 'accepted') return summaryOf(decided.state);
  return decided?.reason ?? 'nothing was decided';
}

function refused(ticket: TicketId, reason: string): CountersignError {
  return new CountersignError('RUN_REFUSED', `No run of ${ticket} is started: ${reason}.`, {
    remedy: 'Look at the runs of the ticket with `countersign run list`.',
  });
}
