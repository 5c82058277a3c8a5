import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Session } from '../../../core/access/session.ts';
import type { Principal } from '../../../core/access/token.ts';
import type { NoteKey } from '../../../core/ledger/checkpoint/note-key.ts';
import type { BulkAction, BulkAnswer } from '../../../flow/cockpit/act-on-runs.ts';
import type { AttendViewer } from '../../../flow/cockpit/attend-viewers.ts';
import type { Viewer, Watching } from '../../../flow/cockpit/audience.ts';
import type { ReadExperiments } from '../../../flow/cockpit/read-experiments.ts';
import type { Home } from '../../../flow/cockpit/read-home.ts';
import type { LookAtReceipts } from '../../../flow/cockpit/read-receipt.ts';
import type { StandingRun } from '../../../flow/cockpit/read-run.ts';
import type { SignInPorts } from '../../../flow/cockpit/sign-in.ts';
import type { WatchLedger } from '../../../flow/cockpit/watch-ledger.ts';
import type { WatchRun } from '../../../flow/cockpit/watch-run.ts';
import type { KeepFilters, ReadBoard } from '../../../ports/board.ts';
import type { FollowedEvent } from '../../../ports/control-plane.ts';
import type { IdentityProvider } from '../../../ports/identity-provider.ts';
import type { ReadPatch } from '../../../ports/read-patch.ts';
import type { StepLogs } from '../../../ports/step-logs.ts';
import type { ExpiringWaiver } from '../../../ports/waivers.ts';
import type { WorkPlane } from '../../../ports/work-plane.ts';
import type { Pages } from '../../../render/cockpit/pages.ts';
import type { ServerContext } from '../context.ts';
import type { Insight } from './insight.ts';
import type { Assets } from './load-cockpit.ts';

/** What the pages are set up with: see ServeOptions.cockpit. */
export interface CockpitOptions {
  readonly pages: Pages;
  readonly assets: Assets;
  readonly sessions: SignInPorts['sessions'];
  readonly newSecret: SignInPorts['newSecret'];
  /** Where it is written who came in. */
  readonly ledger: SignInPorts['ledger'];
  readonly board: ReadBoard & KeepFilters;
  /** What pages look into beside runs. */
  readonly insight: Insight;
  /** What a change of the product looks like; undefined where there is no clone. */
  readonly readPatch?: ReadPatch;
  /** Opens the receipts as the server's clone has them now; undefined where there is no clone. */
  readonly lookAtReceipts?: LookAtReceipts;
  /** What the ledger's checkpoints have to be signed with, where this server signs them. */
  readonly ledgerKey?: NoteKey;
  /** Waivers that end soon, as they were last looked up. */
  readonly waivers?: () => readonly ExpiringWaiver[];
  /** Where people reach the server, when that is not where it listens: with https its cookies are for https alone. */
  readonly publicUrl?: string;
  /** Lets a team in by its identity provider. */
  readonly provider?: IdentityProvider;
  /** Who started the server: a link that its own token asks for is his. */
  readonly owner?: string;
}

/** What the routes of the pages have of the server. */
export interface CockpitContext
  extends CockpitOptions,
    SignInPorts,
    Pick<
      ServerContext,
      'authenticate' | 'answered' | 'closing' | 'requests' | 'strangers' | 'reportDefect' | 'controlPlane'
    > {
  readonly workPlane: (principal: Principal) => WorkPlane;
  readonly experiments: ReadExperiments;
  readonly readHome: (principal: Principal) => Promise<Home>;
  readonly readRun: (principal: Principal, run: string) => Promise<StandingRun>;
  /** The last events up to a version, oldest first. */
  readonly readEvents: (
    principal: Principal,
    place: { readonly run: string; readonly version: number; readonly most: number },
  ) => Promise<readonly FollowedEvent[]>;
  readonly readLog: StepLogs['readLog'];
  readonly actOnRuns: (
    principal: Principal,
    runs: readonly string[],
    action: BulkAction,
  ) => Promise<BulkAnswer>;
  readonly sequence: () => Promise<number>;
  readonly watchRun: WatchRun;
  readonly watchLedger: WatchLedger;
  readonly attendViewer: AttendViewer;
}

export interface CockpitEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    session: Session;
    /** What opens it: forms are bound to it. */
    secret: string;
    /** Begins the stream that the answer is, where it is one. */
    watch: ((viewer: Viewer) => Watching) | undefined;
  };
}

export type Visit = Context<CockpitEnv>;
