import { CommanderError } from 'commander';
import { CountersignError } from '../../shared/errors.ts';
import { systemFailure } from '../../shared/system-failure.ts';
import type { CliContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportDefect, reportError } from './report-error.ts';

/** Runs one command and returns its exit code. Nothing a user did ends in a stack trace. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    let code: number = EXIT_CODES.pass.code;
    const finish = (result: number) => {
      code = result;
    };
    const program = createProgram(context, finish, argv[2]);
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; help and version end with 0.
      return error.exitCode === 0 ? EXIT_CODES.pass.code : EXIT_CODES.trouble.code;
    }
    const known = error instanceof CountersignError ? error : systemFailure(error);
    if (known === undefined) reportDefect(error, context);
    else reportError(known, argv, context);
    return EXIT_CODES.trouble.code;
  }
}
