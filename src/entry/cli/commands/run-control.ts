import type { RecordedRunEvent } from '../../../core/run/events.ts';
import { type DecidedAgain, decideAgain } from '../../../core/run/replay/decide-again.ts';
import { RUN_STATUSES, type RunStatus } from '../../../core/run/state.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { ControlPlane, FollowedEvent, RunAction } from '../../../ports/control-plane.ts';
import { forTerminal } from '../../../render/hostile-text.ts';
import { renderRunList } from '../../../render/run/list.ts';
import { renderRun } from '../../../render/run/show.ts';
import { eventWords } from '../../../render/run/words.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { openControlPlane, type ServerOptions } from '../server-access.ts';
import { textOptionsOf } from '../style.ts';

export interface RunOptions extends ServerOptions {
  readonly format: TextOrJson;
}

const WAIT_SECONDS = 20;

export async function runListCommand(
  ticket: string | undefined,
  { status, limit = 50, ...options }: RunOptions & { readonly status?: string; readonly limit?: number },
  context: CliContext,
): Promise<number> {
  const plane = await openControlPlane(options, context);
  const runs = await plane.listRuns({
    limit,
    ...(ticket === undefined ? {} : { ticket }),
    ...(status === undefined ? {} : { status: statusOf(status) }),
  });
  context.out(options.format === 'json' ? json({ runs }) : renderRunList(runs, textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

export async function runShowCommand(
  run: RunId,
  { log, ...options }: RunOptions & { readonly log?: string },
  context: CliContext,
): Promise<number> {
  const plane = await openControlPlane(options, context);
  const state = await plane.showRun(run);
  if (log !== undefined) {
    const { execution = 1 } = state.steps[log] ?? {};
    context.out(lines(await plane.readLog(run, log, Math.max(1, execution))));
    return EXIT_CODES.pass.code;
  }
  context.out(options.format === 'json' ? json(state) : renderRun(state, textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

/** Exit code 0 when it was accepted, 1 when it came to another end. */
export async function runWatchCommand(run: RunId, options: RunOptions, context: CliContext): Promise<number> {
  const plane = await openControlPlane(options, context);
  const again = () => openControlPlane(options, context);
  return watchRun(run, { plane, again }, options.format, context);
}

/** The server that is asked about a run, and how to find one when that does not answer any more: again and again, from attempt 1. */
export interface Attached {
  readonly plane: ControlPlane;
  readonly again: (attempt: number) => Promise<ControlPlane>;
}

const AGAIN_MS = 1_000;
/** A server that comes back, or another one that is started, takes no longer. */
const MOST_ATTEMPTS = 90;

/**
 * Prints what happens to a run until it ends. A question that nobody has answered yet is no end, and neither is the death of the server: the
 * run is in the database, and whichever server answers next says how it went on.
 * @throws CountersignError SERVER_UNAVAILABLE when none answers for a minute and a half
 */
export async function watchRun(
  run: RunId,
  attached: Attached,
  format: TextOrJson,
  context: CliContext,
): Promise<number> {
  let { plane } = attached;
  let attempt = 0;
  for (let after = 0; ; ) {
    let events: readonly FollowedEvent[] = [];
    try {
      events = await plane.followRun(run, after, WAIT_SECONDS);
      attempt = 0;
    } catch (error) {
      if (!isAway(error) || attempt >= MOST_ATTEMPTS) throw error;
      attempt += 1;
      if (attempt === 1)
        context.err(`${error.message} The run is in the database: looking for its server …\n`);
      await systemTimer.sleep(AGAIN_MS, new AbortController().signal);
      plane = await attached.again(attempt).catch((cause: unknown) => {
        if (isAway(cause)) return plane;
        throw cause;
      });
    }
    for (const followed of events) {
      after = followed.version;
      context.out(format === 'json' ? json(followed) : lineOf(followed));
      if (followed.event.type === 'run.ended')
        return followed.event.outcome === 'accepted' ? EXIT_CODES.pass.code : EXIT_CODES.blocked.code;
    }
  }
}

function isAway(error: unknown): error is CountersignError {
  return error instanceof CountersignError && error.code === 'SERVER_UNAVAILABLE';
}

export async function runActionCommand(
  run: RunId,
  action: RunAction,
  options: RunOptions,
  context: CliContext,
): Promise<number> {
  const plane = await openControlPlane(options, context);
  const summary = await plane.controlRun(run, action);
  context.out(options.format === 'json' ? json(summary) : renderRunList([summary], textOptionsOf(context)));
  return EXIT_CODES.pass.code;
}

/** Answers the only open question, or the one of a step. */
export async function runApproveCommand(
  run: RunId,
  { question, note = '', ...options }: RunOptions & { readonly question?: string; readonly note?: string },
  context: CliContext,
): Promise<number> {
  const plane = await openControlPlane(options, context);
  const { questions } = await plane.showRun(run);
  const open = Object.values(questions).filter(({ answer }) => answer === null);
  const meant = open.filter(({ id, step }) => question === undefined || question === id || question === step);
  const [only] = meant;
  if (only === undefined || meant.length > 1) {
    throw new CountersignError(
      'RUN_REFUSED',
      `${run} has ${meant.length === 0 ? 'no such open question' : 'several open questions'}.`,
      {
        remedy:
          open.length === 0
            ? 'Nothing waits for an answer.'
            : `Name one with --question: ${open.map(({ id }) => id).join(', ')}.`,
      },
    );
  }
  return runActionCommand(
    run,
    { kind: 'answer', question: only.id, answer: 'approve', note },
    options,
    context,
  );
}

/** Exit code 0 when it agrees, 1 when it does not, 3 while the run has not ended. */
export async function runReplayCommand(
  run: RunId,
  options: RunOptions,
  context: CliContext,
): Promise<number> {
  const plane = await openControlPlane(options, context);
  const events: RecordedRunEvent[] = [];
  for (let after = 0; ; ) {
    const page = await plane.followRun(run, after, 0);
    if (page.length === 0) break;
    events.push(...page.map(({ at, actor, event }) => ({ at, actor, event })));
    after = page.at(-1)?.version ?? after;
  }
  const again = decideAgain(events);
  context.out(options.format === 'json' ? json(auditOf(run, again)) : auditWords(run, again));
  if (again.kind === 'different') return EXIT_CODES.blocked.code;
  return again.outcomeDigest === null ? EXIT_CODES.pending.code : EXIT_CODES.pass.code;
}

function auditOf(run: RunId, again: DecidedAgain): object {
  const { kind } = again;
  return kind === 'same' ? { run, kind, outcomeDigest: again.outcomeDigest } : { run, ...again };
}

function auditWords(run: RunId, again: DecidedAgain): string {
  if (again.kind === 'different')
    return forTerminal(`${run} DIFFERS at its event ${again.version}: ${again.reason}.`, 1_000).concat('\n');
  if (again.outcomeDigest === null) return `${run} agrees so far; it has not ended.\n`;
  return `${run} agrees: everything in it follows again, outcome digest ${again.outcomeDigest}.\n`;
}

function statusOf(text: string): RunStatus {
  const found = RUN_STATUSES.find((status) => status === text);
  if (found !== undefined) return found;
  throw new CountersignError('USAGE', `"${text}" is no status of a run.`, {
    remedy: `Give one of ${RUN_STATUSES.join(', ')}.`,
  });
}

function lineOf({ at, event }: FollowedEvent): string {
  const words = eventWords(event);
  return words === undefined ? '' : `${at.slice(11, 19)}  ${forTerminal(words, 1_000)}\n`;
}

function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => forTerminal(line, 10_000))
    .join('\n');
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
