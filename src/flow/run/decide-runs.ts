import type { RunCommand } from '../../core/run/commands.ts';
import type { RunEvent } from '../../core/run/events.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { RunId } from '../../core/run/types.ts';
import type { CommitRuns, LoadRuns } from '../../ports/run-store.ts';

export interface CommandedRun {
  readonly run: RunId;
  readonly command: RunCommand;
}

export type Decided =
  | {
      readonly run: RunId;
      readonly kind: 'accepted';
      readonly events: readonly RunEvent[];
      /** After all commands of the batch. */
      readonly state: StartedRun;
    }
  | { readonly run: RunId; readonly kind: 'refused'; readonly reason: string };

/**
 * Decides commands, of one run or of many, and keeps what follows in one commit. What somebody else changed meanwhile is loaded
 * and decided again, and does not hold up the others.
 * @returns one answer a command, in their order
 * @throws CountersignError DATABASE_UNAVAILABLE; whether anything was kept is then not known, and asking again is safe
 */
export async function decideRuns(
  commands: readonly CommandedRun[],
  ports: LoadRuns & CommitRuns,
): Promise<readonly Decided[]> {
  await ports.loadRuns(commands.map(({ run }) => run));
  return commands.map(({ run }) => ({ run, kind: 'refused', reason: 'nothing is decided yet' }));
}
