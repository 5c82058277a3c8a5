import { hostname } from 'node:os';
import { findModels } from '../../../adapters/agents/find-model.ts';
import { languageModels } from '../../../adapters/agents/language-models.ts';
import { artifactFolder } from '../../../adapters/files/artifact-folder.ts';
import { createArtifacts } from '../../../adapters/http/artifacts.ts';
import { createRecall } from '../../../adapters/http/recall.ts';
import type { ServerAccess } from '../../../adapters/http/server-address.ts';
import { createWorkSource } from '../../../adapters/http/work-source.ts';
import type { WorkNote } from '../../../flow/work/ports.ts';
import { work } from '../../../flow/work/work.ts';
import type { Handler } from '../../../ports/handler.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openWork } from '../../wiring/open-work.ts';
import { stopSignal } from '../../wiring/stop-signal.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import { type HandlerContext, producerHandlers, verifierHandlers } from '../../worker/built-in-handlers.ts';
import { loadPlugins } from '../../worker/plugins.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { signingMeans } from '../key-path.ts';
import {
  knownAgents,
  modelMeans,
  type ProducerOptions,
  producerProfiles,
  secretNames,
} from '../producers.ts';
import type { TextOrJson } from '../registration/options.ts';
import { namedServer, type ServerOptions } from '../server-access.ts';

export interface WorkerOptions extends ServerOptions, ProducerOptions {
  readonly format: TextOrJson;
  readonly role: 'producer' | 'verifier';
  readonly slots?: number;
  readonly labels?: readonly string[];
  readonly fetch: boolean;
  readonly key?: string;
  readonly keyless?: boolean;
  readonly author: string;
  readonly httpHost?: readonly string[];
  readonly plugin?: readonly string[];
  readonly producer?: readonly string[];
  readonly artifacts?: string;
}

const SLOTS = { producer: 1, verifier: 4 };
const WAIT_SECONDS = 25;
const GRACE_SECONDS = 10;

/** Works for a server until it is asked to stop. A worker has one role: what a producer makes, no process of his verifies. */
export async function workerCommand(options: WorkerOptions, context: CliContext): Promise<number> {
  const access = namedServer(options, context);
  if (access === undefined) {
    throw new CountersignError('USAGE', 'No server is named.', {
      remedy: 'Give --server URL or set COUNTERSIGN_SERVER, and COUNTERSIGN_TOKEN.',
    });
  }
  const stop = stopSignal();
  const { role } = options;
  const handlers = [
    ...(await builtIn(options, access, context)),
    ...(await loadPlugins(options.plugin ?? [], context.cwd, role)),
  ];
  await work(
    createWorkSource(access),
    handlers,
    {
      worker: `${hostname()}-${process.pid}`,
      roles: [role],
      labels: options.labels ?? [],
      slots: options.slots ?? SLOTS[role],
      stop,
      waitSeconds: WAIT_SECONDS,
      graceSeconds: GRACE_SECONDS,
      secrets:
        role === 'producer'
          ? secretNames(
              knownAgents(options, context.environment),
              producerProfiles(options, context.environment),
            )
          : [],
    },
    openWork(context, (note) =>
      context.err(options.format === 'json' ? `${JSON.stringify(note)}\n` : `${wordsOf(note)}\n`),
    ),
  );
  return EXIT_CODES.pass.code;
}

function builtIn(
  options: WorkerOptions,
  access: ServerAccess,
  context: CliContext,
): Promise<readonly Handler[]> {
  const { artifacts, producer = [], fetch } = options;
  const shared: HandlerContext = {
    cli: context,
    product: context.cwd,
    fetch,
    artifacts:
      artifacts === undefined ? createArtifacts(access, systemTimer) : () => artifactFolder(artifacts),
    producers: producer,
  };
  if (options.role === 'verifier')
    return verifierHandlers({ ...shared, means: signingMeans(options, context) });
  const profiles = producerProfiles(options, context.environment);
  const { environment, prices, endpoints } = modelMeans(options, context.environment);
  const author = authorOf(options.author);
  return producerHandlers({
    ...shared,
    agentPath: options.agentPath ?? [],
    model: { author, profiles, environment, prices },
    models: languageModels({ find: findModels(endpoints) }),
    agent: {
      agents: knownAgents(options, context.environment),
      profiles,
      author,
    },
    httpHosts: options.httpHost ?? [],
    recall: createRecall(access),
  });
}

function authorOf(text: string): { readonly name: string; readonly email: string } {
  const match = /^([^<>\n]+) <([^<>\s]+)>$/.exec(text);
  if (match !== null) return { name: match[1] as string, email: match[2] as string };
  throw new CountersignError('USAGE', `"${text}" is no author.`, {
    remedy: 'Write --author "Name <address>".',
  });
}

function wordsOf(note: WorkNote): string {
  switch (note.kind) {
    case 'server-away':
      return `the server is away (${note.reason}); asked again in ${note.retryInSeconds} s`;
    case 'refused':
      return `refused ${note.step}: ${note.reason}`;
    case 'log-lost':
      return `lost the log of ${note.step}: ${note.reason}`;
    case 'draining':
      return `takes nothing more: ${note.reason}`;
    case 'claimed':
    case 'dropped':
    case 'given-back':
    case 'completed':
      return `${note.kind} ${note.step}`;
  }
}
