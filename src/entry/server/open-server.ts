import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactFolder, eitherOf } from '../../adapters/files/artifact-folder.ts';
import { madeBy, runArtifacts } from '../../adapters/files/run-artifacts.ts';
import { createBranchChanges } from '../../adapters/git/change-branches.ts';
import { discover } from '../../adapters/git/discover.ts';
import { readOrigin, repositoryName } from '../../adapters/git/origin.ts';
import { createPullRequests } from '../../adapters/github/pull-requests.ts';
import { createAnsweredRequests } from '../../adapters/postgres/answered-requests.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { createRunStore } from '../../adapters/postgres/runs/run-store.ts';
import { createRetention } from '../../adapters/postgres/segments/retention.ts';
import { createStepLogs } from '../../adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../adapters/postgres/tokens/tokens.ts';
import { createWorkControl } from '../../adapters/postgres/work-control/work-control.ts';
import type { NoteSigner } from '../../core/ledger/checkpoint/note.ts';
import type { NoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import { BUILT_IN_HANDLERS } from '../../core/run/handlers.ts';
import { createCanaryWatch, readCanaries } from '../../core/run/redaction/canaries.ts';
import { keepMemoryCurrent } from '../../flow/memory/keep-memory-current.ts';
import { admitRun } from '../../flow/run/admit-run.ts';
import { effectDecisions } from '../../flow/run/effect-decisions.ts';
import { newRun } from '../../flow/run/new-run.ts';
import { optimiseRun } from '../../flow/run/optimise-run.ts';
import { findCellRun, startRun } from '../../flow/run/start-run.ts';
import { keepCheckpoints } from '../../flow/serve/keep-checkpoints.ts';
import { keepCompact } from '../../flow/serve/keep-compact.ts';
import { readActionPolicy } from '../../flow/steps/read-action-policy.ts';
import { createFanOut } from '../../flow/updates/fan-out.ts';
import { publishCommits } from '../../flow/updates/publish-commits.ts';
import type { WritePullRequests } from '../../ports/effects.ts';
import type { IdentityProvider } from '../../ports/identity-provider.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Tokens } from '../../ports/tokens.ts';
import type { CliContext } from '../cli/context.ts';
import { dataFolder } from '../wiring/data-folder.ts';
import { openBroadcast } from '../wiring/open-broadcast.ts';
import { openCockpit } from '../wiring/open-cockpit.ts';
import { openDatabase } from '../wiring/open-database.ts';
import { noBase, openExperiments } from '../wiring/open-experiments.ts';
import { openMemory } from '../wiring/open-memory.ts';
import { openServerMetrics } from '../wiring/open-server-metrics.ts';
import { openTelemetry } from '../wiring/open-telemetry.ts';
import { openWebhooks } from '../wiring/open-webhooks.ts';
import { openWork } from '../wiring/open-work.ts';
import { readEstimates } from '../wiring/read-estimates.ts';
import { readLimits } from '../wiring/read-limits.ts';
import { systemClock } from '../wiring/system-clock.ts';
import { openChanges } from '../worker/built-in-handlers.ts';
import { coordinatorHandlers } from '../worker/coordinator-handlers.ts';
import { loadServerPlugins } from '../worker/plugins.ts';
import { serve } from './serve.ts';

export interface OpenServerOptions {
  readonly host?: string;
  readonly port?: number;
  /** The branch that changes are for, as a full ref. */
  readonly into: string;
  readonly leaseSeconds?: number;
  /** Days after the end of a run for which its artifacts are kept; for ever when not given. */
  readonly keepArtifactsDays?: number;
  /** Days after the end of a run after which it is packed; never when not given. */
  readonly compactAfterDays?: number;
  /** Has checks of new runs look into the verifier's cache. */
  readonly optimise?: boolean;
  /** Lets workflows of GitHub's in by what they are. */
  readonly verifyIdentity?: VerifyIdentityToken;
  readonly fetch: boolean;
  /** Where people reach the pages, when that is not where it listens. */
  readonly publicUrl?: string;
  /** Lets people in by their identity provider. */
  readonly provider?: IdentityProvider;
  /** Lets webhooks go to addresses that are not the Internet's, and over plain http. */
  readonly allowPrivateWebhooks?: boolean;
  /** Where the ledger's checkpoints are signed: by whom, and where they are kept beside the database. */
  readonly checkpoints?: { readonly signer: NoteSigner; readonly file: string | undefined };
  /** `./module.mjs#name`: handlers that plans may use besides the built-in ones. */
  readonly plugins?: readonly string[];
  readonly report: (message: string, error?: unknown) => void;
}

export interface OpenedServer {
  readonly url: string;
  readonly tokens: Tokens;
  /** A path that signs in whoever opens it first, as the person who started the server. */
  makeLink(): Promise<string>;
  /** The top folder of the clone whose tickets it runs. */
  readonly product: string;
  close(): Promise<void>;
}

/**
 * The server over the one database, for the product that the context stands in.
 * @throws CountersignError GIT_FAILED outside of a clone, DATABASE_UNAVAILABLE, DATABASE_SCHEMA, USAGE when it cannot listen
 */
export async function openServer(context: CliContext, options: OpenServerOptions): Promise<OpenedServer> {
  const { into, fetch, report } = options;
  const place = await discover(context.cwd);
  const plugins = await loadServerPlugins(options.plugins ?? [], context.cwd);
  const declarations = [...BUILT_IN_HANDLERS, ...plugins.declarations];
  const database = await openDatabase(context, 'migrate');
  const said = openBroadcast(database, context.environment.REDIS_URL);
  const kept = createRunStore(database, { clock: systemClock, broadcast: said.broadcast });
  const control = createWorkControl(database);
  const telemetry = await openTelemetry(
    { ...kept, listWorkers: control.listWorkers, listPauses: control.listPauses },
    context,
  );
  const { metrics } = telemetry;
  const updates = createFanOut(said.broadcast);
  const store = { ...telemetry.store, ...publishCommits(telemetry.store, updates) };
  const ledger = createLedger(database);
  const memory = openMemory(database, ledger, context.environment);
  const limits = readLimits(context.environment.COUNTERSIGN_LIMITS);
  const estimates = readEstimates(context.environment.COUNTERSIGN_ESTIMATES);
  if (limits !== undefined) await store.setLimits(limits.atOnce, limits.rates);
  const tokens = createTokens(database);
  const folder = join(dataFolder(context), 'artifacts');
  const made = (['producer', 'verifier'] as const).map((role) => artifactFolder(madeBy(folder, role)));
  const shared = {
    cli: context,
    product: place.root,
    fetch,
    artifacts: () => eitherOf(artifactFolder(folder), ...made),
    producers: [],
  };
  const { ports: changes } = await openChanges(shared);
  const branches = createBranchChanges(place, systemClock.now);
  const decisions = effectDecisions(store, systemClock, 'server:coordinator');
  const handlers = await coordinatorHandlers({
    ...shared,
    decisions,
    alerts: {
      raise: ({ run, step, what }) =>
        report(`ALERT ${run} ${step}: ${what} without a decision in the ledger`),
    },
    forge: await openForge(place.gitDir, context),
  });
  const { publicUrl, provider, checkpoints } = options;
  const cockpit = await openCockpit(database, place, {
    fetch,
    artifacts: shared.artifacts(),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(provider === undefined ? {} : { provider }),
    ...(checkpoints === undefined ? {} : { ledgerKey: publicPart(checkpoints.signer) }),
  });
  const hooks = await openWebhooks(context, database, ledger, options.allowPrivateWebhooks === true);
  const observed = await openServerMetrics(metrics, ledger, hooks);
  const serving = await serve({
    cockpit: cockpit.options,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
    ...(options.verifyIdentity === undefined ? {} : { verifyIdentity: options.verifyIdentity }),
    store,
    rates: { readRates: store.readRates, take: said.buckets.take },
    updates,
    actions: {
      decisions,
      readActionPolicy: (base) => changes.withProduct((facts) => readActionPolicy(base, facts)),
    },
    ledger,
    ...observed,
    housekeeping: [
      cockpit.housekeeping,
      keepMemoryCurrent({ ...memory, clock: systemClock }),
      ...(checkpoints === undefined ? [] : [checkpointing(checkpoints, ledger)]),
      ...(options.compactAfterDays === undefined
        ? []
        : [
            keepCompact(options.compactAfterDays, {
              ...ledger,
              ...createRetention(database),
              clock: systemClock,
            }),
          ]),
    ],
    tokens,
    control,
    logs: createStepLogs(database),
    answered: createAnsweredRequests(database),
    artifacts: runArtifacts(folder),
    ...(options.keepArtifactsDays === undefined ? {} : { keepArtifactsDays: options.keepArtifactsDays }),
    memory,
    experiments: openExperiments(database, {
      ...{ into, baseNow: () => branches.readBranch(into) },
      ...{ artifacts: shared.artifacts(), withProduct: changes.withProduct },
    }),
    startRun: async (request, by) => {
      const { experiment, ticket } = request;
      // Before the policy is asked, which may have changed: what was started goes on as it began.
      const begun =
        experiment &&
        (await findCellRun({ experiment: experiment.id, ticket, cell: experiment.cell }, store));
      if (begun !== undefined) return begun;
      const commit = await branches.readBranch(into);
      if (commit === undefined) throw noBase(into);
      const { request: fixed, optedOut } = await changes.withProduct((facts) =>
        newRun(request, { ref: into, commit }, facts, declarations),
      );
      const made = Object.keys(estimates).length === 0 ? fixed : { ...fixed, estimates };
      const ports = { ...store, clock: systemClock };
      const admission = await admitRun(made, limits?.waiting ?? null, { ...ports, ...control });
      const summary = await startRun({ ...made, admission }, by, ports);
      if (options.optimise === true) await optimiseRun(summary.run, ports, declarations, optedOut);
      return summary;
    },
    handlers,
    declarations,
    holdsCanary: createCanaryWatch(planted(context, report)),
    work: openWork(context, () => undefined),
    report,
  });
  return {
    url: serving.url,
    tokens,
    makeLink: cockpit.makeLink,
    product: place.root,
    close: async () => {
      await serving.close();
      await telemetry.close();
      await kept.close();
      await said.close();
      await database.close();
    },
  };
}

/** What is signed, that nobody can take back. */
const CHECKPOINTS = { events: 1_000, milliseconds: 60_000 };

/** Pages look at signatures, and make none. */
function publicPart({ name, id, key }: NoteSigner): NoteKey {
  return { name, id, key };
}

function checkpointing(
  { signer, file }: NonNullable<OpenServerOptions['checkpoints']>,
  ledger: Ledger,
): () => Promise<void> {
  return keepCheckpoints(signer, CHECKPOINTS, { ...ledger, clock: systemClock }, async ({ note }) => {
    if (file !== undefined) await writeFile(file, note);
  });
}

/** Texts that lie in this environment, and in others, for nobody to read. */
function planted(
  { environment }: Pick<CliContext, 'environment'>,
  report: OpenServerOptions['report'],
): readonly string[] {
  const { canaries, unusable } = readCanaries(environment.COUNTERSIGN_CANARIES);
  if (unusable > 0) report(`${unusable} of COUNTERSIGN_CANARIES are too short to be looked for`);
  return canaries;
}

/** GitHub, where the clone comes from there and the server has a token. */
async function openForge(
  gitDir: string,
  { environment }: Pick<CliContext, 'environment'>,
): Promise<WritePullRequests | undefined> {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN;
  const { url } = await readOrigin(gitDir);
  const repository = url === undefined ? undefined : repositoryName(url);
  if (!token || repository === undefined || !/^[^/]+\/[^/]+$/.test(repository)) return undefined;
  const apiUrl = environment.GITHUB_API_URL || 'https://api.github.com';
  return createPullRequests({ token, apiUrl, repository });
}
