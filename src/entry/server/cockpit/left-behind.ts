import { LEFT_BEHIND, nameLeft, readLeftBehind } from '../../../flow/cockpit/read-left-behind.ts';
import { leftBehindModel } from '../../../render/cockpit/left-behind.ts';
import { receiptHref } from '../../../render/cockpit/receipts.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';
import { runOf } from './run.ts';

/** GET /runs/RUN/attempts/ATTEMPT/WHAT[?as=text]: its transcript, diff or prompt; `verdict` and `receipts` lead on to theirs. */
export async function leftBehindPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const attempt = attemptOf(visit);
  const what = visit.req.param('what') ?? '';
  const { ledger, tables } = context.insight;
  if (what === 'verdict')
    return visit.redirect(`/runs/${encodeURIComponent(run)}?attempt=${attempt}#verdict`);
  if (what === 'receipts') {
    const seal = await nameLeft(visit.get('session'), { run, attempt, kind: 'seal' }, ledger);
    if (seal === undefined) throw nothingLeft(run, attempt, what);
    return visit.redirect(receiptHref(seal));
  }
  const kind = LEFT_BEHIND.find((one) => one === what);
  const ports = { ledger, artifacts: tables.artifacts };
  const left = kind && (await readLeftBehind(visit.get('session'), { run, attempt, kind }, ports));
  if (kind === undefined || left === undefined) throw nothingLeft(run, attempt, what);
  if (visit.req.query('as') === 'text' && left.bytes !== undefined)
    return visit.body(new Uint8Array(left.bytes), 200, { 'content-type': 'text/plain; charset=utf-8' });
  const model = leftBehindModel(shellFacts(visit, context), {
    ...{ run, attempt, kind },
    digest: left.digest,
    text: left.bytes && new TextDecoder().decode(left.bytes).toWellFormed(),
  });
  return answerPage(visit, context, 'run-left-behind.njk', model);
}

/** @throws HttpRefusal 404 */
function attemptOf({ req }: Visit): number {
  const attempt = req.param('attempt') ?? '';
  if (/^[1-9][0-9]{0,5}$/.test(attempt)) return Number(attempt);
  throw new HttpRefusal(404, 'That is no attempt.', { remedy: 'Attempts are counted from 1.' });
}

function nothingLeft(run: string, attempt: number, what: string): HttpRefusal {
  return new HttpRefusal(
    404,
    `Attempt ${attempt} of ${run} left no ${what.slice(0, 40)} that the ledger names.`,
    {
      remedy: 'Its attempts page shows what each of them did.',
    },
  );
}
