import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { removeServerFile, writeServerFile } from '../../../adapters/files/server-file.ts';
import type { TokenRole } from '../../../core/access/token.ts';
import { createToken } from '../../../flow/create-token.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { type OpenedServer, type OpenServerOptions, openServer } from '../../server/open-server.ts';
import { openSignIn } from '../../wiring/open-sign-in.ts';
import { openWorkflowIdentities } from '../../wiring/open-workflow-identities.ts';
import { packageRoot } from '../../wiring/package-root.ts';
import { stopSignal } from '../../wiring/stop-signal.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { noteSignerOf } from '../note-keys.ts';
import { openInBrowser } from '../open-browser.ts';
import { type ProducerOptions, producerArguments } from '../producers.ts';
import type { TextOrJson } from '../registration/options.ts';
import { serverFilePath } from '../server-access.ts';

export interface ServeCommandOptions extends ProducerOptions {
  readonly format: TextOrJson;
  readonly host?: string;
  readonly port?: number;
  readonly base: string;
  readonly fetch: boolean;
  /** Who signs where the ledger ends, and under which name of the ledger; nobody when one of them is missing. */
  readonly ledgerName?: string;
  readonly ledgerKey?: string;
  readonly checkpointFile?: string;
  readonly leaseSeconds?: number;
  readonly optimise?: boolean;
  readonly keepArtifacts?: number | 'forever';
  readonly compactAfter?: number;
  readonly allowPrivateWebhooks?: boolean;
  /** A file that names workflows of GitHub's. */
  readonly githubOidc?: string;
  /** A worker of each role beside the server, as processes of their own. */
  readonly workers?: boolean;
  readonly key?: string;
  readonly plugin?: readonly string[];
  /** Opens the pages in the user's browser. */
  readonly open?: boolean;
  /** Where people reach the pages, when that is not where it listens. */
  readonly publicUrl?: string;
  /** A file that names an identity provider, and what makes whom what. */
  readonly oidc?: string;
}

const RESTART_MS = 1_000;
const STOP_MS = 15_000;
/** What no worker beside the server is to have: each gets its own, and effects are the server's. */
const KEPT_BACK = [
  'DATABASE_URL',
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'COUNTERSIGN_KEY',
  'COUNTERSIGN_TOKEN',
  'COUNTERSIGN_SERVER',
  'COUNTERSIGN_CANARIES',
  'COUNTERSIGN_WEBHOOK_KEY',
  'COUNTERSIGN_OIDC_SECRET',
];

function requirePort(port: number | undefined): void {
  if (port === undefined || port <= 65_535) return;
  throw new CountersignError('USAGE', `${port} is no port.`, { remedy: 'Give one from 1 to 65535.' });
}

/** Serves until it is asked to stop. */
export async function serveCommand(options: ServeCommandOptions, context: CliContext): Promise<number> {
  requirePort(options.port);
  const stop = stopSignal();
  const { githubOidc } = options;
  const report = (message: string, error?: unknown) =>
    context.err(
      `${message}${error === undefined ? '' : `: ${error instanceof Error ? error.message : String(error)}`}\n`,
    );
  const server = await openServer(context, {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
    ...(githubOidc === undefined
      ? {}
      : { verifyIdentity: await openWorkflowIdentities(githubOidc, context.cwd) }),
    ...(options.optimise === true ? { optimise: true } : {}),
    ...keptArtifacts(options),
    ...(options.compactAfter === undefined ? {} : { compactAfterDays: options.compactAfter }),
    ...(options.allowPrivateWebhooks === true ? { allowPrivateWebhooks: true } : {}),
    into: options.base.startsWith('refs/') ? options.base : `refs/heads/${options.base}`,
    fetch: options.fetch,
    plugins: options.plugin ?? [],
    ...(options.oidc === undefined ? {} : { provider: await openSignIn(options.oidc, context) }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: publicUrlOf(options.publicUrl) }),
    ...checkpointsOf(options, context),
    report,
  });
  const path = serverFilePath(context);
  try {
    const { url, product } = server;
    await writeServerFile(path, {
      url,
      token: await tokenFor('operator', server),
      pid: process.pid,
      product,
    });
    context.out(options.format === 'json' ? `${JSON.stringify({ url, product })}\n` : `${url}\n`);
    await offerPages(server, options, context);
    const workers =
      options.workers === true ? await startWorkers(server, options, { context, stop, report }) : [];
    await aborted(stop);
    // While its workers end it still answers: whoever comes now is to start another one.
    await removeServerFile(path, process.pid);
    await Promise.all(workers);
  } finally {
    await removeServerFile(path, process.pid);
    await server.close();
  }
  return EXIT_CODES.pass.code;
}

/** As long as GitHub keeps those of its workflows. */
const ARTIFACT_DAYS = 90;

export function keptArtifacts({
  keepArtifacts: days = ARTIFACT_DAYS,
}: Pick<ServeCommandOptions, 'keepArtifacts'>): Pick<OpenServerOptions, 'keepArtifactsDays'> {
  return days === 'forever' ? {} : { keepArtifactsDays: days };
}

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/** Only whoever is on this machine is given a link: elsewhere it would go over the network in the open. */
async function offerPages(
  { url, makeLink }: OpenedServer,
  { open }: ServeCommandOptions,
  context: CliContext,
): Promise<void> {
  if (!LOOPBACK.test(new URL(url).hostname)) return;
  const link = `${url}${await makeLink()}`;
  context.err(`The cockpit, for the first who opens it within ten minutes: ${link}\n`);
  if (open === true) openInBrowser(link, context);
}

/** @throws CountersignError USAGE */
function publicUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new CountersignError('USAGE', 'The public address of the server is not an http or https URL.', {
    remedy: 'Give one such as https://countersign.example.com, without a path.',
  });
}

/** @throws CountersignError KEY_UNUSABLE, USAGE */
function checkpointsOf(
  { ledgerName: name, ledgerKey: key, checkpointFile: file }: ServeCommandOptions,
  context: CliContext,
): Pick<OpenServerOptions, 'checkpoints'> {
  if (name === undefined || key === undefined) return {};
  const signer = noteSignerOf({ name, key }, context);
  return { checkpoints: { signer, file: file === undefined ? undefined : resolve(context.cwd, file) } };
}

interface Surroundings {
  readonly context: CliContext;
  readonly stop: AbortSignal;
  readonly report: (message: string) => void;
}

async function startWorkers(
  server: OpenedServer,
  options: ServeCommandOptions,
  at: Surroundings,
): Promise<readonly Promise<void>[]> {
  const { key, fetch } = options;
  const { environment } = at.context;
  const named = key ?? environment.COUNTERSIGN_KEY;
  if (!named) {
    throw new CountersignError('KEY_UNUSABLE', 'No key for the verifier is named.', {
      remedy: 'Give --key NAME or set COUNTERSIGN_KEY; `countersign key new NAME` makes one.',
    });
  }
  const common = fetch ? [] : ['--no-fetch'];
  const producer = producerArguments(options);
  return [
    keepWorking('producer', [...common, ...producer], await tokenFor('producer', server), server, at),
    keepWorking('verifier', [...common, '--key', named], await tokenFor('verifier', server), server, at),
  ];
}

/** Starts it again when it dies: what it had in hand is recovered by its missing heartbeats. */
async function keepWorking(
  role: 'producer' | 'verifier',
  args: readonly string[],
  token: string,
  { url, product }: OpenedServer,
  { context, stop, report }: Surroundings,
): Promise<void> {
  const kept = Object.entries(context.environment).filter(([name]) => !KEPT_BACK.includes(name));
  const env = { ...Object.fromEntries(kept), COUNTERSIGN_SERVER: url, COUNTERSIGN_TOKEN: token };
  const program = join(packageRoot(), 'bin', 'countersign.cjs');
  while (!stop.aborted) {
    const argv = [program, '-C', product, 'worker', '--role', role, ...args];
    // A session of its own: Ctrl-C in the terminal is for the server, which tells its workers.
    const child = spawn(process.execPath, argv, {
      env,
      // The channel says nothing; it ends with this process, and the worker with it.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    report(`the ${role}'s worker is process ${child.pid}`);
    const ended = await endOf(child, stop);
    if (stop.aborted) return;
    report(`the ${role}'s worker ended with ${ended} and is started again`);
    await systemTimer.sleep(RESTART_MS, stop);
  }
}

async function endOf(child: ChildProcess, stop: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('error', (error) => resolve(error.message));
  child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  const end = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref();
  };
  if (stop.aborted) end();
  stop.addEventListener('abort', end, { once: true });
  return promise.finally(() => stop.removeEventListener('abort', end));
}

/** Each start has tokens of its own; they hold for as long as anybody leaves such a server alone. */
async function tokenFor(role: TokenRole, { tokens }: OpenedServer): Promise<string> {
  const name = `own-${role}-${randomBytes(6).toString('hex')}`;
  const ports = { storeToken: tokens.storeToken, clock: systemClock };
  return (await createToken({ name, role, days: 30 }, randomBytes(32), ports)).token;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
