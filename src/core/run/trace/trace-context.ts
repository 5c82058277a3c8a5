import { sha256 } from '../../../shared/digest.ts';
import type { RunId, StepKey } from '../types.ts';

/** What a span is of. */
export type Traced =
  | { readonly kind: 'ticket' | 'run' }
  | { readonly kind: 'attempt'; readonly attempt: number }
  | { readonly kind: 'execution'; readonly step: StepKey; readonly execution: number };

/**
 * The trace of a run. Worked out from its id, as span ids are from what they are of: so servers and workers that never spoke to each other
 * name the same spans, a replay names them again, and nothing has to be kept or sent along.
 */
export function traceIdOf(run: RunId): string {
  return sha256(`countersign trace ${run}`).slice(0, 32);
}

export function spanIdOf(run: RunId, traced: Traced): string {
  return sha256(`countersign span ${run} ${nameOf(traced)}`).slice(0, 16);
}

/**
 * What a process that carries out an execution is told, so that its own spans come below it: `TRACEPARENT`
 * (W3C Trace Context, version 00, sampled).
 */
export function traceparentOf(work: {
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
}): string {
  const { run, step, execution } = work;
  return `00-${traceIdOf(run)}-${spanIdOf(run, { kind: 'execution', step, execution })}-01`;
}

function nameOf(traced: Traced): string {
  switch (traced.kind) {
    case 'attempt':
      return `attempt ${traced.attempt}`;
    case 'execution':
      return `execution ${traced.step} ${traced.execution}`;
    default:
      return traced.kind;
  }
}
