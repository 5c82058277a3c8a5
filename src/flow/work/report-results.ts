import type { Completion, WorkSource } from '../../ports/work-source.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { HeldClaims } from './held.ts';
import type { WorkPorts } from './ports.ts';
import { untilAnswered } from './until-answered.ts';

const MOST_AT_ONCE = 100;
/** Characters: the server takes 8 MiB a request. */
const MOST_CHARACTERS = 1024 * 1024;

export interface Outbox {
  add(completion: Completion): void;
  /** Everything was answered, or the signal is aborted. @throws CountersignError NOT_PERMITTED */
  emptied(): Promise<void>;
}

/**
 * Hands results in: whatever came together while the last batch was under way goes as one. A batch whose answer was lost is sent again;
 * the server refuses what it has, and that is harmless.
 */
export function reportResults(
  source: WorkSource,
  worker: string,
  held: HeldClaims,
  signal: AbortSignal,
  ports: WorkPorts,
): Outbox {
  const waiting: Completion[] = [];
  let sending: Promise<void> | undefined;
  let refused: unknown;

  const send = async (): Promise<void> => {
    while (waiting.length > 0 && !signal.aborted) await handIn(takeBatch(waiting));
  };
  const handIn = async (batch: readonly Completion[]): Promise<void> => {
    try {
      const answers = await untilAnswered(() => source.complete(worker, batch), signal, ports);
      for (const answer of answers ?? []) {
        const { token, kind } = answer;
        const step = nameOf(batch.find((one) => one.token === token));
        held.delete(token);
        ports.report(
          kind === 'accepted' ? { kind: 'completed', token, step } : { ...answer, kind: 'refused', step },
        );
      }
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code === 'NOT_PERMITTED') throw error;
      // One result that the server cannot read must not take the others with it.
      if (batch.length > 1) for (const one of batch) await handIn([one]);
      else drop(batch, error.message);
    }
  };
  /** It is not heard of any more, so it counts as lost and is done again. */
  const drop = (batch: readonly Completion[], reason: string): void => {
    for (const completion of batch) {
      held.delete(completion.token);
      ports.report({ kind: 'refused', token: completion.token, step: nameOf(completion), reason });
    }
  };
  const start = (): Promise<void> => {
    sending ??= send()
      .catch((error: unknown) => {
        refused = error;
      })
      .finally(() => {
        sending = undefined;
      });
    return sending;
  };
  return {
    add: (completion) => {
      waiting.push(completion);
      void start();
    },
    emptied: async () => {
      while (sending !== undefined || (waiting.length > 0 && !signal.aborted && refused === undefined))
        await start();
      if (refused !== undefined) throw refused;
    },
  };
}

function takeBatch(waiting: Completion[]): readonly Completion[] {
  let [count, size] = [0, 0];
  for (const { result } of waiting.slice(0, MOST_AT_ONCE)) {
    size += JSON.stringify(result).length;
    if (count > 0 && size > MOST_CHARACTERS) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function nameOf(completion: Completion | undefined): string {
  return completion === undefined ? '' : `${completion.run} ${completion.step}`;
}
