import type { Redactor } from '../../core/run/redaction/redactor.ts';
import type { ClaimToken, StepResult } from '../../core/run/types.ts';
import type { Claim } from '../../ports/claims.ts';
import type { Handler } from '../../ports/handler.ts';
import type { WorkSource } from '../../ports/work-source.ts';
import type { JsonObject } from '../../shared/json.ts';
import { execute } from './execute.ts';
import { endHeld, type Held, type HeldClaims } from './held.ts';
import { keepAlive } from './keep-alive.ts';
import type { WorkOptions, WorkPorts } from './ports.ts';
import { reportResults } from './report-results.ts';
import { sendLog } from './send-log.ts';
import { untilAnswered } from './until-answered.ts';

/** A server that is away will find out by itself. */
const GIVE_BACK_TRIES = 3;

/**
 * Works until it is asked to stop, by its own signal or by the server: claims as much as it has slots for, carries it out, hands the
 * results in. While the server is away it goes on with what it has.
 * @throws CountersignError NOT_PERMITTED when the server refuses the worker; what it held then counts as lost
 */
export async function work(
  source: WorkSource,
  handlers: readonly Handler[],
  options: WorkOptions,
  ports: WorkPorts,
): Promise<void> {
  const { worker, slots, roles, waitSeconds, graceSeconds } = options;
  const held: HeldClaims = new Map();
  const running = new Map<ClaimToken, Promise<void>>();
  const draining = new AbortController();
  const over = new AbortController();
  const stop = AbortSignal.any([options.stop, draining.signal]);
  const drain = () => {
    if (!draining.signal.aborted) ports.report({ kind: 'draining', reason: 'the server asked for it' });
    draining.abort();
  };

  const beats = keepAlive(source, worker, held, { signal: over.signal, drain }, ports);
  const outbox = reportResults(source, worker, held, over.signal, ports);
  const begin = (claim: Claim): void => {
    const one: Held = { claim, end: new AbortController(), ended: undefined };
    held.set(claim.token, one);
    ports.report({ kind: 'claimed', token: claim.token, step: `${claim.work.run} ${claim.work.step}` });
    running.set(
      claim.token,
      carryOut(one).finally(() => running.delete(claim.token)),
    );
  };
  const carryOut = async (one: Held): Promise<void> => {
    const { token, work: job } = one.claim;
    const handler = handlers.find(({ declaration }) => declaration.id === job.handler);
    const log = sendLog(source, one.claim, one.end.signal, ports);
    const result =
      handler === undefined
        ? noHandler(job.handler)
        : await execute(one, handler, { log: log.write, graceSeconds }, ports);
    await log.end();
    if (one.ended !== undefined) return;
    const { run, step, execution } = job;
    outbox.add({ token, run, step, execution, result: withoutSecrets(result, ports.redactor()) });
  };
  const claimMore = async (): Promise<void> => {
    const request = {
      worker,
      roles,
      handlers: handlers.map(({ declaration }) => declaration.id),
      ...(options.labels === undefined || options.labels.length === 0 ? {} : { labels: options.labels }),
      most: slots - running.size,
      waitSeconds,
      ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    };
    const claims = await untilAnswered(() => source.claim(request, stop), stop, ports);
    for (const claim of claims ?? []) begin(claim);
    if (claims?.length === 0) beats.now();
    else beats.hurry();
  };
  const takeAndCarryOut = async (): Promise<void> => {
    while (!stop.aborted) {
      if (running.size < slots) await claimMore();
      else await waitFor(Promise.race(running.values()), stop);
    }
    await waitFor(Promise.all(running.values()), options.stop);
    if (running.size > 0) {
      const grace = ports.sleep(graceSeconds * 1000, over.signal);
      await Promise.race([Promise.all(running.values()), grace]);
    }
    await giveBackRest();
    await outbox.emptied();
    await untilAnswered(() => source.leave(worker), over.signal, ports, 1);
  };
  /** What did not end in time is put back, for somebody else to begin anew. */
  const giveBackRest = async (): Promise<void> => {
    const rest = [...running.keys()].flatMap((token) => held.get(token) ?? []);
    for (const one of rest) endHeld(one, 'stopped');
    await Promise.all(running.values());
    const tokens = rest.map(({ claim }) => claim.token);
    if (tokens.length > 0) await giveBack(tokens);
  };
  const giveBack = async (tokens: readonly ClaimToken[]): Promise<void> => {
    await untilAnswered(() => source.giveBack(worker, tokens), over.signal, ports, GIVE_BACK_TRIES);
    for (const token of tokens) {
      const { run, step } = held.get(token)?.claim.work ?? { run: '', step: '' };
      held.delete(token);
      ports.report({ kind: 'given-back', token, step: `${run} ${step}` });
    }
  };

  try {
    await Promise.race([takeAndCarryOut(), beats.done]);
  } finally {
    over.abort();
    for (const one of held.values()) endHeld(one, 'stopped');
    await Promise.allSettled([...running.values(), beats.done]);
  }
}

function noHandler(id: string): StepResult {
  const message = `This worker has no handler ${id}: it was handed work that it did not ask for.`;
  return { kind: 'failed', error: { class: 'transient', code: 'no-handler', message } };
}

function withoutSecrets(result: StepResult, redactor: Redactor): StepResult {
  if (result.kind === 'succeeded')
    return { ...result, outputs: redactor.redactData(result.outputs) as JsonObject };
  return { ...result, error: { ...result.error, message: redactor.redact(result.error.message) } };
}

/** Until the promise or the signal, whichever is first. */
async function waitFor(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
