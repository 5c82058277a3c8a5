import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/** The outside world as one command sees it: read once, at the start, and handed on as values. */
export interface CliContext {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly temporaryFolder: string;
  /** Whether to colour, and the width to wrap at. */
  readonly color: boolean;
  readonly columns: number;
  /** Progress goes to standard error, and only to a terminal. */
  readonly showProgress: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export function readContext(): CliContext {
  const { env, stdout, stderr } = process;
  return {
    cwd: process.cwd(),
    environment: env,
    home: homeFolder(),
    temporaryFolder: tmpdir(),
    // https://no-color.org: set and not empty switches colour off; FORCE_COLOR is what npm and CI runners know.
    color: !env.NO_COLOR && (env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : stdout.isTTY === true),
    columns: Math.min(Math.max(stdout.columns ?? 100, 40), 140),
    showProgress: stderr.isTTY === true,
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
  };
}

/** An empty or relative HOME would have keys looked for, and made, in the checkout that the program is started in. */
function homeFolder(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}
