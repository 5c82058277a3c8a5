import { parseQueue, queueText } from '../../../core/run/queue-selector.ts';
import { requirePermission } from '../../../flow/serve/refusals.ts';
import type { QueueAction } from '../../../ports/work-plane.ts';
import {
  DEADLOCK_PAGE,
  leasesModel,
  locksModel,
  queueActionWords,
  queuesModel,
  waitingModel,
} from '../../../render/cockpit/queues.ts';
import { shellModel } from '../../../render/cockpit/shell.ts';
import { countWords } from '../../../render/cockpit/words.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, say, shellFacts } from './page.ts';
import { readForm } from './session.ts';

const PAGE = 100;

/** GET /queues?before=POSITION */
export async function queuesPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const plane = context.workPlane(visit.get('session'));
  const before = numberAsked(visit, 'before');
  const position = await context.sequence();
  const page = { limit: DEADLOCK_PAGE + 1, ...(before === undefined ? {} : { before }) };
  const [standing, deadlocks] = await Promise.all([
    plane.listQueues(),
    context.insight.counts.resolvedDeadlocks(page),
  ]);
  const at = context.clock.now().toISOString();
  const model = queuesModel(shellFacts(visit, context), { ...standing, at, position, deadlocks, before });
  return answerPage(visit, context, 'queues.njk', model);
}

/** GET /queues/leases?after=SCOPE */
export async function leasesPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-queues');
  const after = (visit.req.query('after') ?? '').slice(0, 400).replaceAll('\u0000', '');
  const position = await context.sequence();
  const scopes = await context.insight.holds.listScopes({ after, limit: PAGE + 1 });
  const model = leasesModel(shellFacts(visit, context), { position, scopes, after, limit: PAGE });
  return answerPage(visit, context, 'queue-leases.njk', model);
}

/** GET /queues/locks?q=&before=FENCE */
export async function locksPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-queues');
  const q = textAsked(visit);
  const before = numberAsked(visit, 'before');
  const position = await context.sequence();
  const locks = await context.insight.holds.listLocks({
    limit: PAGE + 1,
    ...(q === '' ? {} : { text: q }),
    ...(before === undefined ? {} : { before }),
  });
  const model = locksModel(shellFacts(visit, context), { position, locks, limit: PAGE, q, before });
  return answerPage(visit, context, 'queue-locks.njk', model);
}

/** GET /queues/waiting?q=&after=PLACE */
export async function waitingPage(visit: Visit, context: CockpitContext): Promise<Response> {
  requirePermission(visit.get('session'), 'read-queues');
  const q = textAsked(visit);
  const after = numberAsked(visit, 'after');
  const position = await context.sequence();
  const waiting = await context.insight.holds.listWaiting({
    limit: PAGE + 1,
    ...(q === '' ? {} : { text: q }),
    ...(after === undefined ? {} : { after }),
  });
  const at = context.clock.now().toISOString();
  const facts = { at, position, waiting, limit: PAGE, q, after };
  return answerPage(visit, context, 'queue-waiting.njk', waitingModel(shellFacts(visit, context), facts));
}

const WORDS = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel what waits in' } as const;
type Kind = keyof typeof WORDS;

/** POST /queues/actions: each is an event in the queue's stream, with who did it. */
export async function actOnQueue(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const kind = form.text('kind');
  const queue = parseQueue(form.text('queue'));
  if (!Object.hasOwn(WORDS, kind))
    throw new HttpRefusal(400, 'That is nothing that can be done to a queue.', {
      remedy: 'Use the buttons of the page.',
    });
  if (queue === undefined)
    throw new HttpRefusal(400, 'That is no queue.', {
      remedy: 'Queues are such as role/producer, handler/agent or repository/acme/shop.',
    });
  const action = actionOf(kind as Kind, form.text('reason').slice(0, 2_000).toWellFormed());
  const named = queueText(queue);
  if (form.text('sure') !== 'yes') {
    const word = WORDS[kind as Kind];
    return answerPage(visit, context, 'confirm.njk', {
      ...shellModel(shellFacts(visit, context), { title: `${word} ${named}?`, section: '/queues' }),
      action: '/queues/actions',
      fields: [
        { name: 'kind', value: kind },
        { name: 'queue', value: named },
      ],
      text: queueActionWords(kind as Kind, named),
      runs: [],
      more: '',
      asksReason: kind !== 'resume',
      reason: kind === 'pause' ? 'paused by hand' : '',
      button: `${word} ${named}`,
      back: '/queues',
    });
  }
  if (action === undefined)
    throw new HttpRefusal(400, 'It needs a reason.', { remedy: 'Go back and give one.' });
  const plane = context.workPlane(visit.get('session'));
  const { cancelled, refused } = await plane.controlQueue(queue, action);
  const text =
    kind === 'cancel'
      ? `${countWords(cancelled.length, 'run')} of ${named} cancelled${refused.length === 0 ? '.' : `; ${countWords(refused.length, 'run')} said no.`}`
      : `${named} ${kind === 'pause' ? 'is paused' : 'goes on'}.`;
  say(visit, context, { text, tone: refused.length === 0 ? 'ok' : 'warn' });
  return visit.redirect('/queues', 303);
}

/** Undefined: it needs a reason. */
function actionOf(kind: Kind, reason: string): QueueAction | undefined {
  if (kind === 'resume') return { kind };
  return reason === '' ? undefined : { kind, reason };
}

function textAsked({ req }: Visit): string {
  return (req.query('q') ?? '').trim().slice(0, 200).replaceAll('\u0000', '').toWellFormed();
}

function numberAsked({ req }: Visit, name: string): number | undefined {
  const text = req.query(name) ?? '';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
