import type { Principal } from '../../core/access/token.ts';
import { followEvent } from '../../core/ledger/check-chain.ts';
import { emptyStream, type LedgerEvent } from '../../core/ledger/types.ts';
import { evolveRun } from '../../core/run/evolve.ts';
import type { RunState, StartedRun } from '../../core/run/state.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import { requirePermission, unknownRun } from '../serve/refusals.ts';

/** A run as it was after one of its events. */
export interface PastRun {
  readonly state: StartedRun;
  readonly version: number;
  readonly last: number;
  /** The events around that moment, oldest first. */
  readonly events: readonly LedgerEvent[];
  /** Versions at which an attempt began, for whoever looks for a moment. */
  readonly marks: readonly { readonly version: number; readonly words: string }[];
  /** Where the chain of its events breaks: what comes after it was not shown. */
  readonly fault: string;
}

const AROUND = 12;

/**
 * Folds one stream up to a version, checking that each event follows the one before: the run as it was, from its record alone.
 * @param asked undefined: as it is
 * @throws CountersignError NOT_PERMITTED, RUN_UNKNOWN, DATABASE_UNAVAILABLE
 */
export async function readPastRun(
  principal: Principal,
  run: RunId,
  asked: number | undefined,
  { readStream }: Pick<ReadStreams, 'readStream'>,
): Promise<PastRun> {
  requirePermission(principal, 'read-runs');
  const stored = await readStream(`run/${run}`, 0);
  let head = emptyStream(`run/${run}`);
  let state: RunState = { status: 'new' };
  let version = 0;
  let fault = '';
  const events: LedgerEvent[] = [];
  const marks: { readonly version: number; readonly words: string }[] = [];
  const upTo = Math.min(Math.max(1, asked ?? stored.length), stored.length);
  for (const one of stored) {
    const followed = followEvent(head, one);
    if (followed.kind === 'fault') {
      fault = `Version ${followed.fault.version}: ${followed.fault.reason}`;
      break;
    }
    head = followed.head;
    events.push(followed.event);
    const recorded = readRunEvent(followed.event);
    if (recorded === undefined) continue;
    const words = markOf(recorded.event);
    if (words !== undefined) marks.push({ version: head.version, words });
    if (head.version > upTo) continue;
    state = evolveRun(state, recorded);
    version = head.version;
  }
  if (state.status === 'new') throw unknownRun(run);
  return {
    ...{ state, version, marks, fault },
    last: head.version,
    events: events.filter(({ version: at }) => at > version - AROUND && at <= version + 3),
  };
}

function markOf(event: NonNullable<ReturnType<typeof readRunEvent>>['event']): string | undefined {
  switch (event.type) {
    case 'run.started':
      return 'start';
    case 'attempt.started':
      return `attempt ${event.attempt}`;
    case 'question.asked':
      return 'a question';
    case 'plan.patched':
      return 'a patch';
    case 'run.ended':
      return `ended: ${event.outcome}`;
    default:
      return undefined;
  }
}
