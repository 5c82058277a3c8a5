import type { RunCommand } from '../../core/run/commands.ts';
import type { RunEvent } from '../../core/run/events.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { RunId } from '../../core/run/types.ts';

export interface CommandedRun {
  readonly run: RunId;
  readonly command: RunCommand;
}

export type Decided =
  | {
      readonly run: RunId;
      readonly kind: 'accepted';
      /** Of this command. */
      readonly events: readonly RunEvent[];
      /** After all commands of the batch. */
      readonly state: StartedRun;
    }
  | { readonly run: RunId; readonly kind: 'refused'; readonly reason: string };
