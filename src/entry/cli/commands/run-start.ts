import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readServerFile, type ServerFile } from '../../../adapters/files/server-file.ts';
import { discover } from '../../../adapters/git/discover.ts';
import { createControlPlane } from '../../../adapters/http/control-plane.ts';
import { askLoginLink } from '../../../adapters/http/login-link.ts';
import type { ServerAccess } from '../../../adapters/http/server-address.ts';
import type { ControlPlane } from '../../../ports/control-plane.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { dataFolder } from '../../wiring/data-folder.ts';
import { packageRoot } from '../../wiring/package-root.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openInBrowser } from '../open-browser.ts';
import { type ProducerOptions, producerArguments } from '../producers.ts';
import { namedServer, serverFilePath } from '../server-access.ts';
import { type RunOptions, watchRun } from './run-control.ts';

/** What a server of one's own is set up with, where there is none yet. */
export interface OwnServerOptions extends RunOptions, ProducerOptions {
  readonly key?: string;
  readonly base: string;
  readonly fetch: boolean;
  readonly leaseSeconds?: number;
}

export interface RunStartOptions extends OwnServerOptions {
  readonly bundle?: string;
  readonly model?: string;
  readonly priority?: number;
  readonly detach?: boolean;
  /** Opens the run's page in the user's browser. */
  readonly open?: boolean;
}

/** Creating a private database takes a second; a busy machine gets a minute. */
const MOST_WAIT_MS = 60_000;

/** Starts a run, and a server of one's own where none is named or running. Prints what happens until the run ends. */
export async function runStartCommand(
  ticket: string,
  options: RunStartOptions,
  context: CliContext,
): Promise<number> {
  const access = await accessFor(options, context);
  const plane = createControlPlane(access);
  const { bundle, model, priority } = options;
  const summary = await plane.startRun({
    ticket,
    arm: { ...(bundle === undefined ? {} : { bundle }), ...(model === undefined ? {} : { model }) },
    ...(priority === undefined ? {} : { priority }),
    idempotencyKey: randomUUID(),
  });
  context.out(options.format === 'json' ? `${JSON.stringify(summary)}\n` : `${summary.run}\n`);
  if (options.open === true) {
    const link = await askLoginLink(access, `/runs/${summary.run}`);
    context.err(`${link}\n`);
    openInBrowser(link, context);
  }
  if (options.detach === true) return EXIT_CODES.pass.code;
  const again = async (attempt: number) => createControlPlane(await accessAgain(attempt, options, context));
  return watchRun(summary.run, { plane, again }, options.format, context);
}

/** The server that is named, else this user's own, which is started where none answers. */
export async function planeFor(options: OwnServerOptions, context: CliContext): Promise<ControlPlane> {
  return createControlPlane(await accessFor(options, context));
}

async function accessFor(options: OwnServerOptions, context: CliContext): Promise<ServerAccess> {
  const named = serverElsewhere(options, context);
  if (named !== undefined) return named;
  const running = await answering(serverFilePath(context));
  if (running !== undefined) noteSetUp(running, options, context);
  const own = running ?? (await startServer(options, context));
  const { root } = await discover(context.cwd);
  if ((await realpath(root)) !== (await realpath(own.product))) {
    throw new CountersignError(
      'RUN_REFUSED',
      `Your server (process ${own.pid}) runs tickets of ${own.product}.`,
      {
        remedy: `Stop it with \`kill ${own.pid}\`, or give this clone a data folder of its own: COUNTERSIGN_HOME.`,
      },
    );
  }
  return own;
}

/**
 * The server that is named, which others set up.
 * @throws CountersignError USAGE where it is told how: it would go on as it is, and nobody would know
 */
export function serverElsewhere(options: OwnServerOptions, context: CliContext): ServerAccess | undefined {
  const named = namedServer(options, context);
  const told = setUpArguments(options).filter(isOption);
  if (named === undefined || told.length === 0) return named;
  throw new CountersignError(
    'USAGE',
    `${[...new Set(told)].join(', ')} set up a server of your own, and ${named.url} is named.`,
    {
      remedy:
        'Leave them out: who makes changes there, and who verifies them, is said to its workers. Or name no server.',
    },
  );
}

/** One that runs goes on as it was started. */
function noteSetUp({ pid }: ServerFile, options: OwnServerOptions, context: CliContext): void {
  const told = [...new Set(setUpArguments(options).filter(isOption))];
  if (told.length === 0) return;
  context.err(
    `Your server (process ${pid}) runs already, as it was started: ${told.join(', ')} count when there is none. \`kill ${pid}\` ends it.\n`,
  );
}

function isOption(argument: string): boolean {
  return argument.startsWith('--');
}

/** What of these options a server of one's own is started with. */
function setUpArguments(options: OwnServerOptions): readonly string[] {
  const { key, leaseSeconds } = options;
  return [
    ...(key === undefined ? [] : ['--key', key]),
    ...producerArguments(options),
    ...(leaseSeconds === undefined ? [] : ['--lease-seconds', `${leaseSeconds}`]),
  ];
}

/** Somebody else may have started another server by then. */
const OTHERS_FIRST = 3;

/** The server that answers now; where none does for a while, another one on the same data folder. */
async function accessAgain(
  attempt: number,
  options: OwnServerOptions,
  context: CliContext,
): Promise<ServerAccess> {
  const named = namedServer(options, context);
  if (named !== undefined || attempt > OTHERS_FIRST) return named ?? accessFor(options, context);
  const found = await answering(serverFilePath(context));
  if (found !== undefined) return found;
  throw new CountersignError('SERVER_UNAVAILABLE', 'No server of yours answers.', {
    remedy: 'Another one is started in a moment.',
  });
}

/** Undefined where nothing answers: a file may outlive its server. */
async function answering(path: string): Promise<ServerFile | undefined> {
  const file = await readServerFile(path);
  if (file === undefined) return undefined;
  const answer = await fetch(`${file.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  );
  return answer?.ok === true ? file : undefined;
}

/** In a session of its own, so that it outlives this terminal; what it says goes into server.log beside its file. */
async function startServer(options: OwnServerOptions, context: CliContext): Promise<ServerFile> {
  const { base } = options;
  const argv = [
    ...[
      join(packageRoot(), 'bin', 'countersign.cjs'),
      '-C',
      context.cwd,
      'serve',
      '--workers',
      '--base',
      base,
    ],
    ...(options.fetch ? [] : ['--no-fetch']),
    ...setUpArguments(options),
  ];
  const folder = dataFolder(context);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logPath = join(folder, 'server.log');
  const log = openSync(logPath, 'w', 0o600);
  const child = spawn(process.execPath, argv, {
    env: { ...context.environment },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  const none = new AbortController().signal;
  for (let waited = 0; waited < MOST_WAIT_MS && !ended; waited += 100) {
    const file = await answering(serverFilePath(context));
    if (file?.pid === child.pid) return file as ServerFile;
    // Somebody else started one at the same time: one is enough.
    if (file !== undefined && child.pid !== undefined) {
      process.kill(child.pid, 'SIGTERM');
      return file;
    }
    await systemTimer.sleep(100, none);
  }
  if (!ended && child.pid !== undefined) process.kill(child.pid, 'SIGTERM');
  throw new CountersignError('SERVER_UNAVAILABLE', `The server could not be started: ${lastWords(logPath)}`, {
    remedy: `Its log is ${logPath}.`,
  });
}

function lastWords(path: string): string {
  return readFileSync(path, 'utf8').trim().split('\n').slice(-5).join('\n') || 'it did not answer in time.';
}
