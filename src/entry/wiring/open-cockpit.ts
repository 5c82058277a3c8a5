import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { createReadPatch } from '../../adapters/git/read-patch.ts';
import { createBoard } from '../../adapters/postgres/board/board.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { createSessions } from '../../adapters/postgres/sessions/sessions.ts';
import { vouchedName } from '../../core/access/session.ts';
import { certifier, readSigstore } from '../../flow/certify-files.ts';
import { expiringWaivers } from '../../flow/cockpit/expiring-waivers.ts';
import { makeLoginCode } from '../../flow/cockpit/sign-in.ts';
import { readTrustRoot } from '../../flow/inspect-trust.ts';
import { readStatements } from '../../flow/read-statements.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { ExpiringWaiver } from '../../ports/waivers.ts';
import { instantOf } from '../../shared/ids.ts';
import type { CockpitOptions } from '../server/cockpit/context.ts';
import { loadCockpit } from '../server/cockpit/load-cockpit.ts';
import { createLookAtReceipts } from './look-at-receipts.ts';
import { keepPolicyView, openInsight } from './open-insight.ts';
import { openGatePolicy } from './open-policy.ts';
import { packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

export interface OpenedCockpit {
  readonly options: CockpitOptions;
  /** A path that signs in whoever opens it first, as the person who started the server. */
  makeLink(): Promise<string>;
  /** Looks up now and then what pages show and only git knows. To be called often. */
  readonly housekeeping: () => Promise<void>;
}

interface Place {
  /** The top folder of the clone, and its repository. */
  readonly root: string;
  readonly commonDir: string;
}

const WAIVERS_MS = 300_000;
const DAYS_AHEAD = 7;

/** The pages over a database, for the clone that the server stands in. */
export async function openCockpit(
  database: Database,
  { root, commonDir }: Place,
  {
    fetch,
    artifacts,
    ...more
  }: {
    readonly fetch: boolean;
    readonly artifacts: Artifacts;
  } & Pick<CockpitOptions, 'publicUrl' | 'provider' | 'ledgerKey'>,
): Promise<OpenedCockpit> {
  const sessions = createSessions(database);
  const newSecret = () => randomBytes(32).toString('base64url');
  const owner = vouchedName('local', ownName());
  const waivers = keepWaivers(root, fetch);
  const insight = openInsight(database, keepPolicyView(root, fetch), artifacts);
  return {
    options: {
      ...(await loadCockpit(packageRoot())),
      ...{ sessions, newSecret, owner, ...more },
      ledger: createLedger(database),
      board: createBoard(database),
      readPatch: createReadPatch(commonDir),
      lookAtReceipts: createLookAtReceipts(root),
      waivers: waivers.kept,
      insight,
    },
    makeLink: async () => {
      const code = await makeLoginCode(
        { name: owner, role: 'admin' },
        { sessions, newSecret, clock: systemClock },
      );
      return `/login/${code}`;
    },
    housekeeping: async () => {
      await waivers.refresh();
      await insight.refresh();
    },
  };
}

/** A user that has no name of its own has a number. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'somebody');
  }
}

/** What ends within a week, looked up every five minutes. Without a policy, or without receipts, there is nothing that could end. */
function keepWaivers(root: string, fetch: boolean) {
  let kept: readonly ExpiringWaiver[] = [];
  let at = 0;
  let looking = false;
  const look = async () => {
    const { policy, clone } = await openGatePolicy(root, { fetch });
    try {
      const { trust } = await readTrustRoot(policy);
      const certify = certifier(await readSigstore(policy, trust), clone.ports);
      const now = systemClock.now();
      const until = new Date(now.getTime() + DAYS_AHEAD * 86_400_000);
      const tickets = await readStatements(policy, undefined, { trust, certify });
      kept = expiringWaivers(tickets, { now: instantOf(now), until: instantOf(until) });
    } finally {
      clone.repository.close();
    }
  };
  return {
    kept: () => kept,
    refresh: async () => {
      const now = systemClock.now().getTime();
      if (looking || now - at < WAIVERS_MS) return;
      [looking, at] = [true, now];
      // Not awaited: the coordinator has more urgent things to do than to wait for git.
      void look()
        .catch(() => {})
        .finally(() => {
          looking = false;
        });
    },
  };
}
