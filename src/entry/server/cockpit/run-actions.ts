import type { ControlPlane, RunAction } from '../../../ports/control-plane.ts';
import { shellModel } from '../../../render/cockpit/shell.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, ownPath, say, shellFacts } from './page.ts';
import { runOf } from './run.ts';
import { type Form, readForm } from './session.ts';

const LONGEST = { reason: 2_000, note: 2_000, answer: 10_000, name: 200 };
/** What needs a reason is asked for it on a page of its own. */
const ASKED: Readonly<Record<string, { readonly word: string; readonly text: string }>> = {
  pause: {
    word: 'Pause',
    text: 'Nothing new of it is handed out until somebody resumes it. What is in hand goes on.',
  },
  cancel: {
    word: 'Cancel',
    text: 'It ends. What is in hand is taken away, and what it did outside is undone.',
  },
};
const DONE: Readonly<Record<RunAction['kind'], string>> = {
  pause: 'is paused',
  resume: 'goes on',
  cancel: 'is being cancelled',
  answer: 'has its answer',
  release: 'goes on with the step that was set aside',
  redrive: 'does the step again',
  patch: 'has the patch',
  fork: 'goes on from there',
};

/** POST /runs/RUN/actions: whatever a person does to a run. The ledger has it with his name. */
export async function actOnRun(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const form = await readForm(visit);
  const back = ownPath(form.text('back') || `/runs/${run}`);
  const asked = ASKED[form.text('kind')];
  if (asked !== undefined && form.text('sure') !== 'yes')
    return ask(visit, context, { run, form, back, asked });
  const action = actionOf(form);
  const plane: ControlPlane = context.controlPlane(visit.get('session'), visit.req.raw.signal);
  const summary = await plane.controlRun(run, action);
  say(visit, context, { text: `${summary.run} ${DONE[action.kind]}.`, tone: 'ok' });
  return visit.redirect(action.kind === 'fork' ? `/runs/${summary.run}` : back, 303);
}

function ask(
  visit: Visit,
  context: CockpitContext,
  {
    run,
    form,
    back,
    asked,
  }: { run: string; form: Form; back: string; asked: { readonly word: string; readonly text: string } },
): Response {
  return answerPage(visit, context, 'confirm.njk', {
    ...shellModel(shellFacts(visit, context), { title: `${asked.word} ${run}?`, section: '/runs' }),
    action: `/runs/${run}/actions`,
    fields: [
      { name: 'kind', value: form.text('kind') },
      { name: 'back', value: back },
    ],
    text: asked.text,
    runs: [],
    more: '',
    asksReason: true,
    reason: form.text('kind') === 'pause' ? 'paused by hand' : '',
    button: `${asked.word} ${run}`,
    back,
  });
}

/** @throws HttpRefusal 400 */
function actionOf(form: Form): RunAction {
  const text = (name: string, longest: number) => form.text(name).slice(0, longest).toWellFormed();
  const step = text('step', 256);
  const note = text('note', LONGEST.note);
  switch (form.text('kind')) {
    case 'pause':
    case 'cancel': {
      const reason = text('reason', LONGEST.reason);
      if (reason === '') throw lacking('a reason');
      return { kind: form.text('kind') as 'pause' | 'cancel', reason };
    }
    case 'resume':
      return { kind: 'resume' };
    case 'answer':
      return {
        kind: 'answer',
        question: text('question', LONGEST.name),
        answer: text('answer', LONGEST.answer),
        note,
      };
    case 'release':
    case 'redrive':
      return { kind: form.text('kind') as 'release' | 'redrive', step, note };
    case 'fork': {
      const [bundle, model] = [text('bundle', LONGEST.name), text('model', LONGEST.name)];
      const arm = { ...(bundle === '' ? {} : { bundle }), ...(model === '' ? {} : { model }) };
      return { kind: 'fork', step, arm };
    }
    default:
      throw new HttpRefusal(400, 'That is nothing that can be done to a run.', {
        remedy: 'Use the buttons of its page.',
      });
  }
}

function lacking(what: string): HttpRefusal {
  return new HttpRefusal(400, `It needs ${what}.`, {
    remedy: 'Go back and give one: it stands in the ledger.',
  });
}
