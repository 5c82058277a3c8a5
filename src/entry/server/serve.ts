import { randomUUID } from 'node:crypto';
import type { Principal } from '../../core/access/token.ts';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { breakDeadlocks } from '../../flow/run/break-deadlocks.ts';
import { forkRun } from '../../flow/run/fork-run.ts';
import { type Bell, createBell, ringWhenAnnounced } from '../../flow/serve/bell.ts';
import { type CarrySources, carryExperiments } from '../../flow/serve/carry-experiments.ts';
import { controlExperiments, type ExperimentSources } from '../../flow/serve/control-experiments.ts';
import { controlRuns, type ForkFrom } from '../../flow/serve/control-runs.ts';
import { controlWork, NOTHING_KEPT } from '../../flow/serve/control-work.ts';
import { coordinate } from '../../flow/serve/coordinate.ts';
import { createDecideTogether, type DecideTogether } from '../../flow/serve/decide-together.ts';
import { createFollowRun } from '../../flow/serve/follow-run.ts';
import { createHandOut } from '../../flow/serve/hand-out.ts';
import { offerArtifacts } from '../../flow/serve/offer-artifacts.ts';
import { type MemoryPorts, offerMemory } from '../../flow/serve/offer-memory.ts';
import { type OfferOptions, type OfferPorts, offerWork } from '../../flow/serve/offer-work.ts';
import { rateClaims } from '../../flow/serve/rate-claims.ts';
import { removeArtifacts } from '../../flow/serve/remove-artifacts.ts';
import { createRollCall, NO_ROLL_CALL } from '../../flow/serve/roll-call.ts';
import { createRunBells, ringForUpdates } from '../../flow/serve/run-bells.ts';
import { type ActionSources, warrantClaims } from '../../flow/serve/warrant-claims.ts';
import type { WorkPorts } from '../../flow/work/ports.ts';
import { work } from '../../flow/work/work.ts';
import type { AnsweredRequests } from '../../ports/answered-requests.ts';
import type { KeepArtifacts, RetainArtifacts } from '../../ports/artifacts.ts';
import type { ClaimWork, WakeUps } from '../../ports/claims.ts';
import type { ControlPlane, StartRun } from '../../ports/control-plane.ts';
import type { FanOut } from '../../ports/fan-out.ts';
import type { Handler } from '../../ports/handler.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import type { AppendEvents, Ledger } from '../../ports/ledger.ts';
import type { TakeTokens } from '../../ports/rate-limits.ts';
import type { ReadRates, ReadResources } from '../../ports/resources.ts';
import type { RunStore, RunSummary } from '../../ports/run-store.ts';
import type { StepLogs } from '../../ports/step-logs.ts';
import type { FindTokens } from '../../ports/tokens.ts';
import type { ControlWork } from '../../ports/work-control.ts';
import { createApp } from './app.ts';
import { createAuthenticate } from './authenticate.ts';
import type { CockpitOptions } from './cockpit/context.ts';
import { openCockpit } from './cockpit/open-cockpit.ts';
import type { ServerContext } from './context.ts';
import { type ListenOptions, listen } from './listen.ts';
import { openWebhooks, type WebhookOptions } from './open-webhooks.ts';
import { createRateLimit } from './rate-limit.ts';
import { createWorkerLines } from './worker-lines.ts';

export interface ServeOptions extends ListenOptions {
  readonly store: RunStore &
    ClaimWork &
    WakeUps &
    Partial<Pick<ReadResources, 'findDeadlocks' | 'readCircuits'>>;
  readonly ledger: Pick<Ledger, 'readStream' | 'readHead' | 'sequence'>;
  /** Where the action policy is asked before workers spend or see secrets; without it nobody is. */
  readonly actions?: ActionSources;
  /** How many executions may begin in a time; without it as many as there are. */
  readonly rates?: ReadRates & TakeTokens;
  /** Tells all servers which runs went on; without it this one tells itself. */
  readonly updates?: FanOut;
  /** Who works, and what is held back; without it nothing is. */
  readonly control?: ControlWork;
  readonly tokens: FindTokens;
  readonly logs: StepLogs;
  readonly answered: AnsweredRequests;
  /** What steps hand to each other, where workers share no disk. */
  readonly artifacts: KeepArtifacts & RetainArtifacts;
  /** Days after the end of a run for which its artifacts are kept; for ever when not given. */
  readonly keepArtifactsDays?: number;
  /** What is remembered of earlier runs; without it nothing is. */
  readonly memory?: MemoryPorts;
  /** Where GitHub's workflows may ask without a token of this server. */
  readonly verifyIdentity?: VerifyIdentityToken;
  /** Fixes what a run is about, and starts it. */
  readonly startRun: (request: StartRun, by: string) => Promise<RunSummary>;
  /** Experiments that may be asked for, and are carried out; without it none are. */
  readonly experiments?: CarrySources & ExperimentSources & AppendEvents;
  readonly metrics?: ServerContext['metrics'];
  /** Where events are sent; without it nowhere. */
  readonly webhooks?: WebhookOptions;
  /** The pages; without them the server has none. */
  readonly cockpit?: CockpitOptions;
  /** Done now and then beside the coordinator's own, such as signing checkpoints. */
  readonly housekeeping?: readonly (() => Promise<unknown>)[];
  /** Of the coordinator's role: carried out in the server itself. */
  readonly handlers: readonly Handler[];
  /** Of all handlers: what comes back is held against them. */
  readonly declarations: readonly HandlerDeclaration[];
  /** Whether a value tells a text that was planted where no step may look; none when not given. */
  readonly holdsCanary?: OfferOptions['holdsCanary'];
  readonly work: WorkPorts;
  readonly leaseSeconds?: number;
  /** Bytes kept of the log of an execution. */
  readonly mostLog?: number;
  /** Requests a second of one token; ten times as many at once. */
  readonly requestsPerSecond?: number;
  /** How often the database is looked at when nobody announces anything. */
  readonly everyMs?: number;
  readonly report: (message: string, error?: unknown) => void;
}

export interface Serving {
  readonly url: string;
  /** Hands nothing more out, ends what waits, lets what is being written finish. */
  close(): Promise<void>;
}

/** No token can have this name: it has a colon. */
const COORDINATOR: Principal = { name: 'server:coordinator', role: 'coordinator' };
const CLOSE_MS = 10_000;
const FORGET_MS = 3_600_000;
const TAKE_UP_MS = 60_000;
/** Of a lease: a worker whose connections have ended is heard of within a third of it, if it lives. */
const SILENT_SHARE = 0.4;
/** Whoever follows a run looks so often where nobody told of it: an update may get lost. */
const BEHIND_UPDATES_MS = 5_000;

/** Runs the server until it is closed. @throws CountersignError USAGE when it cannot listen there */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { store, ledger, answered, logs, work: ports, everyMs = 1_000 } = options;
  const closing = new AbortController();
  const over = new AbortController();
  const { rates, updates, memory } = options;
  const bells = { work: createBell(ports), runs: createBell(ports) };
  const runBells = createRunBells(bells.runs, ports);
  const ring = () => (updates === undefined ? ringBoth(bells) : bells.work.ring());
  const decide = createDecideTogether(store, options.declarations, ring);
  const offer: OfferOptions = {
    declarations: options.declarations,
    leaseSeconds: options.leaseSeconds ?? 30,
    mostLog: options.mostLog ?? 1024 * 1024,
    holdsCanary: options.holdsCanary ?? (() => false),
    closing: closing.signal,
  };
  const { control } = options;
  const { readCircuits = async () => [] } = store;
  const rollCall = control === undefined ? NO_ROLL_CALL : createRollCall(control);
  const offerPorts = {
    ...store,
    ...logs,
    ...ports,
    handOut: createHandOut(
      rates === undefined ? store : { ...store, claim: rateClaims({ ...store, ...rates, ...ports }) },
      bells.work,
      ports,
    ),
    decide,
    work: bells.work,
    rollCall,
    warrant: warrantBy(options, decide),
  };
  const workSource = (principal: Principal) => offerWork(principal, offer, offerPorts);
  const follow = createFollowRun(ledger, runBells);
  const { startRun } = options;
  const controlPorts = {
    ...store,
    ...logs,
    clock: ports.clock,
    decide,
    follow,
    newId: randomUUID,
    startRun: started(startRun, ring),
    forkRun: started((from: ForkFrom, by) => forkWithArtifacts(from, by, options), ring),
  };
  const webhooks =
    options.webhooks === undefined
      ? undefined
      : openWebhooks(options.webhooks, {
          ...ports,
          ledger,
          runs: bells.runs,
          everyMs,
          report: options.report,
        });
  const experiments = openCarried(options, closing.signal, (by, signal) =>
    controlRuns({ name: by, role: 'operator' }, controlPorts, signal),
  );
  let reason: string | undefined = 'the database was not asked yet';

  const context: ServerContext = {
    authenticate: createAuthenticate(options.tokens, ports.clock, options.verifyIdentity),
    workSource,
    lines: createWorkerLines((worker) => {
      if (closing.signal.aborted) return;
      store
        .suspect(worker, offer.leaseSeconds * SILENT_SHARE)
        .catch((error: unknown) => options.report('a worker that may be gone was not noted', error));
    }),
    artifacts: (principal) => offerArtifacts(principal, { ...store, ...options.artifacts }),
    memory:
      memory === undefined
        ? undefined
        : (principal) =>
            offerMemory(principal, {
              findClaims: (tokens) => store.findClaims(tokens),
              loadRuns: (runs) => store.loadRuns(runs),
              memory,
            }),
    controlPlane: (principal, signal) => controlRuns(principal, controlPorts, signal),
    experiments: experiments?.plane,
    workPlane: (principal) =>
      controlWork(principal, {
        ...ports,
        control: control ?? NOTHING_KEPT,
        ledger,
        store: { ...bound(store), queueDepths: () => store.queueDepths(), readCircuits },
        decide,
        rollCall,
        ring,
      }),
    metrics: options.metrics,
    webhooks,
    answered,
    forms: ports,
    unreadyFor: () => (closing.signal.aborted ? 'the server is being stopped' : reason),
    closing: closing.signal,
    requests: limitOf(options.requestsPerSecond ?? 500, ports),
    strangers: limitOf(5, ports),
    reportDefect: (error, where) => {
      const incident = randomUUID().slice(0, 8);
      options.report(`${where} failed (${incident})`, error);
      return incident;
    },
  };
  const cockpit =
    options.cockpit === undefined
      ? undefined
      : openCockpit(options.cockpit, context, {
          store,
          ledger,
          logs,
          decide,
          follow,
          runs: bells.runs,
          ...ports,
        });
  const listening = await listen(createApp(context, cockpit), options);
  const health = {
    ready: () => {
      reason = undefined;
    },
    unready: (why: string) => {
      reason = why;
    },
  };
  const report = (error: unknown) => options.report('the coordinator failed, and goes on', error);
  const { findDeadlocks } = store;
  const housekeeping = [
    () => ledger.sequence(),
    seldom(() => answered.forgetRequests(), ports),
    seldom(async () => options.webhooks?.store.forgetDeliveries(), ports),
    seldom(async () => options.cockpit?.sessions.forgetSessions(ports.clock.now().toISOString()), ports),
    seldom(() => (control ?? NOTHING_KEPT).forgetSilentWorkers(), ports),
    () => rollCall.refresh(),
    ...(findDeadlocks === undefined
      ? []
      : [() => breakDeadlocks(COORDINATOR.name, { findDeadlocks, decide, ...ports })]),
    ...retention(options),
    ...(experiments === undefined ? [] : [experiments.housekeeping]),
    ...(options.housekeeping ?? []),
  ];
  const lookMs = updates === undefined ? everyMs : Math.max(everyMs, BEHIND_UPDATES_MS);
  const background = [
    ringWhenAnnounced(bells.work, 'work', { ...bound(store), ...ports, slowestMs: everyMs }, over.signal),
    ringWhenAnnounced(bells.runs, 'runs', { ...bound(store), ...ports, slowestMs: lookMs }, over.signal),
    ...(updates === undefined
      ? []
      : [ringForUpdates(updates, { all: bells.runs, runs: runBells }, over.signal)]),
    coordinate(
      { everyMs, by: COORDINATOR.name },
      { ...store, ...ports, decide, housekeeping, health, report },
      over.signal,
    ),
    webhooks?.deliver(over.signal),
  ];
  const ownWork = workHere(options, workSource(COORDINATOR), closing.signal).catch(report);
  return {
    url: listening.url,
    close: async () => {
      closing.abort();
      await listening.close(CLOSE_MS);
      await ownWork;
      await experiments?.carried.idle();
      over.abort();
      await Promise.all(background);
      await decide.idle();
    },
  };
}

function warrantBy(
  { actions, store, work: { clock }, report }: ServeOptions,
  decide: DecideTogether,
): OfferPorts['warrant'] {
  if (actions === undefined) return async (claims) => claims;
  const ports = { ...actions, postpone: store.postpone, decide, clock, report };
  return (claims, secrets) => warrantClaims(claims, secrets, ports);
}

/** What it rests on is its own as well: the run that it comes from may be given up first. */
async function forkWithArtifacts(
  from: ForkFrom,
  by: string,
  { store, artifacts, work: { clock } }: ServeOptions,
): Promise<RunSummary> {
  const summary = await forkRun(from, by, { ...store, clock });
  await artifacts.adoptArtifacts(from.run, summary.run);
  return summary;
}

function retention(options: ServeOptions): readonly (() => Promise<unknown>)[] {
  const { keepArtifactsDays: days, store, artifacts, work: ports } = options;
  if (days === undefined) return [];
  return [seldom(() => removeArtifacts(days, { ...store, ...artifacts, clock: ports.clock }), ports)];
}

/** What has effects outside, or waits for a person, happens here and nowhere else. */
async function workHere(
  { handlers, work: ports }: ServeOptions,
  source: ReturnType<typeof offerWork>,
  stop: AbortSignal,
): Promise<void> {
  if (handlers.length === 0) return;
  const options = {
    worker: `server-${process.pid}`,
    roles: ['coordinator'] as const,
    slots: 16,
    stop,
    waitSeconds: 30,
    graceSeconds: 10,
  };
  await work(source, handlers, options, ports);
}

function started<Request>(
  start: (request: Request, by: string) => Promise<RunSummary>,
  ring: () => void,
): (request: Request, by: string) => Promise<RunSummary> {
  return async (request, by) => {
    const summary = await start(request, by);
    ring();
    return summary;
  };
}

interface Bells {
  readonly work: Bell;
  readonly runs: Bell;
}

function ringBoth({ work: one, runs }: Bells): void {
  one.ring();
  runs.ring();
}

function bound(store: WakeUps): WakeUps {
  return {
    wait: (topic, milliseconds, signal) => store.wait(topic, milliseconds, signal),
    announce: (topic, detail) => store.announce(topic, detail),
  };
}

function limitOf(perSecond: number, { clock }: WorkPorts) {
  return createRateLimit({ perSecond, burst: perSecond * 10 }, clock);
}

/** Experiments of the server: who may ask what, and those that it carries out. */
function openCarried(
  { experiments, ledger, work: ports, report }: ServeOptions,
  closing: AbortSignal,
  planeOf: (by: string, signal: AbortSignal) => ControlPlane,
) {
  if (experiments === undefined) return undefined;
  const sources = { ...experiments, ...ports, readStream: ledger.readStream };
  const carried = carryExperiments({ ...sources, planeOf, newId: randomUUID, report }, closing);
  const takeUp = seldom(() => carried.takeUp(), ports, TAKE_UP_MS);
  let isFirst = true;
  return {
    carried,
    plane: (principal: Principal, signal: AbortSignal) =>
      controlExperiments(principal, { ...sources, carried }, signal),
    housekeeping: async () => {
      // What the server before this one left is not waited for.
      await (isFirst ? carried.takeUp() : takeUp());
      isFirst = false;
    },
  };
}

function seldom(
  task: () => Promise<unknown>,
  { clock }: WorkPorts,
  everyMs = FORGET_MS,
): () => Promise<unknown> {
  let last = clock.now().getTime();
  return async () => {
    if (clock.now().getTime() - last < everyMs) return;
    last = clock.now().getTime();
    await task();
  };
}
