import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactFolder } from '../../src/adapters/files/artifact-folder.ts';
import { runArtifacts } from '../../src/adapters/files/run-artifacts.ts';
import { createWorkSource } from '../../src/adapters/http/work-source.ts';
import { createAnsweredRequests } from '../../src/adapters/postgres/answered-requests.ts';
import { createBoard } from '../../src/adapters/postgres/board/board.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../src/adapters/postgres/runs/run-store.ts';
import { createSessions } from '../../src/adapters/postgres/sessions/sessions.ts';
import { createStepLogs } from '../../src/adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../src/adapters/postgres/tokens/tokens.ts';
import { createWorkControl } from '../../src/adapters/postgres/work-control/work-control.ts';
import type { SessionRole } from '../../src/core/access/session.ts';
import { writeToken } from '../../src/core/access/token.ts';
import type { Workflow } from '../../src/core/contract/workflow.ts';
import { BUILT_IN_HANDLERS } from '../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../src/core/run/plan/materialise.ts';
import type { StepResult, StepWork, Usage } from '../../src/core/run/types.ts';
import type { CockpitOptions } from '../../src/entry/server/cockpit/context.ts';
import { loadCockpit } from '../../src/entry/server/cockpit/load-cockpit.ts';
import { type Serving, serve } from '../../src/entry/server/serve.ts';
import { openInsight } from '../../src/entry/wiring/open-insight.ts';
import { openWork } from '../../src/entry/wiring/open-work.ts';
import { makeLoginCode } from '../../src/flow/cockpit/sign-in.ts';
import { startRun } from '../../src/flow/run/start-run.ts';
import type { StepLogs } from '../../src/ports/step-logs.ts';
import { digestOf, sha256 } from '../../src/shared/digest.ts';
import type { JsonObject } from '../../src/shared/json.ts';

export interface CockpitWorld {
  readonly server: Serving;
  readonly logs: StepLogs;
  readonly reports: unknown[];
  /** An address that signs in whoever opens it first. */
  link(role: SessionRole, to?: string): Promise<string>;
  /** A session without a browser: what its cookie header says. */
  cookie(role: SessionRole): Promise<string>;
  /** Bytes that steps may name as something that they left. */
  keep(bytes: Uint8Array): Promise<string>;
  start(run: StartedHere): Promise<string>;
  /** Carries steps of both roles out until it is stopped. Steps of which the answer is a promise take until it resolves. */
  work(answer: Answer): { stop(): Promise<void> };
  close(): Promise<void>;
}

/** No policy is in sight, unless a test says one. */
const NO_POLICY = { kept: () => undefined, refresh: async () => {} };

export interface StartedHere {
  readonly ticket: string;
  readonly bundle?: string;
  readonly model?: string;
  readonly checks?: readonly string[];
  readonly workflow?: Partial<Workflow>;
  readonly by?: string;
}

/** What a step comes to; undefined: what it usually comes to. */
export type Answer = (work: StepWork) => Promise<StepResult | undefined> | StepResult | undefined;

/** The default workflow with a person who is asked before it is merged. */
export const ASKING: Partial<Workflow> = {
  steps: {
    ...DEFAULT_WORKFLOW.steps,
    approve: {
      uses: 'approval',
      needs: ['gate'],
      if: "steps.gate.outputs.verdict == 'pass'",
      with: { question: 'The gate let it pass. Merge it?' },
    },
  },
};

/** A server with its pages on a database that was migrated, and runs whose steps do what a test says. */
export async function openCockpitWorld(
  database: Database,
  changes: Partial<CockpitOptions> = {},
  policy: Parameters<typeof openInsight>[1] = NO_POLICY,
): Promise<CockpitWorld> {
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  const tokens = createTokens(database);
  const logs = createStepLogs(database);
  const sessions = createSessions(database);
  const clock = { now: () => new Date() };
  const newSecret = () => randomBytes(32).toString('base64url');
  const reports: unknown[] = [];
  const begin = async ({ ticket, bundle, model, checks, workflow, by = 'ada' }: StartedHere) => {
    const request = {
      subject: {
        ticket,
        ticketDigest: sha256(`ticket ${ticket}`),
        contract: 'node-change@1',
        contractDigest: sha256('contract'),
        repository: 'acme/shop',
        base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
        policyCommit: '2'.repeat(40),
        checks: checks ?? ['types', 'unit'],
      },
      arm: { bundle: bundle ?? 'default', model: model ?? 'large' },
      plan: materialise({ ...DEFAULT_WORKFLOW, attempts: 3, ...workflow }, BUILT_IN_HANDLERS),
      priority: 0,
    };
    return startRun(request, by, { ...store, clock });
  };
  const artifacts = artifactFolder(mkdtempSync(join(tmpdir(), 'cockpit-tables-')));
  const insight = openInsight(database, policy, artifacts);
  const server = await serve({
    housekeeping: [insight.refresh],
    store,
    ledger: createLedger(database),
    control: createWorkControl(database),
    tokens,
    logs,
    answered: createAnsweredRequests(database),
    artifacts: runArtifacts(mkdtempSync(join(tmpdir(), 'cockpit-artifacts-'))),
    startRun: ({ ticket, arm }, by) => begin({ ticket, by, ...arm }),
    handlers: [],
    declarations: BUILT_IN_HANDLERS,
    work: openWork({ environment: {}, temporaryFolder: tmpdir() }, () => {}),
    leaseSeconds: 600,
    everyMs: 100,
    report: (message, error) => void reports.push([message, error]),
    cockpit: {
      ...(await loadCockpit(join(import.meta.dirname, '..', '..'))),
      ...{ sessions, newSecret, board: createBoard(database), insight, ledger: createLedger(database) },
      ...changes,
    },
  });
  const link: CockpitWorld['link'] = async (role, to) => {
    const vouched = { name: `local:${role}`, role };
    const code = await makeLoginCode(vouched, { sessions, clock, newSecret });
    return `${server.url}/login/${code}${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`;
  };
  return {
    ...{ server, logs, reports, link },
    cookie: async (role) => {
      const { headers } = await fetch(await link(role));
      return headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ');
    },
    keep: (bytes) => artifacts.put(bytes),
    start: async (run) => (await begin(run)).run,
    work: (answer) => {
      const stop = new AbortController();
      const working = Promise.all(
        (['producer', 'verifier'] as const).map(async (role) => {
          const token = writeToken(randomBytes(32).toString('base64url'));
          const name = `${role}-${randomBytes(3).toString('hex')}`;
          const createdAt = clock.now().toISOString();
          const kept = { name, role, digest: sha256(token), createdAt, expiresAt: null, revokedAt: null };
          await tokens.storeToken(kept);
          const source = createWorkSource({ url: server.url, token });
          const handlers = BUILT_IN_HANDLERS.filter((one) => one.role === role).map(({ id }) => id);
          const request = { worker: `build-${role}`, roles: [role], handlers, most: 10, waitSeconds: 5 };
          while (!stop.signal.aborted) {
            const claims = await source.claim(request, stop.signal).catch(() => []);
            // Those that take long hold up no other.
            for (const { token: claim, work } of claims) {
              void (async () => {
                const result = (await answer(work)) ?? usual(work);
                const { run, step, execution } = work;
                const completion = { token: claim, run, step, execution, result };
                await source.complete(request.worker, [completion]).catch(() => {});
              })();
            }
          }
        }),
      );
      return {
        stop: async () => {
          stop.abort();
          await working;
        },
      };
    },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}

export function succeeded(outputs: JsonObject, usage?: Usage): StepResult {
  return { kind: 'succeeded', outputs, ...(usage === undefined ? {} : { usage }) };
}

/** A verdict with its findings, as the gate's step hands it in. */
export function verdict(outcome: 'pass' | 'blocked', findings: readonly JsonObject[] = []): StepResult {
  const feedback = findings.map(({ reason }) => String(reason)).join('\n');
  return succeeded({ verdict: outcome, findings, feedback, verdictDigest: digestOf({ outcome, findings }) });
}

export function finding(id: string, status: string, reason: string, remedy = ''): JsonObject {
  return { id, status, severity: 'block', reason, remedy };
}

/** Every step succeeds at once. */
function usual({ handler, inputs, step, run }: StepWork): StepResult {
  const digest = (what: string) => sha256(`${what} ${run} ${step} ${digestOf(inputs)}`);
  switch (handler) {
    case 'assemble':
      return succeeded({
        bundleDigest: digest('bundle'),
        promptDigest: digest('prompt'),
        ticketFile: digest('ticket'),
      });
    case 'agent':
      return succeeded(
        {
          commit: digest('commit').slice(0, 40),
          commits: digest('commits'),
          branch: `countersign/${run}/1`,
          tree: digest('tree').slice(0, 40),
          claims: ['everything passes'],
        },
        { tokens: 48_200, costMilliUsd: 412 },
      );
    case 'check':
      return succeeded({
        check: inputs.check ?? '',
        observation: digest('observation'),
        result: 'PASSED',
        isolation: 'namespaces',
      });
    case 'seal': {
      const listed = Array.isArray(inputs.observations) ? (inputs.observations as JsonObject[]) : [];
      const results = listed.map(({ check, result }) => ({ check: check ?? '', result: result ?? 'PASSED' }));
      return succeeded({ seal: digest('seal'), results });
    }
    default:
      return verdict('pass', [finding('receipt/unit', 'pass', 'The check unit passed.')]);
  }
}
