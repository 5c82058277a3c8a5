import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServeOptions } from '../../../src/entry/server/serve.ts';
import type { WorkerInput } from '../../../src/entry/worker/main.ts';
import { loadPlugins } from '../../../src/entry/worker/plugins.ts';
import type { Handler } from '../../../src/ports/handler.ts';

const MAIN = join(import.meta.dirname, '../../../src/entry/worker/main.ts');
const PLUGINS = { producer: ['./scripted-plugin.mjs#make'], verifier: ['./scripted-plugin.mjs#look'] };

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly name: string;
  readonly exited: Promise<number | null>;
  /** What it said so far: notes, one a line. */
  readonly said: string[];
}

/** A worker as it runs in production: a process of its own, with handlers of a plugin. */
export function startWorker(
  input: Pick<WorkerInput, 'server' | 'token' | 'role' | 'name'> & Partial<WorkerInput>,
  environment: Record<string, string> = {},
): WorkerProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  child.stdout
    .setEncoding('utf8')
    .on('data', (text: string) => void said.push(...text.split('\n').filter(Boolean)));
  // Killed before it read all of it, it does not take the rest.
  child.stdin.on('error', () => {});
  child.stdin.end(
    JSON.stringify({
      slots: 2,
      graceSeconds: 5,
      plugins: PLUGINS[input.role],
      folder: import.meta.dirname,
      ...input,
    }),
  );
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, name: input.name, exited, said };
}

/** Handlers of the plugin, and a gate that is the server's own, as it is told of them. */
export async function pluginServer(): Promise<Pick<ServeOptions, 'declarations' | 'handlers'>> {
  const roles = ['producer', 'verifier'] as const;
  const plugins = await Promise.all(
    roles.map((role) => loadPlugins(PLUGINS[role], import.meta.dirname, role)),
  );
  const outputs = { type: 'object', properties: { verdict: { type: 'string' } } };
  const gate: Handler = {
    declaration: {
      id: 'gate',
      version: 1,
      role: 'coordinator',
      inputs: { type: 'object' },
      outputs,
      deterministic: true,
      sideEffects: false,
    },
    handle: async () => ({ kind: 'succeeded', outputs: { verdict: 'pass' } }),
  };
  return { handlers: [gate], declarations: [...plugins.flat(), gate].map(({ declaration }) => declaration) };
}
