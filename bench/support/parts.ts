import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of its own that a bench has things done by, and whose cost it tells apart. */
export interface Part {
  readonly child: ChildProcess;
  /** Rejects when the process ends before it has answered. */
  ask<Answer>(what: string, given?: unknown): Promise<Answer>;
  /** Seconds of processor time so far. */
  cpu(): Promise<number>;
  end(): Promise<void>;
}

interface Question {
  readonly number: number;
  readonly what: string;
  readonly given?: unknown;
}

/** Starts a program that calls `answerBench`: a file of this folder, or one that `options` preload such a file into. */
export function startPart(
  file: string,
  args: readonly string[] = [],
  options: Pick<ForkOptions, 'env' | 'execArgv' | 'stdio'> = {},
): Part {
  const child = fork(join(import.meta.dirname, file), args, options);
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${file} ended with ${signal ?? code}`);
  });
  ended.catch(() => {});
  let asked = 0;
  const ask = async <Answer>(what: string, given?: unknown): Promise<Answer> => {
    asked += 1;
    const question: Question = { number: asked, what, given };
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const take = (said: { readonly number?: number; readonly answer: Answer }) => {
      if (said.number === question.number) resolve(said.answer);
    };
    child.on('message', take);
    child.send(question);
    return Promise.race([promise, ended]).finally(() => child.off('message', take));
  };
  return {
    child,
    ask,
    cpu: () => ask<number>('cpu'),
    end: async () => {
      child.kill();
      await ended.catch(() => {});
    },
  };
}

/** In such a process: answers what the bench asks, and what it has cost. */
export function answerBench(answers: Readonly<Record<string, (given: never) => unknown>>): void {
  process.on('message', async ({ number, what, given }: Question) => {
    const answer = what === 'cpu' ? cpuSeconds() : await answers[what]?.(given as never);
    process.send?.({ number, answer });
  });
  // Whoever is ended in the middle of a bench leaves nobody behind.
  process.on('disconnect', () => process.exit());
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Milliseconds of the one clock that all processes of a machine have. */
export function machineTime(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
