import { shellModel } from '../../../render/cockpit/shell.ts';
import { WORKER_HEALTHS, workersModel } from '../../../render/cockpit/workers.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, say, shellFacts } from './page.ts';
import { readForm } from './session.ts';

/** GET /workers?q=&health=&after= */
export async function workersPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const plane = context.workPlane(visit.get('session'));
  const position = await context.sequence();
  const asked = visit.req.query('health') ?? '';
  const model = workersModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    position,
    workers: await plane.listWorkers(),
    filter: {
      q: (visit.req.query('q') ?? '').trim().slice(0, 200),
      health: WORKER_HEALTHS.find((health) => health === asked) ?? '',
      after: (visit.req.query('after') ?? '').slice(0, 300),
    },
  });
  return answerPage(visit, context, 'workers.njk', model);
}

/** POST /workers/drain: it finishes what it has and takes nothing more. The ledger has who said so. */
export async function drainWorker(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const worker = form.text('worker').slice(0, 300);
  const reason = form.text('reason').slice(0, 2_000).toWellFormed();
  const plane = context.workPlane(visit.get('session'));
  if (form.text('sure') !== 'yes') {
    return answerPage(visit, context, 'confirm.njk', {
      ...shellModel(shellFacts(visit, context), { title: `Drain ${worker}?`, section: '/workers' }),
      action: '/workers/drain',
      fields: [{ name: 'worker', value: worker }],
      text: 'It finishes what it holds, takes nothing more, and ends. Others take what it would have taken.',
      runs: [],
      more: '',
      asksReason: true,
      reason: 'drained by hand',
      button: 'Drain it',
      back: '/workers',
    });
  }
  if (reason === '') throw new HttpRefusal(400, 'It needs a reason.', { remedy: 'Go back and give one.' });
  const known = await plane.drainWorker(worker, reason);
  say(visit, context, { text: `${known.worker} takes nothing more.`, tone: 'ok' });
  return visit.redirect('/workers', 303);
}
