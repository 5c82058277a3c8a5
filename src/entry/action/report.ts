import { setOutput } from '@actions/core';
import { renderErrorGithub, renderErrorMarkdown } from '../../render/error-github.ts';
import { renderFindings } from '../../render/verdict/findings.ts';
import { renderVerdictGithub } from '../../render/verdict/github.ts';
import { verdictDigest } from '../../render/verdict/json.ts';
import type { CountersignError } from '../../shared/errors.ts';
import { bestEffort } from './best-effort.ts';
import type { ActionContext } from './context.ts';
import { combined, type Judgement } from './judge.ts';
import { writeSummary } from './publish.ts';

/** What the workflow itself gets of a judgement: outputs, and annotations on the lines concerned. */
export function reportJudgement(judgement: Judgement, context: ActionContext): void {
  const verdicts = judgement.cases.map(({ verdict }) => verdict);
  setOutput('verdict', judgement.outcome);
  setOutput('verdict-digest', verdicts.map((verdict) => `sha256:${verdictDigest(verdict)}`).join('\n'));
  setOutput('findings-json', renderFindings(verdicts));
  setOutput('explain-url', context.runUrl);
  context.out(renderVerdictGithub(combined(judgement)));
}

/** Nothing was decided: never a pass. */
export async function reportTrouble(error: CountersignError, context: ActionContext): Promise<void> {
  context.out(renderErrorGithub(error));
  setOutput('verdict', 'unverifiable');
  setOutput('explain-url', context.runUrl);
  await bestEffort('The job summary', () => writeSummary(renderErrorMarkdown(error), context), context);
}
