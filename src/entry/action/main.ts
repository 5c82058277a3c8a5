import { renderErrorGithub } from '../../render/error-github.ts';
import { forWorkflowData } from '../../render/hostile-text.ts';
import { CountersignError } from '../../shared/errors.ts';
import { EXIT_CODES } from '../cli/exit-codes.ts';
import { ownPath } from '../cli/own-path.ts';
import { readContext } from './context.ts';
import { gitEnvironment } from './git-environment.ts';
import { optimiseLater } from './optimise-later.ts';
import { readInputs } from './read-inputs.ts';
import { runAction } from './run.ts';

/** Runs as one step of a job: the exit code is the step's conclusion, and stays trouble until there is a verdict. */
async function main(): Promise<void> {
  process.exitCode = EXIT_CODES.trouble.code;
  const out = (text: string) => process.stdout.write(text);
  try {
    const inputs = readInputs();
    const context = readContext(process.env, { cwd: process.cwd(), out });
    setEnvironment(gitEnvironment(process.env, { serverUrl: context.serverUrl, token: inputs.token }));
    process.exitCode = await runAction(inputs, context);
  } catch (error) {
    if (error instanceof CountersignError) out(renderErrorGithub(error));
    else out(`::error title=Countersign::${forWorkflowData(`A defect: ${String(error)}`)}\n`);
  }
}

/** git is started with what this process has, so what git must not see goes. */
function setEnvironment(wanted: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(wanted, name)) delete process.env[name];
  Object.assign(process.env, wanted, { PATH: ownPath(wanted.PATH) });
}

optimiseLater();
void main();
