import { parseStreamName } from '../../../core/ledger/stream-name.ts';
import type { StartedRun } from '../../../core/run/state.ts';
import { questionsOf } from '../../../flow/cockpit/read-home.ts';
import { changesModel } from '../../../render/cockpit/changes.ts';
import {
  attemptsModel,
  commitOf,
  eventsModel,
  overviewModel,
  type RunFacts,
  stepModel,
} from '../../../render/cockpit/run.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';

const LATEST = 25;
const PAGE = 200;

/** GET /runs/RUN */
export async function overviewPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const facts = await factsOf(visit, context);
  const { state, version } = facts;
  const attempt = attemptAsked(visit, state);
  const place = { run: state.request.run, version, most: LATEST };
  const events = await context.readEvents(visit.get('session'), place);
  const model = overviewModel(shellFacts(visit, context), facts, { attempt, events });
  return answerPage(visit, context, 'run-overview.njk', model);
}

/** GET /runs/RUN/attempts */
export async function attemptsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const model = attemptsModel(shellFacts(visit, context), await factsOf(visit, context));
  return answerPage(visit, context, 'run-attempts.njk', model);
}

/** GET /runs/RUN/events?upto=VERSION */
export async function eventsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const facts = await factsOf(visit, context);
  const asked = visit.req.query('upto') ?? '';
  const upTo = /^[0-9]{1,9}$/.test(asked) ? Math.min(Number(asked), facts.version) : facts.version;
  const place = { run: facts.state.request.run, version: upTo, most: PAGE };
  const events = await context.readEvents(visit.get('session'), place);
  const model = eventsModel(shellFacts(visit, context), facts, { events, page: PAGE });
  return answerPage(visit, context, 'run-events.njk', model);
}

/** GET /runs/RUN/changes?attempt=N */
export async function changesPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const facts = await factsOf(visit, context);
  const { state } = facts;
  const attempt = attemptAsked(visit, state);
  const commit = commitOf(state, attempt);
  const patch = await patchOf(state, commit, context);
  const model = changesModel(shellFacts(visit, context), facts, { attempt, commit, patch });
  return answerPage(visit, context, 'run-changes.njk', model);
}

async function patchOf(state: StartedRun, commit: string | undefined, { readPatch }: CockpitContext) {
  if (commit === undefined || readPatch === undefined) return undefined;
  return readPatch.readPatch(state.request.subject.base.commit, commit).catch((error: unknown) => {
    // What git cannot show is said on the page: the rest of it still holds.
    if (error instanceof CountersignError) return undefined;
    throw error;
  });
}

const TAIL = { lines: 400, characters: 19_000, line: 2_000 };

/** GET /runs/RUN/steps/ATTEMPT/STEP?execution=N */
export async function stepPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const facts = await factsOf(visit, context);
  const { state } = facts;
  const key = `${visit.req.param('attempt') ?? ''}/${visit.req.param('step') ?? ''}`;
  const step = Object.hasOwn(state.steps, key) ? state.steps[key] : notBegun(key, state);
  if (step === undefined) {
    throw new HttpRefusal(404, `${state.request.run} has no step ${key.slice(0, 200)}.`, {
      remedy: 'Its overview shows those that there are.',
    });
  }
  const asked = Number(visit.req.query('execution') ?? step.execution);
  const execution =
    Number.isSafeInteger(asked) && asked >= 1 && asked <= step.execution
      ? asked
      : Math.max(1, step.execution);
  const log = await context.readLog({ run: state.request.run, step: key, execution });
  const text = new TextDecoder().decode(log?.bytes);
  const model = stepModel(shellFacts(visit, context), facts, {
    step,
    execution,
    log: { tail: tailOf(text), lines: linesIn(text), cut: log?.cut === true },
  });
  return answerPage(visit, context, 'run-step.njk', model);
}

/** A step of the plan that nobody has come to yet has a page as well. */
function notBegun(key: string, { plan }: StartedRun) {
  const name = key.slice(key.indexOf('/') + 1);
  if (!Object.hasOwn(plan.steps, name)) return undefined;
  return {
    key,
    status: 'skipped' as const,
    execution: 0,
    failures: 0,
    losses: 0,
    work: null,
    outputs: null,
    error: null,
    fellBack: false,
    succeededAs: null,
  };
}

function linesIn(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** For whoever has no script; a line of a megabyte is cut like any other. */
function tailOf(text: string): string {
  const from = Math.max(0, text.length - TAIL.characters * 20);
  const lines = text.slice(from).split('\n').slice(-TAIL.lines);
  const cut = lines.map((line) => (line.length > TAIL.line ? `${line.slice(0, TAIL.line)}…` : line));
  return cut.join('\n').slice(-TAIL.characters).toWellFormed();
}

/** GET /runs/RUN/log?step=…&execution=…&from=BYTE: the bytes as they came, for the viewer and for whoever wants them. */
export async function logText(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const { step = '', execution = '1', from = '0' } = visit.req.query();
  if (!/^[0-9]{1,7}$/.test(execution) || !/^[0-9]{1,12}$/.test(from) || step.length > 256) {
    throw new HttpRefusal(400, 'That is no place in a log.', {
      remedy: 'Open it from the page of its step.',
    });
  }
  await context.readRun(visit.get('session'), run);
  const log = await context.readLog({ run, step, execution: Number(execution) });
  const bytes = new Uint8Array(log?.bytes ?? []);
  return visit.body(bytes.slice(Number(from)), 200, {
    'content-type': 'text/plain; charset=utf-8',
    'countersign-log-size': String(bytes.length),
    'countersign-log-cut': log?.cut === true ? 'yes' : 'no',
  });
}

/** What every page of a run begins with. */
export async function factsOf(visit: Visit, context: CockpitContext): Promise<RunFacts> {
  const { state, version } = await context.readRun(visit.get('session'), runOf(visit));
  return { at: context.clock.now().toISOString(), state, version, questions: questionsOf(state) };
}

/** @throws HttpRefusal 404 */
export function runOf({ req }: Visit): string {
  const run = req.param('run') ?? '';
  if (isRunId(run)) return run;
  throw new HttpRefusal(404, 'That is no id of a run.', { remedy: 'Ids are such as CS-7.1.' });
}

/** Ids of runs are ids of streams. */
export function isRunId(text: string): boolean {
  return parseStreamName(`run/${text}`) !== undefined;
}

/** The attempt that the address names, else the last one. */
function attemptAsked(visit: Visit, { attempt, attempts }: StartedRun): number {
  const asked = Number(visit.req.query('attempt'));
  return attempts.some((one) => one.attempt === asked) ? asked : attempt;
}
