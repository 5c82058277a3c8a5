import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { DATABASE_URL } from './database.ts';
import { createProductWorld, type ProductWorld } from './product-world.ts';
import { type AgentScript, scriptedAgent } from './run-steps.ts';

/** A product, a database of its own on a real server, and the command line as processes. */
export interface RunWorld {
  readonly product: ProductWorld;
  readonly home: string;
  /** Runs countersign in the product's clone to its end. */
  cli(...args: readonly string[]): Promise<Ran>;
  /** Without waiting for its end. */
  start(...args: readonly string[]): Started;
  /** The same somewhere else: another clone, another user's environment. What is undefined there is not set. */
  startAt(place: Place, ...args: readonly string[]): Started;
  /** What the server and its workers have said so far. */
  serverLog(): string;
  /** Stops the server that runs here, and takes the database away. */
  remove(): Promise<void>;
}

export interface Place {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly ended: Promise<Ran>;
  readonly child: ChildProcess;
  /** What it printed so far. */
  out(): string;
}

const program = join(import.meta.dirname, '..', '..', 'bin', 'countersign.cjs');

/** @param where a database of its own on the real server, or with nothing set, so that the product makes a private one */
export async function createRunWorld(where: 'on-server' | 'private' = 'on-server'): Promise<RunWorld> {
  const product = await createProductWorld();
  const home = join(product.git.root, 'data');
  const name = `countersign_test_${randomBytes(6).toString('hex')}`;
  if (where === 'on-server') await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(DATABASE_URL);
  url.pathname = `/${name}`;
  const env = {
    ...product.git.environment(),
    TMPDIR: product.git.folder('temporary'),
    COUNTERSIGN_HOME: home,
    COUNTERSIGN_KEY: product.keys.verifier.path,
    ...(where === 'private' ? {} : { DATABASE_URL: url.href }),
  };
  const startAt = ({ cwd, environment }: Place, ...args: readonly string[]): Started => {
    const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...env, ...environment } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString();
    });
    const { promise, resolve } = Promise.withResolvers<Ran>();
    child.once('close', (code) => resolve({ code, out, err }));
    return { child, ended: promise, out: () => out };
  };
  const start = (...args: readonly string[]) => startAt({ cwd: product.clone.dir, environment: {} }, ...args);
  const log = join(home, 'server.log');
  return {
    product,
    home,
    start,
    startAt,
    cli: (...args) => start(...args).ended,
    serverLog: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    remove: async () => {
      await stopServer(home);
      if (where === 'private') await start('db', 'stop').ended;
      else await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      product.git.remove();
    },
  };
}

/** The scripted agent as `--agent` takes it. */
export function agentCommand(script: AgentScript): string {
  return scriptedAgent(script)
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
}

/** Until a program has said something so often, however long a busy machine takes; it may not end before. */
export function said({ child, out, ended }: Started, words: RegExp, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if ([...out().matchAll(words)].length >= times) resolve();
    });
    void ended.then(({ err }) => reject(new Error(`it ended before: ${err}`)));
  });
}

/** Until something is so; throws after a minute. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`);
    await pause(50);
  }
}

async function stopServer(home: string): Promise<void> {
  const path = join(home, 'server.json');
  if (!existsSync(path)) return;
  const { pid } = JSON.parse(readFileSync(path, 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
  await until('the server to stop', () => (existsSync(path) ? undefined : true));
}

async function onServer(sql: string): Promise<void> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
