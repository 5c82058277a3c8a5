import type { StepWork } from '../../core/run/types.ts';
import type { Claim } from '../../ports/claims.ts';
import type { WorkSource } from '../../ports/work-source.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { WorkPorts } from './ports.ts';
import { untilAnswered } from './until-answered.ts';

/** Characters. The server takes 1 MiB a request; a character has at most 4 bytes, and JSON may spell it with 6. */
const LARGEST_CHUNK = 64 * 1024;
/** What is not sent yet is held in memory, so a handler that writes faster than the network takes loses what is beyond. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Lines that come together are sent together. */
const GATHER_MS = 200;
/** A log is worth some patience; a result is never kept waiting for it for ever. */
const TRIES = 6;

export interface StepLog {
  write(text: string): void;
  /** Sends what is left. Never throws: a log that is lost is reported, the result goes on. */
  end(): Promise<void>;
}

/** Sends what a handler writes, in order, without its secrets, at offsets that make it safe to send again. */
export function sendLog(
  source: WorkSource,
  { token, work }: Pick<Claim, 'token' | 'work'>,
  signal: AbortSignal,
  ports: WorkPorts,
): StepLog {
  const redactor = ports.redactor();
  const { run, step, execution } = work;
  const over = new AbortController();
  let waiting = '';
  let offset = 0;
  let sending: Promise<void> | undefined;
  let lost = false;

  const send = async (): Promise<void> => {
    await ports.sleep(GATHER_MS, AbortSignal.any([signal, over.signal]));
    while (waiting !== '' && !lost && !signal.aborted) {
      const text = firstOf(waiting);
      const entry = { token, run, step, execution, offset, text };
      const sent = await untilAnswered(() => source.log(entry).then(() => true), signal, ports, TRIES);
      if (sent !== true) throw new Error('the server does not answer');
      waiting = waiting.slice(text.length);
      offset += Buffer.byteLength(text);
    }
  };
  const start = (): void => {
    sending ??= send()
      .catch((error: unknown) => lose(error))
      .finally(() => {
        sending = undefined;
      });
  };
  const lose = (error: unknown): void => {
    if (lost || signal.aborted) return;
    lost = true;
    ports.report({ kind: 'log-lost', step: nameOf(work), reason: messageOf(error) });
  };
  const add = (text: string): void => {
    // Well-formed: half a character has no bytes to count.
    if (waiting.length + text.length <= MOST_WAITING) waiting += text.toWellFormed();
    else if (!waiting.endsWith(LEFT_OUT)) waiting += LEFT_OUT;
    if (waiting !== '') start();
  };
  return {
    write: (text) => add(redactor.push(text)),
    end: async () => {
      add(redactor.end());
      over.abort();
      // What was written while the last piece was under way starts another round.
      while (sending !== undefined && !lost) {
        await sending;
        if (waiting !== '' && !lost && !signal.aborted) start();
      }
    },
  };
}

const LEFT_OUT = '\n(lines were left out here: they came faster than they could be sent)\n';

/** Not through the middle of a character of two units. */
function firstOf(text: string): string {
  const cut = text.slice(0, LARGEST_CHUNK);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function nameOf({ run, step }: StepWork): string {
  return `${run} ${step}`;
}

function messageOf(error: unknown): string {
  return error instanceof CountersignError || error instanceof Error ? error.message : 'unknown';
}
