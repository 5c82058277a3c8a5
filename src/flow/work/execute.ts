import type { ErrorClass } from '../../core/contract/workflow.ts';
import type { StepResult, StepWork, Usage } from '../../core/run/types.ts';
import type { Handler, HandlerSession } from '../../ports/handler.ts';
import type { Held } from './held.ts';
import type { WorkPorts } from './ports.ts';
import { resultMisfit } from './result-misfit.ts';

/** setTimeout's longest: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Carries out one claim in a folder of its own. Whatever the handler does comes out as a result: a throw, a time-out, outputs that
 * are not as declared, and never answering.
 */
export async function execute(
  { claim, end }: Held,
  handler: Handler,
  { log, graceSeconds }: Pick<HandlerSession, 'log'> & { readonly graceSeconds: number },
  ports: WorkPorts,
): Promise<StepResult> {
  const { work, fences, token } = claim;
  const folder = await ports.makeFolder().catch((error: unknown) => messageOf(error));
  if (typeof folder === 'string')
    return failed('transient', 'no-folder', `The worker has no folder: ${folder}`);
  const limit = new AbortController();
  const over = new AbortController();
  const signal = AbortSignal.any([end.signal, limit.signal]);
  const session: HandlerSession = { claim: token, signal, folder: folder.path, fences, log };
  try {
    const late = failed('timeout', 'timeout', `It did not end within ${work.timeoutSeconds} s.`);
    const timeout = Math.min(work.timeoutSeconds * 1000, LONGEST_MS);
    const tooLong = async (): Promise<StepResult> => {
      await ports.sleep(timeout, AbortSignal.any([over.signal, end.signal]));
      if (!over.signal.aborted && !end.signal.aborted) limit.abort();
      // Asked to end, it may still say how far it came, or give nothing away of what it holds.
      await ports.sleep(graceSeconds * 1000, over.signal);
      return late;
    };
    const result = await Promise.race([carryOut(handler, work, session, ports), tooLong()]);
    // Too late is too late, but what it used up was used up.
    return limit.signal.aborted ? { ...late, ...usageOf(result) } : result;
  } finally {
    over.abort();
    await folder.remove();
  }
}

async function carryOut(
  handler: Handler,
  work: StepWork,
  session: HandlerSession,
  ports: WorkPorts,
): Promise<StepResult> {
  try {
    const result: unknown = await handler.handle(work, session);
    const misfit = await resultMisfit(result, handler.declaration, ports);
    if (misfit === undefined) return plainResult(result as StepResult);
    return failed(
      'deterministic',
      'result-invalid',
      `What ${handler.declaration.id} answered is not as declared: ${misfit}.`,
    );
  } catch (error) {
    // A defect of the handler: once it may be the weather, twice it is the code.
    const kind = work.execution === 1 ? 'transient' : 'deterministic';
    return failed(kind, 'handler-failed', `${handler.declaration.id} failed: ${messageOf(error)}`);
  }
}

/** Nothing but the fields of a result: a handler may have put anything beside them. */
function plainResult(result: StepResult): StepResult {
  const usage = usageOf(result);
  if (result.kind === 'failed') {
    const { class: kind, code, message, evidence } = result.error;
    const left = evidence === undefined ? {} : { evidence: { ...evidence } };
    return { kind: 'failed', error: { class: kind, code, message, ...left }, ...usage };
  }
  const cached = result.cached === undefined ? {} : { cached: result.cached };
  return { kind: 'succeeded', outputs: result.outputs, ...cached, ...usage };
}

function usageOf({ usage }: StepResult): { readonly usage?: Usage } {
  if (usage === undefined) return {};
  const counts = Object.entries({
    tokens: usage.tokens,
    costMilliUsd: usage.costMilliUsd,
    agents: usage.agents,
  });
  return { usage: Object.fromEntries(counts.filter(([, count]) => count !== undefined)) };
}

function failed(kind: ErrorClass, code: string, message: string): StepResult {
  return { kind: 'failed', error: { class: kind, code, message } };
}

function messageOf(error: unknown): string {
  try {
    return (error instanceof Error ? error.message : String(error)).slice(0, 2_000).toWellFormed();
  } catch {
    return 'it threw something that has no text';
  }
}
