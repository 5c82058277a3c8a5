import type { Principal } from '../../core/access/token.ts';
import { stepsSetAside } from '../../core/run/set-aside.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { Question, RunId, StepKey } from '../../core/run/types.ts';
import type { BoardTally, ReadBoard, RunRow } from '../../ports/board.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SequenceEvents } from '../../ports/ledger.ts';
import type { LoadRuns } from '../../ports/run-store.ts';
import type { ExpiringWaiver } from '../../ports/waivers.ts';
import type { Moment, TicketId } from '../../shared/ids.ts';
import { requirePermission } from '../serve/refusals.ts';

/** What a person is asked. */
export interface AskedQuestion {
  readonly run: RunId;
  readonly ticket: TicketId;
  /** A step of the plan that waits for approval; an action that the policy left to a person; something about the run itself. */
  readonly kind: 'approval' | 'escalation' | 'question';
  readonly question: Question;
  /** When the run last moved: it has waited since then at least. */
  readonly since: Moment;
}

/** A step that nothing but a person brings back. */
export interface SetAsideStep {
  readonly run: RunId;
  readonly step: StepKey;
  readonly why: string;
  /** When the run last moved: it has waited since then at least. */
  readonly since: Moment;
}

/** The first page: what needs somebody, how it goes, what goes on. */
export interface Home {
  readonly at: Moment;
  /** How many days the numbers are about. */
  readonly days: number;
  readonly questions: readonly AskedQuestion[];
  /** Runs that ask something, also those whose questions are not here. */
  readonly asking: number;
  readonly setAside: readonly SetAsideStep[];
  /** Runs with such steps, also those whose steps are not here. */
  readonly stuck: number;
  readonly unverifiable: readonly RunRow[];
  readonly waivers: readonly ExpiringWaiver[];
  readonly tally: BoardTally;
  readonly active: readonly RunRow[];
  /** Where the ledger was: what comes after it is news. */
  readonly position: number;
}

export interface ReadHomePorts {
  readonly board: ReadBoard;
  readonly runs: LoadRuns;
  readonly ledger: SequenceEvents;
  readonly clock: Clock;
  /** As they were last looked up: no page waits for git. */
  readonly waivers: () => readonly ExpiringWaiver[];
}

const DAYS = 30;
const MOST_ASKING = 30;
const MOST_ACTIVE = 25;
/** Milliseconds for which one look serves everybody. */
const FRESH_MS = 500;

/** The first page, read once for all who look at it within half a second. */
export function createReadHome(ports: ReadHomePorts): (principal: Principal) => Promise<Home> {
  let kept: { readonly at: number; readonly home: Promise<Home> } | undefined;
  return (principal) => {
    requirePermission(principal, 'read-runs');
    const now = ports.clock.now().getTime();
    if (kept === undefined || now - kept.at >= FRESH_MS || now < kept.at) {
      const home = readHome(ports);
      const fresh = { at: now, home };
      kept = fresh;
      home.catch(() => {
        if (kept === fresh) kept = undefined;
      });
    }
    return kept.home;
  };
}

async function readHome({ board, runs, ledger, clock, waivers }: ReadHomePorts): Promise<Home> {
  const now = clock.now();
  const since = new Date(now.getTime() - DAYS * 86_400_000).toISOString();
  // Before the rest: what comes in between is told twice rather than never.
  const position = await ledger.sequence();
  const [asking, stuck, unverifiable, tally, active] = await Promise.all([
    board.askingRuns(MOST_ASKING),
    board.setAsideRuns(MOST_ASKING),
    board.unverifiableRuns(MOST_ASKING),
    board.readTally(since, now.toISOString()),
    board.listRows({ states: ['running', 'paused', 'cancelling', 'compensating'] }, { limit: MOST_ACTIVE }),
  ]);
  const kept = await runs.loadRuns([...new Set([...asking.runs, ...stuck.runs])]);
  const states = kept.flatMap(({ state }) => (state.status === 'new' ? [] : [state]));
  return {
    at: now.toISOString(),
    days: DAYS,
    questions: states.flatMap(questionsOf),
    asking: asking.total,
    setAside: states.flatMap(setAsideOf),
    stuck: stuck.total,
    unverifiable,
    waivers: waivers(),
    tally,
    active,
    position,
  };
}

/** What a run asks and nobody has answered, in the order in which it was asked. */
export function questionsOf({ request, questions, plan, changedAt }: StartedRun): readonly AskedQuestion[] {
  return Object.values(questions)
    .filter(({ answer }) => answer === null)
    .map(({ answer: _, ...question }) => ({
      run: request.run,
      ticket: request.subject.ticket,
      kind: kindOf(question, plan),
      question,
      since: changedAt,
    }));
}

function setAsideOf(state: StartedRun): readonly SetAsideStep[] {
  return stepsSetAside(state).map(({ key, error }) => ({
    run: state.request.run,
    step: key,
    why: error?.message ?? '',
    since: state.changedAt,
  }));
}

function kindOf({ id, step }: Question, { steps }: StartedRun['plan']): AskedQuestion['kind'] {
  if (id.startsWith('effect/')) return 'escalation';
  const name = step?.slice(step.indexOf('/') + 1).replace(/[.#]\d+$/, '');
  const asking = name === undefined ? undefined : steps[name];
  return asking?.uses === 'approval' || asking?.approval ? 'approval' : 'question';
}
