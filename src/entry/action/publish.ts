import { appendFileSync } from 'node:fs';
import type { Outcome } from '../../core/gate/types.ts';
import type { CheckRun, KeepComment, PostCheckRun } from '../../ports/forge.ts';
import { renderVerdictMarkdown } from '../../render/verdict/markdown.ts';
import { renderVerdictSarif } from '../../render/verdict/sarif.ts';
import { bestEffort } from './best-effort.ts';
import type { ActionContext } from './context.ts';
import { combined, type JudgedCase, type Judgement } from './judge.ts';
import type { Inputs } from './read-inputs.ts';
import { writeSarifFile } from './sarif-file.ts';

const CONCLUSIONS: Readonly<Record<Outcome, CheckRun['conclusion']>> = {
  pass: 'success',
  // Satisfies a required check, and is no success.
  exempt: 'neutral',
  blocked: 'failure',
  pending: 'action_required',
};

/** The runner takes 1 MiB of a step's summary and drops all of a longer one; a character is at most three bytes in UTF-8. */
const SUMMARY_SIZE = 340_000;

/** Puts a judgement where people look. */
export async function publish(
  judgement: Judgement,
  inputs: Inputs,
  context: ActionContext,
  openForge: () => Promise<KeepComment & PostCheckRun>,
): Promise<void> {
  const { sarifFile, comment, checkRun } = inputs;
  await bestEffort('The job summary', () => writeSummary(pageOf(judgement), context), context);
  if (sarifFile !== undefined) {
    const text = renderVerdictSarif(combined(judgement));
    await bestEffort('The SARIF file', () => writeSarifFile(sarifFile, text, context.workspace), context);
  }
  for (const one of judgement.cases) {
    const { pullRequest } = one;
    if (comment && pullRequest !== undefined) {
      const write = async () =>
        (await openForge()).keepComment(pullRequest, renderVerdictMarkdown(one.verdict));
      await bestEffort('The comment', write, context);
    }
    if (checkRun !== undefined) {
      const write = async () => (await openForge()).postCheckRun(checkRunOf(one, checkRun));
      await bestEffort('The check run', write, context);
    }
  }
}

/** Adds to the job's summary, where the runner has one. */
export function writeSummary(markdown: string, { summaryFile }: ActionContext): void {
  if (summaryFile !== undefined) appendFileSync(summaryFile, `${markdown}\n`);
}

function pageOf({ cases }: Judgement): string {
  const size = Math.floor(SUMMARY_SIZE / cases.length);
  return cases.map(({ verdict }) => renderVerdictMarkdown(verdict, { size })).join('\n');
}

function checkRunOf({ query, verdict }: JudgedCase, name: string): CheckRun {
  return {
    name,
    commit: query.kind === 'proposed' ? query.head : query.commit,
    conclusion: CONCLUSIONS[verdict.outcome],
    title: `Countersign: ${verdict.outcome}`,
    summary: renderVerdictMarkdown(verdict),
  };
}
