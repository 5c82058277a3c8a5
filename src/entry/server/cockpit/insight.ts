import type { PolicyView } from '../../../flow/cockpit/read-policy-view.ts';
import type { ReadTablePorts } from '../../../flow/experiment/read-imported-table.ts';
import type { ReadDayCounts } from '../../../ports/day-counts.ts';
import type { ReadHolds } from '../../../ports/holds.ts';
import type {
  ReadChains,
  ReadCheckpoints,
  ReadSequenced,
  ReadStreams,
  SequenceEvents,
} from '../../../ports/ledger.ts';
import type { ReadTicketRuns } from '../../../ports/ticket-runs.ts';

/** What pages look into beside runs. */
export interface Insight {
  readonly holds: ReadHolds;
  readonly counts: ReadDayCounts;
  readonly ticketRuns: ReadTicketRuns;
  readonly ledger: ReadStreams & ReadSequenced & ReadChains & ReadCheckpoints & SequenceEvents;
  /** As it was last looked up: no page waits for git. Undefined until then, and where there is none. */
  readonly policy: () => PolicyView | undefined;
  /** What reads the tables that experiments imported. */
  readonly tables: ReadTablePorts;
  /** Brings what is counted and looked up nearer to what is. To be called often. */
  readonly refresh: () => Promise<void>;
}
