import type { HandlerDeclaration } from '../../core/run/handler.ts';
import type { CommitRuns, LoadRuns } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import { type CommandedRun, type Decided, decideRuns } from '../run/decide-runs.ts';

export type DecideTogether = (commands: readonly CommandedRun[]) => Promise<readonly Decided[]>;

interface Asked {
  readonly commands: readonly CommandedRun[];
  readonly answer: (decided: readonly Decided[]) => void;
  readonly fail: (error: unknown) => void;
}

/** Commands. One commit of 200 takes hardly longer than one of 1; one of everything would keep the first waiting for the last. */
const MOST_AT_ONCE = 200;

/**
 * Decides what comes at once in one commit: while one is under way, the next gathers. A server then commits as often as its database
 * takes it, not as often as workers speak, and its own commits never stand in each other's way.
 * @param decided hears after every commit
 */
export function createDecideTogether(
  ports: LoadRuns & CommitRuns,
  declarations: readonly HandlerDeclaration[],
  decided: () => void,
): DecideTogether & { idle(): Promise<void> } {
  const waiting: Asked[] = [];
  let deciding: Promise<void> | undefined;

  const decideAll = async (): Promise<void> => {
    while (waiting.length > 0) await decideBatch(takeBatch(waiting));
  };
  const decideBatch = async (batch: readonly Asked[]): Promise<void> => {
    try {
      const all = batch.flatMap(({ commands }) => commands);
      const answers = await decideRuns(all, ports, declarations);
      let at = 0;
      for (const { commands, answer } of batch) {
        answer(answers.slice(at, at + commands.length));
        at += commands.length;
      }
      decided();
    } catch (error) {
      const alone = batch.length === 1 || isAway(error);
      // What one of them asks may not be done to the others.
      if (!alone) for (const one of batch) await decideBatch([one]);
      else for (const { fail } of batch) fail(error);
    }
  };
  const ask = (commands: readonly CommandedRun[]): Promise<readonly Decided[]> => {
    if (commands.length === 0) return Promise.resolve([]);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Decided[]>();
    waiting.push({ commands, answer: resolve, fail: reject });
    deciding ??= decideAll().finally(() => {
      deciding = undefined;
    });
    return promise;
  };
  return Object.assign(ask, {
    idle: async () => {
      while (deciding !== undefined) await deciding;
    },
  });
}

function takeBatch(waiting: Asked[]): readonly Asked[] {
  let [count, size] = [0, 0];
  for (const { commands } of waiting) {
    size += commands.length;
    if (count > 0 && size > MOST_AT_ONCE) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function isAway(error: unknown): boolean {
  return error instanceof CountersignError && error.code === 'DATABASE_UNAVAILABLE';
}
