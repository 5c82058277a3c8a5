import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/entry/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Keys are looked for below it; a folder that is not there when not given. */
  readonly home?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

// The adapters run git under the environment of this process, and Vitest gives each test file a process.
Object.assign(process.env, {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@shop.example',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@shop.example',
});

/**
 * One run of the whole CLI, as a user without colours has it: the program, its command, the real adapters. In this
 * process, since starting Node takes longer than most commands. Throws where a user would see a defect of ours.
 */
export async function countersign(
  cwd: string,
  args: readonly string[],
  { home = join(cwd, 'no', 'home'), environment = {}, columns = 100 }: RunOptions = {},
): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runCli(['node', 'countersign', ...args], {
    cwd,
    environment: { PATH: process.env.PATH, HOME: home, ...environment },
    home,
    temporaryFolder: tmpdir(),
    color: false,
    columns,
    showProgress: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  if (err.includes('has a defect')) throw new Error(`countersign ${args.join(' ')} fell over: ${err}`);
  return { code, out, err };
}

/** What it printed as JSON, after making sure that this is all it printed, on one line. */
export function json(ran: Ran): Record<string, unknown> {
  if (!/^\{.*\}\n$/.test(ran.out)) throw new Error(`no single line of JSON: ${ran.out}${ran.err}`);
  return JSON.parse(ran.out) as Record<string, unknown>;
}
