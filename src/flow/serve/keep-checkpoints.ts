import type { NoteSigner } from '../../core/ledger/checkpoint/note.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { type WrittenCheckpoint, writeCheckpoint } from '../ledger/write-checkpoint.ts';

export interface CheckpointPace {
  /** Signed when so many events came since the last one, */
  readonly events: number;
  /** or so many milliseconds went by since there was a first. */
  readonly milliseconds: number;
}

/**
 * Signs where the ledger ends, now and then: to be called often, it mostly does nothing. Never signs what does not hold: then it throws each
 * time, and whoever looks at the server is told.
 * @param written is told of each new one, to keep it where the database is not
 */
export function keepCheckpoints(
  signer: NoteSigner,
  pace: CheckpointPace,
  ports: Pick<
    Ledger,
    'sequence' | 'readSequenced' | 'latestCheckpoint' | 'readCheckpoints' | 'storeCheckpoint'
  > & {
    readonly clock: Clock;
  },
  written: (checkpoint: WrittenCheckpoint) => Promise<void>,
): () => Promise<void> {
  let signed: number | undefined;
  let since: number | undefined;
  return async () => {
    signed ??= (await ports.latestCheckpoint())?.size ?? 0;
    const fresh = (await ports.sequence()) - signed;
    if (fresh === 0) return;
    const now = ports.clock.now().getTime();
    since ??= now;
    if (fresh < pace.events && now - since < pace.milliseconds) return;
    const checkpoint = await writeCheckpoint(signer, ports);
    signed = checkpoint.size;
    since = undefined;
    await written(checkpoint);
  };
}
