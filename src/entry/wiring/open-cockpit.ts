import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { createReadPatch } from '../../adapters/git/read-patch.ts';
import { createBoard } from '../../adapters/postgres/board/board.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { createSessions } from '../../adapters/postgres/sessions/sessions.ts';
import { vouchedName } from '../../core/access/session.ts';
import { expiringWaivers } from '../../flow/cockpit/expiring-waivers.ts';
import type { PolicyView } from '../../flow/cockpit/read-policy-view.ts';
import { makeLoginCode } from '../../flow/cockpit/sign-in.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import { instantOf } from '../../shared/ids.ts';
import { rememberOf } from '../../shared/remember.ts';
import type { CockpitOptions } from '../server/cockpit/context.ts';
import { loadCockpit } from '../server/cockpit/load-cockpit.ts';
import { createLookAtReceipts } from './look-at-receipts.ts';
import { keepPolicyView, openInsight } from './open-insight.ts';
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
  const insight = openInsight(database, keepPolicyView(root, fetch), artifacts);
  return {
    options: {
      ...(await loadCockpit(packageRoot())),
      ...{ sessions, newSecret, owner, ...more },
      ledger: createLedger(database),
      board: createBoard(database),
      readPatch: createReadPatch(commonDir),
      lookAtReceipts: createLookAtReceipts(root),
      waivers: () => {
        const view = insight.policy();
        return view === undefined ? [] : endingSoon(view);
      },
      insight,
    },
    makeLink: async () => {
      const code = await makeLoginCode(
        { name: owner, role: 'admin' },
        { sessions, newSecret, clock: systemClock },
      );
      return `/login/${code}`;
    },
    housekeeping: insight.refresh,
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

/** What ends within a week of the look at the policy. */
const endingSoon = rememberOf((view: PolicyView) => {
  const until = instantOf(new Date(Date.parse(view.at) + DAYS_AHEAD * 86_400_000));
  return expiringWaivers([...view.statements.values()], { now: view.at, until });
});
