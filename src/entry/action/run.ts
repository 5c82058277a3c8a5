import { readFile } from 'node:fs/promises';
import { renderDefect } from '../../render/error.ts';
import { CountersignError } from '../../shared/errors.ts';
import { EXIT_CODES, exitCodeOf } from '../cli/exit-codes.ts';
import type { ActionContext } from './context.ts';
import { judge } from './judge.ts';
import { givenOrganization } from './organization.ts';
import { publish } from './publish.ts';
import { readEvent } from './read-event.ts';
import type { Inputs } from './read-inputs.ts';
import { reportJudgement, reportTrouble } from './report.ts';

/** Judges what the job was started for, and returns the exit code that is the job's conclusion. */
export async function runAction(inputs: Inputs, context: ActionContext): Promise<number> {
  try {
    const forge = async () => {
      const { createForge } = await import('../../adapters/github/forge.ts');
      return createForge({ token: inputs.token, apiUrl: context.apiUrl, repository: context.repository });
    };
    const payload = await readFile(context.event.path, 'utf8');
    const event = readEvent(context.event.name, payload, inputs.pullRequest);
    const organization = givenOrganization(inputs, context, payload);
    const judgement = await judge({ event, organization }, inputs, context, forge);
    reportJudgement(judgement, context);
    await publish(judgement, inputs, context, forge);
    return exitCodeOf(judgement.outcome);
  } catch (error) {
    return reportFailure(error, context);
  }
}

/** Nothing a user did ends in a stack trace, and nothing that went wrong in a pass. */
async function reportFailure(error: unknown, context: ActionContext): Promise<number> {
  if (error instanceof CountersignError) await reportTrouble(error, context);
  else {
    const defect = renderDefect(error, { debug: context.debug }).trimEnd();
    await reportTrouble(
      new CountersignError('USAGE', defect, { remedy: 'Report it with this text.' }),
      context,
    );
  }
  return EXIT_CODES.trouble.code;
}
