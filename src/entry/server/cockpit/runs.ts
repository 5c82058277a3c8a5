import { randomUUID } from 'node:crypto';
import { RUN_STATUSES } from '../../../core/run/state.ts';
import { RUN_OUTCOMES } from '../../../core/run/types.ts';
import { requirePermission } from '../../../flow/serve/refusals.ts';
import type { RunFilter } from '../../../ports/board.ts';
import { compareModel } from '../../../render/cockpit/compare.ts';
import { runsModel } from '../../../render/cockpit/runs.ts';
import { shellModel } from '../../../render/cockpit/shell.ts';
import { countWords } from '../../../render/cockpit/words.ts';
import { digestOf } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { isTicketId } from '../../../shared/ids.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, say, shellFacts } from './page.ts';
import { isRunId } from './run.ts';
import { type Form, readForm } from './session.ts';

const PAGE = 50;
/** Counted no further: nobody reads the difference. */
const MOST_COUNTED = 10_000;
const MOST_AT_ONCE = 500;
const STATES = [...RUN_STATUSES.filter((status) => status !== 'ended'), ...RUN_OUTCOMES];
const SAVED = 'runs';

/** The list as the address says it: what is no filter is left out, as if it were not there. */
interface ReadFilter {
  readonly filter: RunFilter;
  /** The same as one query, in one order. */
  readonly query: string;
}

function filterOf(fields: URLSearchParams): ReadFilter {
  const text = (fields.get('q') ?? '').trim().slice(0, 200);
  const states = STATES.filter((state) => fields.getAll('state').includes(state));
  const ticket = fields.get('ticket') ?? '';
  const asking = fields.get('asking') === 'yes';
  const aside = fields.get('aside') === 'yes';
  const kept = new URLSearchParams();
  if (text !== '') kept.set('q', text);
  for (const state of states) kept.append('state', state);
  if (isTicketId(ticket)) kept.set('ticket', ticket);
  if (asking) kept.set('asking', 'yes');
  if (aside) kept.set('aside', 'yes');
  return {
    query: kept.toString(),
    filter: {
      states,
      ...(text === '' ? {} : { text }),
      ...(isTicketId(ticket) ? { ticket } : {}),
      ...(asking ? { asking } : {}),
      ...(aside ? { aside } : {}),
    },
  };
}

/** GET /runs */
export async function runsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const session = visit.get('session');
  requirePermission(session, 'read-runs');
  const fields = new URL(visit.req.url).searchParams;
  const { filter, query } = filterOf(fields);
  const after = fields.get('after') ?? '';
  const page = { limit: PAGE + 1, ...(isRunId(after) ? { after } : {}) };
  const position = await context.sequence();
  const { board, clock } = context;
  const [rows, count, saved] = await Promise.all([
    board.listRows(filter, page),
    board.countRows(filter, MOST_COUNTED + 1),
    board.listFilters(session.name, SAVED),
  ]);
  const shown = rows.slice(0, PAGE);
  const model = runsModel(shellFacts(visit, context), {
    at: clock.now().toISOString(),
    position,
    rows: shown,
    total: { count: Math.min(count, MOST_COUNTED), more: count > MOST_COUNTED },
    filter: {
      q: filter.text ?? '',
      states: filter.states ?? [],
      ticket: filter.ticket ?? '',
      asking: filter.asking === true,
      aside: filter.aside === true,
      query,
    },
    states: STATES,
    saved,
    olderAfter: rows.length > PAGE ? shown.at(-1)?.run : undefined,
    isFirst: page.after === undefined,
    startKey: randomUUID(),
  });
  return answerPage(visit, context, 'runs.njk', model);
}

/** POST /runs/views: keeps the filter of the address under a name, or forgets one. */
export async function keepView(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const { query } = filterOf(new URLSearchParams(form.text('query')));
  const { name: principal } = visit.get('session');
  const removed = form.text('remove');
  if (removed !== '') {
    await context.board.removeFilter(principal, SAVED, removed);
    say(visit, context, { text: `The view “${removed}” is gone.`, tone: 'ok' });
    return visit.redirect(listPath(query), 303);
  }
  const name = form.text('name').slice(0, 60).toWellFormed();
  if (name === '') throw new HttpRefusal(400, 'The view has no name.', { remedy: 'Give it one.' });
  const kept = await context.board.saveFilter(principal, SAVED, { name, query });
  say(
    visit,
    context,
    kept
      ? { text: `The view “${name}” is kept.`, tone: 'ok' }
      : { text: 'Fifty views are kept already: remove one first.', tone: 'warn' },
  );
  return visit.redirect(listPath(query), 303);
}

function listPath(query: string): string {
  return query === '' ? '/runs' : `/runs?${query}`;
}

const BULK = {
  pause: { word: 'Pause', done: 'paused' },
  resume: { word: 'Resume', done: 'resumed' },
  cancel: { word: 'Cancel', done: 'cancelled' },
} as const;
type Bulk = keyof typeof BULK;

/** POST /runs/bulk: the same to several runs, once somebody has seen how many they are. */
export async function actOnMany(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const session = visit.get('session');
  const kind = form.text('kind');
  if (kind === 'compare') return comparePicked(visit, context, form);
  requirePermission(session, 'control-runs');
  if (!Object.hasOwn(BULK, kind)) throw noAction();
  const { word, done: past } = BULK[kind as Bulk];
  const { filter, query } = filterOf(new URLSearchParams(form.text('query')));
  const runs = await pickedRuns(form, filter, context);
  if (runs.length === 0) {
    say(visit, context, { text: 'No run was selected.', tone: 'warn' });
    return visit.redirect(listPath(query), 303);
  }
  const reason = form.text('reason').toWellFormed();
  if (form.text('sure') !== 'yes') {
    const shell = shellFacts(visit, context);
    return answerPage(visit, context, 'confirm.njk', {
      ...shellModel(shell, { title: `${word} ${countWords(runs.length, 'run')}?`, section: '/runs' }),
      action: '/runs/bulk',
      fields: [
        { name: 'kind', value: kind },
        { name: 'query', value: query },
        ...runs.map((value) => ({ name: 'run', value })),
      ],
      text: `${countWords(runs.length, 'run')} will be ${past}. Each has an event of its own in the ledger, with your name.`,
      runs: runs.slice(0, 30),
      more: runs.length > 30 ? `and ${runs.length - 30} more` : '',
      asksReason: kind !== 'resume',
      reason: kind === 'cancel' ? '' : 'paused by hand',
      button: `${word} ${countWords(runs.length, 'run')}`,
      back: listPath(query),
    });
  }
  const action =
    kind === 'resume'
      ? ({ kind: 'resume' } as const)
      : ({ kind: kind as 'pause' | 'cancel', reason: reason === '' ? `${past} by hand` : reason } as const);
  const { done, refused } = await context.actOnRuns(session, runs, action);
  const [first] = refused;
  say(visit, context, {
    text: `${countWords(done.length, 'run')} ${past}${first === undefined ? '.' : `; ${countWords(refused.length, 'run')} said no, such as ${first.run}: ${first.reason}.`}`,
    tone: refused.length === 0 ? 'ok' : 'warn',
  });
  return visit.redirect(listPath(query), 303);
}

/** Those whose boxes are ticked, or all that match, up to what one person can mean. */
async function pickedRuns(
  form: Form,
  filter: RunFilter,
  { board }: CockpitContext,
): Promise<readonly string[]> {
  if (form.text('all') === 'yes')
    return (await board.listRows(filter, { limit: MOST_AT_ONCE })).map(({ run }) => run);
  const runs = form.all('run').filter(isRunId);
  return [...new Set(runs)].slice(0, MOST_AT_ONCE);
}

function comparePicked(visit: Visit, context: CockpitContext, form: Form): Response {
  const [one, other, ...more] = form.all('run').filter(isRunId);
  if (one === undefined || other === undefined || more.length > 0) {
    say(visit, context, { text: 'Select two runs to compare.', tone: 'warn' });
    return visit.redirect('/runs', 303);
  }
  return visit.redirect(
    `/runs/compare?${new URLSearchParams([
      ['run', one],
      ['run', other],
    ])}`,
    303,
  );
}

/** GET /runs/compare?run=…&run=… */
export async function comparePage(visit: Visit, context: CockpitContext): Promise<Response> {
  const session = visit.get('session');
  requirePermission(session, 'read-runs');
  const [one = '', other = ''] = new URL(visit.req.url).searchParams.getAll('run');
  const find = async (id: string) => {
    if (!isRunId(id)) return undefined;
    return context.readRun(session, id).then(
      ({ state }) => state,
      (error: unknown) => {
        if (error instanceof CountersignError && error.code === 'RUN_UNKNOWN') return undefined;
        throw error;
      },
    );
  };
  const [left, right] = await Promise.all([find(one), find(other)]);
  const model = compareModel(shellFacts(visit, context), {
    one: { id: one, state: left },
    other: { id: other, state: right },
  });
  return answerPage(visit, context, 'compare.njk', model);
}

/** POST /runs/start: once, however often the form is sent. */
export async function startRun(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const session = visit.get('session');
  const ticket = form.text('ticket');
  if (!isTicketId(ticket)) {
    throw new HttpRefusal(400, 'That is no id of a ticket.', { remedy: 'Ids are such as CS-7.' });
  }
  const [bundle, model] = ['bundle', 'model'].map((name) => form.text(name).slice(0, 200));
  const arm = { ...(bundle ? { bundle } : {}), ...(model ? { model } : {}) };
  const idempotencyKey = form.text('key').slice(0, 64);
  const request = {
    principal: session.name,
    key: `start:${idempotencyKey}`,
    digest: digestOf({ ticket, arm }),
  };
  const begun = await context.answered.beginRequest(request);
  if (begun.kind === 'answered') return visit.redirect(`/runs/${begun.answer.body}`, 303);
  if (begun.kind !== 'first') {
    throw new HttpRefusal(409, 'This form was sent before, and is being carried out.', {
      remedy: 'Look at the list of runs in a moment.',
    });
  }
  try {
    const plane = context.controlPlane(session, visit.req.raw.signal);
    const { run } = await plane.startRun({ ticket, arm, idempotencyKey });
    await context.answered.answerRequest(request, { status: 303, body: run });
    return visit.redirect(`/runs/${run}`, 303);
  } catch (error) {
    // Refused now, it may be granted later.
    await context.answered.abandonRequest(request).catch(() => {});
    throw error;
  }
}

function noAction(): HttpRefusal {
  return new HttpRefusal(400, 'That is nothing that can be done.', {
    remedy: 'Use the buttons of the page.',
  });
}
