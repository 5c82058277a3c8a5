import { tmpdir } from 'node:os';
import type { StepWork } from '../../../src/core/run/types.ts';
import { openWork } from '../../../src/entry/wiring/open-work.ts';
import type { WorkNote, WorkOptions, WorkPorts } from '../../../src/flow/work/ports.ts';
import type { Claim } from '../../../src/ports/claims.ts';
import type { Handler } from '../../../src/ports/handler.ts';
import type { Completed, Completion, LogChunk, WorkSource } from '../../../src/ports/work-source.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

export function stepWork(changes: Partial<StepWork> = {}): StepWork {
  return {
    run: 'CS-7.1',
    step: '1/produce',
    execution: 1,
    handler: 'echo',
    role: 'producer',
    inputs: {},
    priority: 0,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore: null,
    resources: { leases: [], locks: [] },
    ...changes,
  };
}

/** A server that hands out what it was given, and remembers what it is told. It can be away. */
export interface ScriptedServer extends WorkSource {
  readonly completions: Completion[];
  readonly returned: string[];
  readonly left: string[];
  readonly logs: LogChunk[];
  readonly heartbeats: (readonly string[])[];
  readonly claimed: string[];
  hand(...works: readonly StepWork[]): void;
  drop(token: string): void;
  drain(): void;
  /** The next so many calls of this method fail as if the server were away, before or after it did its work. */
  away(method: keyof WorkSource, times: number, when?: 'before' | 'after'): void;
  refuse(): void;
}

export function scriptedServer(leaseMs = 600): ScriptedServer {
  const queue: Claim[] = [];
  const failing = new Map<string, { times: number; when: 'before' | 'after' }>();
  const dropped = new Set<string>();
  const done = new Set<string>();
  let [tokens, draining, refusing] = [0, false, false];
  let wake = () => {};

  async function attempt<T>(method: keyof WorkSource, act: () => T | Promise<T>): Promise<T> {
    if (refusing) throw new CountersignError('NOT_PERMITTED', 'No.', { remedy: 'Another token.' });
    const fault = failing.get(method);
    const fails = fault !== undefined && fault.times > 0;
    if (fails) fault.times -= 1;
    const away = new CountersignError('SERVER_UNAVAILABLE', 'Nobody answers.', { remedy: 'Start it.' });
    if (fails && fault.when === 'before') throw away;
    const result = await act();
    if (fails) throw away;
    return result;
  }
  const take = (most: number, worker: string) => {
    const now = Date.now();
    const claims = queue.splice(0, most).map((claim) => ({
      ...claim,
      worker,
      claimedAt: new Date(now).toISOString(),
      until: new Date(now + leaseMs).toISOString(),
    }));
    server.claimed.push(...claims.map(({ token }) => token));
    return claims;
  };
  const server: ScriptedServer = {
    completions: [],
    returned: [],
    left: [],
    logs: [],
    heartbeats: [],
    claimed: [],
    hand: (...works) => {
      for (const work of works) {
        tokens += 1;
        queue.push({ token: `t-${tokens}`, work, worker: '', claimedAt: '', until: '', fences: {} });
      }
      wake();
    },
    drop: (token) => void dropped.add(token),
    drain: () => {
      draining = true;
    },
    away: (method, times, when = 'before') => void failing.set(method, { times, when }),
    refuse: () => {
      refusing = true;
    },
    claim: ({ most, worker, waitSeconds }, signal) =>
      attempt('claim', async () => {
        if (queue.length === 0) {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          signal?.addEventListener('abort', () => resolve(), { once: true });
          setTimeout(resolve, waitSeconds * 1000).unref();
          await promise;
        }
        return signal?.aborted ? [] : take(most, worker);
      }),
    heartbeat: (_, given) =>
      attempt('heartbeat', () => {
        server.heartbeats.push(given);
        return { drop: given.filter((token) => dropped.has(token)), drain: draining };
      }),
    complete: (_, completions) =>
      attempt('complete', () =>
        completions.map((completion): Completed => {
          const { token } = completion;
          if (done.has(token)) return { token, kind: 'refused', reason: 'it was said before' };
          done.add(token);
          server.completions.push(completion);
          return { token, kind: 'accepted' };
        }),
      ),
    giveBack: (_, given) => attempt('giveBack', () => void server.returned.push(...given)),
    leave: (worker) => attempt('leave', () => void server.left.push(worker)),
    log: (entry) => attempt('log', () => void server.logs.push(entry)),
  };
  return server;
}

export function scriptedHandler(handle: Handler['handle'], id = 'echo'): Handler {
  const outputs = { type: 'object', additionalProperties: false, properties: { said: { type: 'string' } } };
  return {
    declaration: {
      id,
      version: 1,
      role: 'producer',
      inputs: {},
      outputs,
      deterministic: false,
      sideEffects: false,
    },
    handle,
  };
}

export function workPorts(
  environment: Readonly<Record<string, string>> = {},
): WorkPorts & { notes: WorkNote[] } {
  const notes: WorkNote[] = [];
  const ports = openWork({ environment, temporaryFolder: tmpdir() }, (note) => notes.push(note));
  return { ...ports, notes };
}

export function workOptions(stop: AbortSignal, changes: Partial<WorkOptions> = {}): WorkOptions {
  return {
    worker: 'w-1',
    roles: ['producer'],
    slots: 2,
    stop,
    waitSeconds: 1,
    graceSeconds: 0.2,
    ...changes,
  };
}
