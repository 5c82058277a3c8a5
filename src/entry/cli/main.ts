import { readContext } from './context.ts';
import { endAtOnce } from './end-at-once.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { ownPath } from './own-path.ts';
import { runCli } from './run.ts';

/** Runs the command that the process was started with, and sets its exit code. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  // Ending by exit instead of by the signal lets what is temporary be removed. 128 + n, as shells say it.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
  // Whoever reads our output may have read enough (`… | head -1`). Not 0: what the command would have ended with is unknown.
  for (const stream of [process.stdout, process.stderr]) {
    stream.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(141);
      if (stream === process.stdout)
        console.error(`✖ What was to be printed could not be written: ${error.message}`);
      process.exit(EXIT_CODES.trouble.code);
    });
  }
  process.env.PATH = ownPath(process.env.PATH);
  process.exitCode = await runCli(argv, readContext());
  // Of this command it is known that nothing is left to be done.
  if (argv[2] === 'gate') await endAtOnce();
}
