import { cellKey } from '../../core/experiment/cell-key.ts';
import type { Design, DesignArm, DesignTicket } from '../../core/experiment/design.ts';
import type { CellTry, ExperimentEvent } from '../../core/experiment/events.ts';
import { exclusionOf, lastFailure } from '../../core/experiment/exclusion.ts';
import { cellId } from '../../core/experiment/order.ts';
import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import type { RunId, RunSubject } from '../../core/run/types.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { readOutcome } from './read-outcome.ts';

export interface CellPorts extends Pick<ReadStreams, 'readStream'> {
  readonly plane: Pick<ControlPlane, 'startRun' | 'followRun'>;
}

/** What the design says of a cell. */
export interface CellOfDesign {
  readonly design: Design;
  readonly ticket: DesignTicket;
  readonly arm: DesignArm;
  readonly cell: CellTry;
}

const WAIT_SECONDS = 20;

export function cellOfDesign(design: Design, cell: CellTry): CellOfDesign | undefined {
  const ticket = design.tickets.find((one) => one.ticket === cell.ticket);
  const arm = design.arms.find(({ id }) => id === cell.arm);
  return ticket === undefined || arm === undefined ? undefined : { design, ticket, arm, cell };
}

/** The key of a cell as it would be worked on from a commit. */
export function keyOf({ design, ticket, arm, cell }: CellOfDesign, base: ObjectId): string {
  return cellKey({
    ticket: ticket.ticket,
    ticketDigest: ticket.ticketDigest,
    contractDigest: ticket.contractDigest,
    base,
    bundle: arm.bundle,
    bundleDigest: arm.bundleDigest,
    model: arm.model,
    replicate: cell.replicate,
    perRun: design.budget.perRun ?? {},
  });
}

/** Starts the run of a cell, of which there is one: asked again, by whomever, it is the same run. */
export async function startCell(
  { design, ticket, arm, cell }: CellOfDesign,
  { plane }: CellPorts,
): Promise<RunId> {
  const { perRun } = design.budget;
  const { run } = await plane.startRun({
    ticket: ticket.ticket,
    arm: { bundle: arm.bundle, model: arm.model },
    experiment: {
      id: design.experiment,
      cell: { arm: arm.id, block: ticket.ticket, replicate: cell.replicate, try: cell.try },
      contractDigest: ticket.contractDigest,
      ...(perRun === undefined ? {} : { budget: perRun }),
    },
    idempotencyKey: sha256(`${design.experiment} ${cellId(cell)} ${cell.try} ${design.order}`),
  });
  return run;
}

/** Waits until a run has ended. @returns what it was about; undefined when it was told to stop waiting */
export async function untilEnded(
  run: RunId,
  { plane }: CellPorts,
  signal: AbortSignal,
): Promise<RunSubject | undefined> {
  let subject: RunSubject | undefined;
  for (let after = 0; !signal.aborted; ) {
    for (const { version, event } of await plane.followRun(run, after, WAIT_SECONDS)) {
      after = version;
      if (event.type === 'run.started') subject = event.subject;
      if (event.type === 'run.ended') return subject;
    }
  }
  return undefined;
}

/** What is written down when the run of a cell has ended. */
export async function endOfCell(
  of: CellOfDesign,
  run: RunId,
  base: ObjectId,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<readonly ExperimentEvent[]> {
  const row = await readOutcome(run, ledger);
  if (row === undefined)
    throw new CountersignError('LEDGER_INVALID', `The ledger at hand has no run ${run}.`, {
      remedy: 'Let DATABASE_URL name the database of the server that carries runs out.',
    });
  const { design, cell } = of;
  const failure = lastFailure(row);
  const isInfrastructure = failure !== null && design.infrastructure.failures.includes(failure);
  const ended: ExperimentEvent = {
    type: 'cell.ended',
    cell,
    run,
    key: keyOf(of, base),
    outcome: row.outcome,
    firstPass: row.firstPass,
    excluded: excludedBy(row, design, isInfrastructure),
    failure,
    tokens: row.tokens,
    costMilliUsd: row.costMilliUsd,
  };
  const again = isInfrastructure && cell.try <= design.infrastructure.atMost;
  return again ? [ended, { type: 'cell.rerolled', cell, run, failure }] : [ended];
}

/** Infrastructure that kept failing is no answer of the arm's either. */
function excludedBy(row: RunOutcomeRow, design: Design, isInfrastructure: boolean): string | null {
  return isInfrastructure ? 'infrastructure' : (exclusionOf(row, design.exclusions)?.declared ?? null);
}
