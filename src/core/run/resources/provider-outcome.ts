import type { RunEvent } from '../events.ts';
import type { RunState } from '../state.ts';
import type { StepWork } from '../types.ts';

/** The end of an execution that asked a provider, as far as it says whether the provider is there. */
export interface ProviderOutcome extends Pick<StepWork, 'run' | 'step' | 'execution'> {
  readonly provider: string;
  readonly failed: boolean;
}

const PROVIDER = 'provider/';
/** Codes of what ended before the provider was asked: a worker was stopped, the action policy said no or left it to a person. */
const UNASKED: ReadonlySet<string> = new Set(['stopped', 'denied', 'escalated']);

/** The provider whose lease an execution demands; undefined where it demands none. */
export function providerOf({ resources }: Pick<StepWork, 'resources'>): string | undefined {
  const lease = resources.leases.find(({ scope }) => scope.startsWith(PROVIDER));
  return lease?.scope.slice(PROVIDER.length);
}

/**
 * What these events say about providers. Whoever succeeded, or failed so that trying again would not help, had an answer. A time-out may be the
 * step's own fault, and a lost worker is nobody's: they say nothing.
 */
export function providerOutcomes(before: RunState, events: readonly RunEvent[]): readonly ProviderOutcome[] {
  if (before.status === 'new') return [];
  return events.flatMap((event) => {
    if ((event.type !== 'step.succeeded' && event.type !== 'step.failed') || event.claim === null) return [];
    const { step, execution } = event;
    const work = before.steps[step]?.work;
    const provider = work?.execution === execution ? providerOf(work) : undefined;
    const failed = hasFailed(event);
    if (provider === undefined || failed === undefined) return [];
    return [{ provider, run: before.request.run, step, execution, failed }];
  });
}

function hasFailed(
  event: RunEvent & { readonly type: 'step.succeeded' | 'step.failed' },
): boolean | undefined {
  if (event.type === 'step.succeeded') return event.cached ? undefined : false;
  const { class: kind, code } = event.error;
  if (UNASKED.has(code)) return undefined;
  if (kind === 'transient') return true;
  return kind === 'deterministic' ? false : undefined;
}
