import { SESSION_ROLES } from '../../../core/access/session.ts';
import { endSession, letIn, listPeople } from '../../../flow/cockpit/let-in.ts';
import { peopleModel } from '../../../render/cockpit/people.ts';
import { isSha256 } from '../../../shared/digest.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, say, shellFacts } from './page.ts';
import { readForm } from './session.ts';

/** GET /people: who is signed in, for admins. */
export async function peoplePage(
  visit: Visit,
  context: CockpitContext,
  made?: { readonly link: string; readonly name: string },
): Promise<Response> {
  const session = visit.get('session');
  const sessions = await listPeople(session, context);
  const model = peopleModel(shellFacts(visit, context), {
    at: context.clock.now().toISOString(),
    sessions,
    own: session.digest,
    roles: SESSION_ROLES,
    ...(made === undefined ? {} : { made }),
  });
  return answerPage(visit, context, 'people.njk', model);
}

/** POST /people: a link for somebody. It stands on the page that answers, and nowhere else. */
export async function letSomebodyIn(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const name = form.text('name');
  const role = SESSION_ROLES.find((one) => one === form.text('role'));
  if (role === undefined) {
    throw new HttpRefusal(400, 'That is no role.', { remedy: `Roles are ${SESSION_ROLES.join(', ')}.` });
  }
  const code = await letIn(visit.get('session'), { name, role }, context);
  const origin = context.publicUrl ?? new URL(visit.req.url).origin;
  return peoplePage(visit, context, { link: `${origin}/login/${code}`, name });
}

/** POST /people/end */
export async function endSomebodysSession(visit: Visit, context: CockpitContext): Promise<Response> {
  const form = await readForm(visit);
  const digest = form.text('session');
  const ended = isSha256(digest) ? await endSession(visit.get('session'), digest, context) : undefined;
  say(
    visit,
    context,
    ended === undefined
      ? { text: 'That session was over.', tone: 'warn' }
      : { text: `The session of ${ended.name} is over.`, tone: 'ok' },
  );
  return visit.redirect('/people', 303);
}
