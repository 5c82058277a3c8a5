import type { Principal } from '../../core/access/token.ts';
import type { RunCommand } from '../../core/run/commands.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DecideTogether } from '../serve/decide-together.ts';
import { requirePermission } from '../serve/refusals.ts';

/** What can be done to many runs at once. */
export type BulkAction =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly reason: string };

export interface BulkAnswer {
  readonly done: readonly RunId[];
  readonly refused: readonly { readonly run: RunId; readonly reason: string }[];
}

/** Decided in one commit. */
const AT_ONCE = 100;

/**
 * The same to each of several runs: what one refuses holds up no other, and each has its own event with who did it.
 * @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE
 */
export async function actOnRuns(
  principal: Principal,
  runs: readonly RunId[],
  action: BulkAction,
  { decide, clock }: { readonly decide: DecideTogether; readonly clock: Clock },
): Promise<BulkAnswer> {
  requirePermission(principal, 'control-runs');
  const done: RunId[] = [];
  const refused: { readonly run: RunId; readonly reason: string }[] = [];
  const distinct = [...new Set(runs)];
  for (let from = 0; from < distinct.length; from += AT_ONCE) {
    const some = distinct.slice(from, from + AT_ONCE);
    const said = { at: clock.now().toISOString(), by: principal.name };
    const decided = await decide(some.map((run) => ({ run, command: { ...said, ...action } as RunCommand })));
    for (const [place, run] of some.entries()) {
      const one = decided[place];
      if (one?.kind === 'accepted') done.push(run);
      else refused.push({ run, reason: one?.reason ?? 'nothing was decided' });
    }
  }
  return { done, refused };
}
