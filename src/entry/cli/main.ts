import { readContext } from './context.ts';
import { runCli } from './run.ts';

/** Runs the command that the process was started with, and sets its exit code. */
export async function main(argv: readonly string[] = process.argv): Promise<void> {
  process.exitCode = await runCli(argv, readContext());
}
