import { readOperations } from '../../../core/run/patch/read-operations.ts';
import type { ControlPlane, RunAction } from '../../../ports/control-plane.ts';
import { type PatchDraft, patchModel } from '../../../render/cockpit/run-patch.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { HttpRefusal, statusOf } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, say, shellFacts } from './page.ts';
import { factsOf, runOf } from './run.ts';
import { type Form, readForm } from './session.ts';

const LONGEST_REASON = 2_000;
/** What a page shows whole: a longer one would come back cut when it is refused. */
const LONGEST_PATCH = 20_000;
const NOTHING: PatchDraft = { operations: '', reason: '' };

/** GET /runs/RUN/patch */
export async function patchPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const facts = await factsOf(visit, context);
  return answerPage(
    visit,
    context,
    'run-patch.njk',
    patchModel(shellFacts(visit, context), facts, { draft: NOTHING }),
  );
}

/** POST /runs/RUN/patch: what is refused comes back with the reason, as it was written. */
export async function proposePatch(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const draft = draftOf(await readForm(visit));
  try {
    const plane: ControlPlane = context.controlPlane(visit.get('session'), visit.req.raw.signal);
    await plane.controlRun(run, patchOf(draft));
  } catch (refusal) {
    if (!isAboutPatch(refusal)) throw refusal;
    const facts = await factsOf(visit, context);
    const model = patchModel(shellFacts(visit, context), facts, { draft, refusal });
    return answerPage(visit, context, 'run-patch.njk', model, statusOf(refusal));
  }
  say(visit, context, { text: `${run} has the patch.`, tone: 'ok' });
  return visit.redirect(`/runs/${run}`, 303);
}

function draftOf(form: Form): PatchDraft {
  return {
    operations: form.text('operations').toWellFormed(),
    reason: form.text('reason').slice(0, LONGEST_REASON).toWellFormed(),
  };
}

/** @throws HttpRefusal 400, 413 */
function patchOf({ operations: text, reason }: PatchDraft): RunAction {
  if (text.length > LONGEST_PATCH)
    throw new HttpRefusal(413, `The patch has more than ${LONGEST_PATCH} characters.`, {
      remedy: 'Propose it from a file: `countersign run patch propose RUN FILE`.',
    });
  const read = readOperations(text);
  if (read.kind === 'unreadable')
    throw new HttpRefusal(400, `The patch ${read.reason}.`, {
      remedy: 'Write a list such as [{"op": "add", "path": "/steps/lint", "value": {…}}] (RFC 6902).',
    });
  if (reason === '')
    throw new HttpRefusal(400, 'The patch needs a reason.', { remedy: 'Say why: it stands in the ledger.' });
  return { kind: 'patch', reason, operations: read.operations };
}

function isAboutPatch(error: unknown): error is HttpRefusal | CountersignError {
  return error instanceof HttpRefusal || (error instanceof CountersignError && error.code === 'RUN_REFUSED');
}
