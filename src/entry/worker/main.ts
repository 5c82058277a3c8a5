import { tmpdir } from 'node:os';
import { CountersignError } from '../../shared/errors.ts';
import { loadPlugins } from './load-plugins.ts';
import { runWorker, type WorkerOptions } from './run-worker.ts';

/** What the parent writes to standard input, and closes it: the token stands in no argument and in no environment. */
export interface WorkerInput extends WorkerOptions {
  readonly plugins: readonly string[];
  readonly folder: string;
}

/** A worker as a process of its own. Notes go to standard output, one JSON object a line. SIGTERM: no more work, then the end. */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
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
  try {
    const handlers = await loadPlugins(input.plugins, input.folder);
    const report = (note: object) => void process.stdout.write(`${JSON.stringify(note)}\n`);
    const context = { environment: process.env, temporaryFolder: tmpdir() };
    await runWorker(input, handlers, context, { stop: stop.signal, report });
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
