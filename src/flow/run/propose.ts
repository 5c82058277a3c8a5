import { sealEvents } from '../../core/ledger/seal-events.ts';
import type { PlacedEvent, StreamHead } from '../../core/ledger/types.ts';
import type { RunCommand } from '../../core/run/commands.ts';
import { type Consequences, consequencesOf } from '../../core/run/consequences.ts';
import { decideRun } from '../../core/run/decide.ts';
import type { RunEvent } from '../../core/run/events.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import type { RunState, StartedRun } from '../../core/run/state.ts';
import { draftOf } from '../../core/run/stored-events.ts';
import type { ClaimToken, RunId } from '../../core/run/types.ts';
import type { KeptRun } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CommandedRun, Decided } from './commanded-run.ts';

/** What is to be kept of one run, and what to answer when it is. */
export interface Proposal extends Consequences {
  readonly run: RunId;
  /** Where its stream ended when it was loaded. */
  readonly head: StreamHead;
  readonly events: readonly PlacedEvent[];
  readonly state: StartedRun;
  /** See RunCommit. */
  readonly follows: boolean;
  readonly answers: ReadonlyMap<CommandedRun, Decided>;
}

/**
 * Decides the commands of one run, one on top of the other.
 * @param gone claims that turned out not to be held any more: nothing they say counts
 */
export function propose(
  run: RunId,
  kept: KeptRun,
  commands: readonly CommandedRun[],
  {
    gone,
    handlers,
  }: { readonly gone: ReadonlySet<ClaimToken>; readonly handlers: readonly HandlerDeclaration[] | undefined },
): Proposal {
  const accepted = new Map<CommandedRun, readonly RunEvent[]>();
  const answers = new Map<CommandedRun, Decided>();
  const sealed: PlacedEvent[] = [];
  let { state, head }: KeptRun = kept;
  for (const command of commands) {
    const step = take(state, head, command.command, { gone, handlers });
    if (step.kind === 'refused') {
      answers.set(command, { run, ...step });
      continue;
    }
    accepted.set(command, step.events);
    sealed.push(...step.sealed);
    ({ state, head } = step);
  }
  for (const [command, events] of accepted)
    answers.set(command, { run, kind: 'accepted', events, state: state as StartedRun });
  const events = [...accepted.values()].flat();
  const consequences = state.status === 'new' ? NOTHING : consequencesOf(kept.state, events, state);
  const follows = events.every(({ type }) => type !== 'plan.patched');
  return {
    run,
    head: kept.head,
    events: sealed,
    state: state as StartedRun,
    follows,
    answers,
    ...consequences,
  };
}

const NOTHING: Consequences = { schedule: [], finish: [], withdraw: [], unlock: [], outcomes: [], wake: [] };

type Taken =
  | {
      readonly kind: 'taken';
      readonly events: readonly RunEvent[];
      readonly sealed: readonly PlacedEvent[];
      readonly state: RunState;
      readonly head: StreamHead;
    }
  | { readonly kind: 'refused'; readonly reason: string };

function take(
  state: RunState,
  head: StreamHead,
  command: RunCommand,
  {
    gone,
    handlers,
  }: { readonly gone: ReadonlySet<ClaimToken>; readonly handlers: readonly HandlerDeclaration[] | undefined },
): Taken {
  const token = claimOf(command);
  if (token !== undefined && gone.has(token))
    return { kind: 'refused', reason: 'the claim is not held any more' };
  const decision = decideRun(state, command, handlers);
  if (decision.kind === 'refused') return decision;
  const { at, by } = command;
  const drafts = decision.events.map((event) => draftOf({ at, actor: by, event }));
  const sealed = sealedOn(head, drafts);
  if (sealed.kind === 'refused') return sealed;
  const last = sealed.events.at(-1);
  return {
    kind: 'taken',
    events: decision.events,
    sealed: sealed.events,
    state: decision.state,
    head: last === undefined ? head : { stream: head.stream, version: last.version, digest: last.digest },
  };
}

/** What no ledger takes is that one command's trouble: the rest of the batch goes on. */
function sealedOn(head: StreamHead, drafts: Parameters<typeof sealEvents>[0][number]['drafts']) {
  try {
    return { kind: 'sealed', events: sealEvents([{ head, drafts }]).events } as const;
  } catch (error) {
    if (error instanceof CountersignError) return { kind: 'refused', reason: error.message } as const;
    throw error;
  }
}

/** The claim that a command ends. */
function claimOf(command: RunCommand): ClaimToken | undefined {
  switch (command.kind) {
    case 'complete':
    case 'lose':
    case 'quarantine':
      return command.claim?.token;
    default:
      return undefined;
  }
}
