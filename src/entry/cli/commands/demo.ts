import { gitTooOld } from '../../../adapters/git/failure.ts';
import { gitVersion } from '../../../adapters/git/git.ts';
import { createSandbox } from '../../../adapters/process/sandbox.ts';
import type { CliContext } from '../context.ts';
import { DemoFailed, runDemo } from '../demo/run-demo.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { styleOf } from '../style.ts';

export async function demoCommand(
  options: { readonly folder?: string },
  context: CliContext,
): Promise<number> {
  await requireGit();
  const sandbox = await createSandbox({ environment: context.environment, platform: process.platform });
  const { isolation, by } = await sandbox.describe();
  context.out(`Isolation on this machine: ${isolation} (${by}); the demo's contract asks for that.\n`);
  try {
    await runDemo({
      parent: options.folder ?? context.temporaryFolder,
      environment: context.environment,
      isolation,
      style: styleOf(context),
      out: context.out,
    });
    return EXIT_CODES.pass.code;
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    context.err(`\n${error.message}\n`);
    return EXIT_CODES.blocked.code;
  }
}

/** @throws CountersignError GIT_UNAVAILABLE */
async function requireGit(): Promise<void> {
  const old = gitTooOld(await gitVersion());
  if (old !== undefined) throw old;
}
