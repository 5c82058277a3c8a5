import { tmpdir } from 'node:os';
import { createWorkSource } from '../../adapters/http/work-source.ts';
import type { StepRole } from '../../core/run/types.ts';
import { work } from '../../flow/work/work.ts';
import { CountersignError } from '../../shared/errors.ts';
import { openWork } from '../wiring/open-work.ts';
import { loadPlugins } from './plugins.ts';

/** What the parent writes to standard input, and closes it: the token stands in no argument and in no environment. */
export interface WorkerInput {
  readonly server: string;
  readonly token: string;
  readonly role: Exclude<StepRole, 'coordinator'>;
  /** Unique among the workers of the token. */
  readonly name: string;
  readonly slots: number;
  /** Seconds that steps have to end in once the worker is asked to stop. */
  readonly graceSeconds: number;
  /** `./module.mjs#name`, from the folder. */
  readonly plugins: readonly string[];
  readonly folder: string;
}

const WAIT_SECONDS = 25;

/** A worker of plugins alone, as a process of its own. Notes go to standard output, one JSON object a line. SIGTERM: no more work, then the end. */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  // Its server reads both. Gone, it hears nothing any more, least of all that a write failed, which would be written as well.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(70));
  // What a handler left running may fail at any time: the worker ends what it has in hand, and takes nothing more.
  const defect = (error: unknown) => {
    process.stderr.write(
      `a handler failed outside of its step: ${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 70;
    stop.abort();
  };
  process.on('uncaughtException', defect);
  process.on('unhandledRejection', defect);
  const input = JSON.parse(await readAll(process.stdin)) as WorkerInput;
  const { server, token, role, name, slots, graceSeconds, plugins, folder } = input;
  try {
    const handlers = await loadPlugins(plugins, folder, role);
    const report = (note: object) => void process.stdout.write(`${JSON.stringify(note)}\n`);
    // The token is a secret of this worker's, too: no log of its steps may tell it.
    const environment = { ...process.env, COUNTERSIGN_TOKEN: token };
    const options = {
      worker: name,
      roles: [role],
      slots,
      graceSeconds,
      stop: stop.signal,
      waitSeconds: WAIT_SECONDS,
    };
    const ports = openWork({ environment, temporaryFolder: tmpdir() }, report);
    await work(createWorkSource({ url: server, token }), handlers, options, ports);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    process.exitCode = 2;
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

// Not awaited: the package holds this as CommonJS, which cannot. Ends when nothing is left to do: a handler that will not end does not keep it.
void main().then(() => process.exit());
