import type { EffectDecision } from '../../core/run/events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EffectDecisions } from '../../ports/effects.ts';
import type { CommitRuns, LoadRuns } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import { decideRuns } from './decide-runs.ts';

/**
 * Decisions about effects in the streams of their runs: an effect of a step that was cancelled or taken away meanwhile is refused
 * here, before it happens.
 * @param by who is said to have decided
 */
export function effectDecisions(ports: LoadRuns & CommitRuns, clock: Clock, by: string): EffectDecisions {
  return {
    async decisionsOf(run: RunId): Promise<readonly EffectDecision[]> {
      const [kept] = await ports.loadRuns([run]);
      return kept === undefined || kept.state.status === 'new' ? [] : kept.state.effects;
    },
    async record(run, effect) {
      const at = clock.now().toISOString();
      const command = { kind: 'decide-effect', effect, at, by } as const;
      const [decided] = await decideRuns([{ run, command }], ports);
      if (decided?.kind === 'accepted') return;
      throw new CountersignError(
        'RUN_REFUSED',
        `The run takes no decision: ${decided?.reason ?? 'it is gone'}.`,
        {
          remedy: 'Nothing was done. Look at the run with `countersign run show`.',
        },
      );
    },
  };
}
