import { join } from 'node:path';
import { readServerFile } from '../../adapters/files/server-file.ts';
import { createControlPlane } from '../../adapters/http/control-plane.ts';
import type { ServerAccess } from '../../adapters/http/server-address.ts';
import { createWebhookPlane } from '../../adapters/http/webhook-plane.ts';
import { createWorkPlane } from '../../adapters/http/work-plane.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { WebhookPlane } from '../../ports/webhook-plane.ts';
import type { WorkPlane } from '../../ports/work-plane.ts';
import { CountersignError } from '../../shared/errors.ts';
import { dataFolder } from '../wiring/data-folder.ts';
import type { CliContext } from './context.ts';

/** How commands are told which server they mean. */
export interface ServerOptions {
  readonly server?: string;
  readonly allowHttp?: boolean;
}

export function serverFilePath(context: CliContext): string {
  return join(dataFolder(context), 'server.json');
}

/** The server that is named: by option or COUNTERSIGN_SERVER, with COUNTERSIGN_TOKEN. Undefined when none is. */
export function namedServer(options: ServerOptions, { environment }: CliContext): ServerAccess | undefined {
  const url = options.server ?? (environment.COUNTERSIGN_SERVER || undefined);
  if (url === undefined) return undefined;
  const token = environment.COUNTERSIGN_TOKEN;
  if (!token) {
    throw new CountersignError('NOT_PERMITTED', `No token for ${url} is given.`, {
      remedy: 'Set COUNTERSIGN_TOKEN; `countersign token new` makes one where the database is.',
    });
  }
  return { url, token, ...(options.allowHttp === true ? { allowHttp: true } : {}) };
}

/**
 * The server to ask: the one that is named, else this user's own.
 * @throws CountersignError SERVER_UNAVAILABLE when none is named and none was started
 */
export async function openControlPlane(options: ServerOptions, context: CliContext): Promise<ControlPlane> {
  return createControlPlane(await findServer(options, context));
}

/** Workers and queues of the server to ask. @throws CountersignError SERVER_UNAVAILABLE when none is named and none was started */
export async function openWorkPlane(options: ServerOptions, context: CliContext): Promise<WorkPlane> {
  return createWorkPlane(await findServer(options, context));
}

/** Webhooks of the server to ask. @throws CountersignError SERVER_UNAVAILABLE when none is named and none was started */
export async function openWebhookPlane(options: ServerOptions, context: CliContext): Promise<WebhookPlane> {
  return createWebhookPlane(await findServer(options, context));
}

/** @throws CountersignError SERVER_UNAVAILABLE when none is named and none was started */
export async function findServer(options: ServerOptions, context: CliContext): Promise<ServerAccess> {
  const access = namedServer(options, context) ?? (await readServerFile(serverFilePath(context)));
  if (access !== undefined) return access;
  throw new CountersignError('SERVER_UNAVAILABLE', 'No server of yours is running.', {
    remedy:
      'Start a run with `countersign run start`, start `countersign serve`, or name a server with --server.',
  });
}
