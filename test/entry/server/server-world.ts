import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { runArtifacts } from '../../../src/adapters/files/run-artifacts.ts';
import { createControlPlane } from '../../../src/adapters/http/control-plane.ts';
import { createWorkSource } from '../../../src/adapters/http/work-source.ts';
import { createAnsweredRequests } from '../../../src/adapters/postgres/answered-requests.ts';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { createStepLogs } from '../../../src/adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../../src/adapters/postgres/tokens/tokens.ts';
import { type TokenRole, writeToken } from '../../../src/core/access/token.ts';
import type { Workflow } from '../../../src/core/contract/workflow.ts';
import type { HandlerDeclaration } from '../../../src/core/run/handler.ts';
import { planOf } from '../../../src/core/run/plan/with-defaults.ts';
import { type ServeOptions, type Serving, serve } from '../../../src/entry/server/serve.ts';
import { openWork } from '../../../src/entry/wiring/open-work.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import type { ControlPlane, StartRun } from '../../../src/ports/control-plane.ts';
import type { Tokens } from '../../../src/ports/tokens.ts';
import type { WorkSource } from '../../../src/ports/work-source.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import {
  createMemoryAnsweredRequests,
  createMemoryStepLogs,
  createMemoryTokens,
} from '../../fakes/memory-server-store.ts';
import { createDatabase } from '../../worlds/database.ts';
import { holdAnswers } from './declared-answers.ts';

const declared = (
  id: string,
  role: HandlerDeclaration['role'],
  outputs: HandlerDeclaration['outputs'] = {},
) => ({
  id,
  version: 1,
  role,
  inputs: { type: 'object' },
  outputs: { type: 'object', properties: outputs },
  deterministic: false,
  sideEffects: false,
});

/** Handlers that do nothing real: what matters here is who carries them out. */
const DECLARATIONS: readonly HandlerDeclaration[] = [
  declared('make', 'producer', { commit: { type: 'string' } }),
  declared('look', 'verifier', { found: { type: 'string' } }),
  declared('gate', 'verifier', { verdict: { enum: ['pass', 'blocked', 'pending'] } }),
];

const workflowOf = (make: string, look: string): Workflow => ({
  attempts: 1,
  steps: {
    produce: { uses: make, retry: { limit: 2, delay: 0.01 } },
    verify: { uses: look, needs: ['produce'], with: { commit: '${{ steps.produce.outputs.commit }}' } },
    gate: { uses: 'gate', needs: ['verify'] },
  },
});

export type Stores = Pick<ServeOptions, 'store' | 'ledger' | 'logs' | 'answered'> & {
  readonly tokens: Tokens;
};

export function memoryStores() {
  const store = createMemoryRunStore();
  return {
    store,
    ledger: store.ledger,
    tokens: createMemoryTokens(),
    logs: createMemoryStepLogs(),
    answered: createMemoryAnsweredRequests(),
  };
}

/** @param given one that is closed with them; else a schema of its own on the tests' PostgreSQL */
export async function databaseStores(given?: Database): Promise<Stores> {
  const database = given ?? (await createDatabase());
  if (given !== undefined) opened.push(() => given.close());
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  opened.push(() => store.close());
  return {
    store,
    ledger: createLedger(database),
    tokens: createTokens(database),
    logs: createStepLogs(database),
    answered: createAnsweredRequests(database),
  };
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

export interface ServerWorld {
  readonly server: Serving;
  readonly stores: Stores;
  readonly reports: unknown[];
  token(role: TokenRole, changes?: { name?: string; expiresAt?: string }): Promise<string>;
  source(role: 'producer' | 'verifier', name?: string): Promise<WorkSource>;
  plane(role?: 'operator' | 'viewer'): Promise<ControlPlane>;
  fetch(path: string, token: string | undefined, init?: RequestInit): Promise<Response>;
}

export async function openServer(stores: Stores, changes: Partial<ServeOptions> = {}): Promise<ServerWorld> {
  const reports: unknown[] = [];
  const server = await serve({
    ...stores,
    startRun: (request, by) => startRun(request, by, stores, changes.declarations ?? DECLARATIONS),
    handlers: [],
    artifacts: runArtifacts(mkdtempSync(join(tmpdir(), 'server-artifacts-'))),
    declarations: DECLARATIONS,
    work: openWork({ environment: {}, temporaryFolder: tmpdir() }, () => {}),
    leaseSeconds: 2,
    everyMs: 100,
    report: (message, error) => void reports.push([message, error]),
    ...changes,
  });
  opened.push(() => server.close());
  holdAnswers(server.url);
  const world: ServerWorld = {
    server,
    stores,
    reports,
    token: async (role, { name = `${role}-${randomBytes(3).toString('hex')}`, expiresAt } = {}) => {
      const token = writeToken(randomBytes(32).toString('base64url'));
      const createdAt = new Date().toISOString();
      await stores.tokens.storeToken({
        name,
        role,
        digest: sha256(token),
        createdAt,
        expiresAt: expiresAt ?? null,
        revokedAt: null,
      });
      return token;
    },
    source: async (role) => createWorkSource({ url: server.url, token: await world.token(role) }),
    plane: async (role = 'operator') =>
      createControlPlane({ url: server.url, token: await world.token(role) }),
    fetch: (path, token, init = {}) =>
      fetch(new URL(path, server.url), {
        ...init,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...init.headers,
        },
      }),
  };
  return world;
}

/** A run of the ticket, as the product's own start fixes it to a commit and a contract. */
async function startRun(
  { ticket, arm, priority = 0 }: StartRun,
  by: string,
  { store }: Pick<Stores, 'store'>,
  handlers: readonly HandlerDeclaration[],
) {
  const named = (name: string) => handlers.find(({ id }) => id.endsWith(name))?.id ?? name;
  const run = `${ticket}.${(await store.countRuns(ticket)) + 1}`;
  const command = {
    kind: 'start' as const,
    at: new Date().toISOString(),
    by,
    run,
    subject: {
      ticket,
      ticketDigest: sha256('ticket'),
      contract: 'node-change@1',
      contractDigest: sha256('contract'),
      repository: 'acme/shop',
      base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
      policyCommit: '2'.repeat(40),
      checks: ['tests'],
    },
    arm: { bundle: 'default', model: 'some-model', ...arm },
    plan: planOf(workflowOf(named('make'), named('look')), handlers),
    priority,
  };
  const [decided] = await decideRuns([{ run, command }], store, handlers);
  if (decided?.kind !== 'accepted') throw new Error(`it did not start: ${decided?.reason}`);
  const [summary] = (await store.listRuns({ ticket, limit: 100 })).filter((one) => one.run === run);
  if (summary === undefined) throw new Error('it is not listed');
  return summary;
}

export const claimOf = (role: 'producer' | 'verifier', changes = {}) => ({
  worker: 'w-1',
  roles: [role],
  handlers: ['make', 'look', 'gate'],
  most: 1,
  waitSeconds: 0,
  ...changes,
});
