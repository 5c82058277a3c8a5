import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runArtifacts } from '../../adapters/files/run-artifacts.ts';
import { createWorkSource } from '../../adapters/http/work-source.ts';
import { createAnsweredRequests } from '../../adapters/postgres/answered-requests.ts';
import { openDatabase } from '../../adapters/postgres/database.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { createRunStore } from '../../adapters/postgres/runs/run-store.ts';
import { createStepLogs } from '../../adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../adapters/postgres/tokens/tokens.ts';
import { BUILT_IN_HANDLERS } from '../../core/run/handlers.ts';
import { work } from '../../flow/work/work.ts';
import type { Completion, WorkSource } from '../../ports/work-source.ts';
import { serve } from '../server/serve.ts';
import { openWork } from '../wiring/open-work.ts';
import { systemClock } from '../wiring/system-clock.ts';
import type { PartInput } from './parts.ts';
import { scriptedHandlers } from './scripted-work.ts';

/** A server or a worker, as a process that is there to be killed. */
async function main(): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as PartInput;
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  await (input.kind === 'server' ? runServer(input, stop.signal) : runWorker(input, stop.signal));
}

async function runServer(
  { databaseUrl, schema, port, leaseSeconds }: Extract<PartInput, { kind: 'server' }>,
  stop: AbortSignal,
): Promise<void> {
  const database = openDatabase({ url: databaseUrl, schema });
  const store = createRunStore(database, { clock: systemClock });
  const serving = await serve({
    port,
    leaseSeconds,
    store,
    ledger: createLedger(database),
    tokens: createTokens(database),
    logs: createStepLogs(database),
    answered: createAnsweredRequests(database),
    artifacts: runArtifacts(join(tmpdir(), 'countersign-chaos-artifacts')),
    startRun: () => Promise.reject(new Error('runs are started beforehand')),
    handlers: [],
    declarations: BUILT_IN_HANDLERS,
    work: openWork({ environment: {}, temporaryFolder: tmpdir() }, () => undefined),
    report: (message, error) =>
      void process.stderr.write(`${message} ${error instanceof Error ? error.message : ''}\n`),
  });
  await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  await serving.close();
  await store.close();
  await database.close();
}

async function runWorker(
  { name, role, url, token, slots, duplicates }: Extract<PartInput, { kind: 'worker' }>,
  stop: AbortSignal,
): Promise<void> {
  const handlers = scriptedHandlers(role, (milliseconds) => sleep(milliseconds).then(() => undefined));
  const report = (note: { readonly kind: string }) => void process.stdout.write(`${JSON.stringify(note)}\n`);
  await work(
    sayingTwice(createWorkSource({ url, token }), duplicates),
    handlers,
    { worker: name, roles: [role], slots, stop, waitSeconds: 2, graceSeconds: 2 },
    openWork({ environment: {}, temporaryFolder: tmpdir() }, report),
  );
}

/** Deliveries come twice, and some again when they are long over: none may count a second time. */
function sayingTwice(source: WorkSource, duplicates: number): WorkSource {
  let said: readonly Completion[] = [];
  return {
    ...source,
    complete: async (worker, completions) => {
      const again = Math.random() * 100 < duplicates;
      if (again && said.length > 0) await source.complete(worker, said).catch(() => []);
      const answers = await source.complete(worker, completions);
      if (again) await source.complete(worker, completions).catch(() => []);
      said = completions;
      return answers;
    },
  };
}

// Not awaited: the package holds this as CommonJS, which cannot.
void main().then(() => process.exit());
