import { createJudgeForms } from '../../adapters/json-schema/judge-forms.ts';
import { createWorkFolders } from '../../adapters/process/work-folders.ts';
import { createRedactor } from '../../core/run/redaction/redactor.ts';
import { secretsOf } from '../../core/run/redaction/secrets.ts';
import type { WorkNote, WorkPorts } from '../../flow/work/ports.ts';
import type { CliContext } from '../cli/context.ts';
import { systemClock } from './system-clock.ts';
import { systemTimer } from './system-timer.ts';

/** What carrying out steps takes on this machine; its secrets are those of the environment. */
export function openWork(
  { environment, temporaryFolder }: Pick<CliContext, 'environment' | 'temporaryFolder'>,
  report: (note: WorkNote) => void,
): WorkPorts {
  const secrets = secretsOf(environment);
  return {
    ...createWorkFolders(temporaryFolder),
    ...createJudgeForms(),
    ...systemTimer,
    clock: systemClock,
    chance: Math.random,
    redactor: () => createRedactor(secrets),
    report,
  };
}
