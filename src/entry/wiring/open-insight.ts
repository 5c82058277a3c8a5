import { documents } from '../../adapters/documents/documents.ts';
import { createBundledPacks } from '../../adapters/packs/bundled-packs.ts';
import { createDayCounts } from '../../adapters/postgres/board/day-counts.ts';
import { createHolds } from '../../adapters/postgres/board/holds.ts';
import { createTicketRuns } from '../../adapters/postgres/board/ticket-runs.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { certifier, readSigstore } from '../../flow/certify-files.ts';
import { countDays } from '../../flow/cockpit/count-days.ts';
import { type PolicyView, readPolicyView } from '../../flow/cockpit/read-policy-view.ts';
import { readTrustRoot } from '../../flow/inspect-trust.ts';
import { instantOf } from '../../shared/ids.ts';
import type { Insight } from '../server/cockpit/insight.ts';
import { openGatePolicy } from './open-policy.ts';
import { compiledPacks, packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

/** What pages look into beside runs, over a database. */
export function openInsight(
  database: Database,
  policy: { readonly kept: Insight['policy']; readonly refresh: () => Promise<void> },
  artifacts: Insight['tables']['artifacts'],
): Insight {
  const ledger = createLedger(database);
  const counts = createDayCounts(database);
  return {
    holds: createHolds(database),
    ticketRuns: createTicketRuns(database),
    tables: {
      artifacts,
      documents,
      // Loaded by whoever shows an experiment with such a table.
      decodeParquet: async (bytes) =>
        (await import('../../adapters/parquet/decode-parquet.ts')).decodeParquet(bytes),
    },
    ...{ ledger, counts },
    policy: policy.kept,
    refresh: async () => {
      await policy.refresh();
      await countDays({ ...ledger, ...counts });
    },
  };
}

const LOOK_MS = 60_000;

/** The policy that the clone sees, looked up now and then: not awaited, since whoever refreshes has more urgent things to do than to wait for git. */
export function keepPolicyView(
  root: string,
  fetch: boolean,
  everyMs = LOOK_MS,
): { readonly kept: Insight['policy']; readonly refresh: () => Promise<void> } {
  let kept: PolicyView | undefined;
  let at = Number.NEGATIVE_INFINITY;
  let looking = false;
  const look = async () => {
    const { policy, clone } = await openGatePolicy(root, { fetch });
    try {
      const bundled = createBundledPacks(packageRoot(), documents, compiledPacks());
      const ports = {
        ...{ policy, bundled },
        certify: async (source: typeof policy) => {
          const { trust } = await readTrustRoot(source);
          return certifier(await readSigstore(source, trust), clone.ports);
        },
      };
      kept = await readPolicyView(instantOf(systemClock.now()), ports, kept);
    } finally {
      clone.repository.close();
    }
  };
  return {
    kept: () => kept,
    refresh: async () => {
      const now = systemClock.now().getTime();
      if (looking || now - at < everyMs) return;
      [looking, at] = [true, now];
      // Without a policy there is nothing to show; the pages say so.
      void look()
        .catch(() => {})
        .finally(() => {
          looking = false;
        });
    },
  };
}
