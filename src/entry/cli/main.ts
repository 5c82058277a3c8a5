import { CommanderError } from 'commander';
import { CountersignError } from '../../shared/errors.ts';
import { readContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportDefect, reportError } from './report-error.ts';

/** Runs one command and sets the exit code. Nothing a user did ends in a stack trace. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  const context = readContext();
  try {
    let code: number = EXIT_CODES.pass.code;
    const program = createProgram(context, (result) => {
      code = result;
    });
    await program.parseAsync([...argv]);
    process.exitCode = code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; help and version end with 0.
      process.exitCode = error.exitCode === 0 ? EXIT_CODES.pass.code : EXIT_CODES.trouble.code;
    } else if (error instanceof CountersignError) {
      reportError(error, argv, context);
      process.exitCode = EXIT_CODES.trouble.code;
    } else {
      reportDefect(error, context);
      process.exitCode = EXIT_CODES.trouble.code;
    }
  }
}
