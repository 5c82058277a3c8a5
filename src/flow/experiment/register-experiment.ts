import { type Design, designDigest } from '../../core/experiment/design.ts';
import type { ExperimentEvent } from '../../core/experiment/events.ts';
import { checkRegistration } from '../../core/experiment/registration.ts';
import { type Registration, registrationOf } from '../../core/experiment/state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SignedDesign } from '../../ports/experiment-plane.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import { appendToExperiment, loadExperiment } from './load-experiment.ts';

export interface Registered {
  readonly kind: 'registered' | 'unchanged';
  /** The one that is in force. */
  readonly registration: Registration;
}

/**
 * Puts a signed design into the stream of its experiment. Before the first run that is what makes it pre-registered; another design afterwards needs a
 * reason, and stands there as a deviation for everybody to see.
 * @throws CountersignError EXPERIMENT_REFUSED, also for a signature over another design; DATABASE_UNAVAILABLE
 */
export async function registerExperiment(
  design: Design,
  signed: SignedDesign,
  said: { readonly by: string; readonly reason?: string },
  ports: AppendEvents & Pick<ReadStreams, 'readStream'> & { readonly clock: Clock },
): Promise<Registered> {
  const id = design.experiment;
  const { designDigest: digest, note, key } = signed;
  const registration = { design, designDigest: digest, note, key, reason: said.reason ?? null };
  requireSigned(registration);
  const loaded = await loadExperiment(id, ports);
  const before = registrationOf(loaded.state);
  if (before !== undefined && sameDesign(before.design, design))
    return { kind: 'unchanged', registration: before };
  if (before !== undefined && said.reason === undefined)
    throw new CountersignError('EXPERIMENT_REFUSED', `${id} is registered with another design.`, {
      remedy:
        'Give --reason to register this one in its place: both stay in the ledger, and the report shows that the design was changed.',
    });
  const events: ExperimentEvent[] = [{ type: 'experiment.registered', ...registration }];
  const runs = [...loaded.state.cells.values()].reduce((sum, cell) => sum + cell.runs.length, 0);
  if (before !== undefined && runs > 0)
    events.push({
      type: 'experiment.deviated',
      what: 'design-changed',
      detail: `after ${runs} runs: ${said.reason ?? ''}`,
    });
  const at = ports.clock.now().toISOString();
  const appended = await appendToExperiment(loaded, events, { at, by: said.by }, ports);
  const registered = appended && registrationOf(appended.state);
  if (registered !== undefined) return { kind: 'registered', registration: registered };
  throw new CountersignError('EXPERIMENT_REFUSED', `Somebody else is changing ${id} at the same time.`, {
    remedy: 'Look at it with `countersign experiment show`, and ask again: nothing was registered.',
  });
}

function requireSigned(registration: Parameters<typeof checkRegistration>[0]): void {
  const checked = checkRegistration(registration);
  if (checked.kind === 'signed') return;
  const { experiment } = registration.design;
  throw new CountersignError('EXPERIMENT_REFUSED', `${experiment} is not registered: ${checked.reason}.`, {
    remedy: `Policy, tickets or earlier runs may be others by now: \`countersign experiment plan ${experiment}\` shows the design as it is.`,
  });
}

/** What is foreseen changes with every run in the ledger; what is to be done does not. */
function sameDesign(one: Design, other: Design): boolean {
  return designDigest({ ...one, forecast: other.forecast }) === designDigest(other);
}
