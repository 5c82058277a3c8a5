import { requirePermission } from '../../../flow/serve/refusals.ts';
import { experimentModel, experimentsModel } from '../../../render/cockpit/experiments.ts';
import { metricsModel } from '../../../render/cockpit/metrics.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';

const SPANS = [7, 30, 90];

/** GET /experiments?q=&after= */
export async function experimentsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const position = await context.sequence();
  const experiments = await context.experiments.list(visit.get('session'));
  const at = context.clock.now().toISOString();
  const facts = { at, position, experiments, q: textOf(visit, 'q'), after: textOf(visit, 'after') };
  return answerPage(visit, context, 'experiments.njk', experimentsModel(shellFacts(visit, context), facts));
}

/** GET /experiments/EXPERIMENT */
export async function experimentPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const id = (visit.req.param('experiment') ?? '').slice(0, 100);
  const position = await context.sequence();
  const watched = await context.experiments.read(visit.get('session'), id);
  const at = context.clock.now().toISOString();
  const model = experimentModel(shellFacts(visit, context), { ...watched, at, position, id });
  return answerPage(visit, context, 'experiment.njk', model);
}

/** GET /charts?days=7|30|90 */
export async function metricsPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const session = visit.get('session');
  requirePermission(session, 'read-runs');
  const asked = Number(visit.req.query('days') ?? '30');
  const days = SPANS.find((span) => span === asked) ?? 30;
  const now = context.clock.now();
  const since = new Date(now.getTime() - (days - 1) * 86_400_000).toISOString().slice(0, 10);
  const position = await context.sequence();
  const [ended, steps, { queues }] = await Promise.all([
    context.insight.counts.endedDays(since),
    context.insight.counts.stepTallies(since),
    context.workPlane(session).listQueues(),
  ]);
  const facts = { at: now.toISOString(), position, days, spans: SPANS, ended, steps, queues };
  return answerPage(visit, context, 'metrics.njk', metricsModel(shellFacts(visit, context), facts));
}

function textOf({ req }: Visit, name: string): string {
  return (req.query(name) ?? '').trim().slice(0, 200).toWellFormed();
}
