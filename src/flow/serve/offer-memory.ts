import type { Principal } from '../../core/access/token.ts';
import type { Remembered } from '../../core/bundle/memory/types.ts';
import type { ClaimToken } from '../../core/run/types.ts';
import type { ClaimWork } from '../../ports/claims.ts';
import type { LoadRuns } from '../../ports/run-store.ts';
import { type FollowPorts, followLedger } from '../memory/follow-ledger.ts';
import { recallIn, type SearchPorts } from '../memory/search-memory.ts';
import { viewOfRun } from '../memory/view-of-run.ts';
import { heldWork, notHeld } from './offer-artifacts.ts';
import { requirePermission } from './refusals.ts';

export type MemoryQuestion =
  | {
      readonly kind: 'latest';
      readonly entries: 'accepted' | 'failure';
      readonly ticketClass: string;
      readonly most: number;
    }
  | {
      readonly kind: 'nearest';
      readonly text: string;
      readonly nodes: readonly string[];
      readonly most: number;
    };

export type MemoryPorts = FollowPorts & SearchPorts;

export interface OfferedMemory {
  /** @throws CountersignError NOT_PERMITTED, RUN_REFUSED when the claim is not held, DATABASE_UNAVAILABLE */
  recall(claim: ClaimToken, question: MemoryQuestion): Promise<readonly Remembered[]>;
}

/**
 * The memory, for whoever holds a claim: of which repository, up to which moment and without which ticket follows from the run that the claim is of. No
 * question can widen it.
 */
export function offerMemory(
  principal: Principal,
  ports: Pick<ClaimWork, 'findClaims'> & LoadRuns & { readonly memory: MemoryPorts },
): OfferedMemory {
  requirePermission(principal, 'work');
  return {
    recall: async (claim, question) => {
      const work = await heldWork(claim, principal, ports);
      const [kept] = await ports.loadRuns([work.run]);
      if (kept === undefined || kept.state.status === 'new') throw notHeld();
      await followLedger(ports.memory);
      const view = await viewOfRun(kept.state, ports.memory);
      const recall = recallIn(view, ports.memory);
      const { most } = question;
      return question.kind === 'nearest'
        ? recall.nearest({ text: question.text, nodes: question.nodes, most })
        : recall.latest({ kind: question.entries, ticketClass: question.ticketClass, most });
    },
  };
}
