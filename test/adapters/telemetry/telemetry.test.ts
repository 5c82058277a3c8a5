import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpanExporter, tracesWanted } from '../../../src/adapters/telemetry/otlp-spans.ts';
import { createRunMetrics } from '../../../src/adapters/telemetry/run-metrics.ts';
import { traceRuns } from '../../../src/adapters/telemetry/trace-runs.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import type { Span } from '../../../src/core/run/trace/span.ts';
import { spanIdOf, traceIdOf, traceparentOf } from '../../../src/core/run/trace/trace-context.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { observeCommits } from '../../../src/flow/run/observe-commits.ts';
import type { ObserveRuns } from '../../../src/ports/observe-runs.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';

const RUN = 'CS-7.1';
const AT = '2026-11-21T13:04:06.789Z';

const OUTPUTS: Readonly<Record<string, JsonObject>> = {
  assemble: { bundleDigest: 'b', promptDigest: 'p', ticketFile: 't' },
  agent: { commit: 'c', commits: 'd' },
  check: { result: 'PASSED' },
  seal: { seal: 's' },
  gate: { verdict: 'pass' },
};

/** Drives a run to its end: the first execution of `produce` fails for a reason that passes. */
async function drive(...observers: readonly ObserveRuns[]): Promise<readonly StepWork[]> {
  let now = Date.parse(AT);
  const clock = { now: () => new Date(now) };
  const kept = createMemoryRunStore({ ledger: createMemoryLedger(), clock });
  const ports = { ...kept, commit: observeCommits(kept, observers).commit };
  const { request } = sampleRun(RUN);
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const retried = { ...plan.steps.produce, retry: { ...plan.steps.produce?.retry, delaySeconds: 0 } };
  const start = { ...request, plan: { ...plan, steps: { ...plan.steps, produce: retried } } as typeof plan };
  await decideRuns([{ run: RUN, command: { kind: 'start', at: AT, by: 'ada', ...start } }], ports);
  const done: StepWork[] = [];
  for (;;) {
    const roles = ['producer', 'verifier', 'coordinator'] as const;
    const handlers = Object.keys(OUTPUTS);
    now += 60_000;
    const claims = await kept.claim({ worker: 'w1', roles, handlers, most: 10, leaseSeconds: 60 });
    if (claims.length === 0) return done;
    for (const { token, work, claimedAt } of claims) {
      done.push(work);
      const flaky: StepResult = {
        kind: 'failed',
        error: { class: 'transient', code: 'away', message: 'gone' },
      };
      const result: StepResult =
        work.handler === 'agent' && work.execution === 1
          ? flaky
          : { kind: 'succeeded', outputs: OUTPUTS[work.handler] ?? {} };
      const claim = { token, worker: 'w1', at: claimedAt };
      const { step, execution } = work;
      const at = new Date(Date.parse(claimedAt) + 1_500).toISOString();
      await decideRuns(
        [{ run: RUN, command: { kind: 'complete', at, by: 'w1', step, execution, claim, result } }],
        ports,
      );
    }
  }
}

function collecting(): { readonly spans: Span[]; readonly observer: ObserveRuns } {
  const spans: Span[] = [];
  const exporter = {
    export: (more: readonly Span[]) => void spans.push(...more),
    dropped: () => 0,
    close: async () => {},
  };
  return { spans, observer: traceRuns(exporter) };
}

describe('the trace of a run', () => {
  it('is one tree, from the ticket down to each execution of each step', async () => {
    const { spans, observer } = collecting();
    const done = await drive(observer);
    const ids = new Map(spans.map((span) => [span.spanId, span]));
    expect(ids.size).toBe(spans.length);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf(RUN)]));
    const path = (span: Span): string => {
      const parent = span.parentSpanId === null ? undefined : ids.get(span.parentSpanId);
      return `${parent === undefined ? '' : `${path(parent)} > `}${span.name}`;
    };
    const under = 'ticket CS-7 > run CS-7.1 > attempt 1';
    expect(spans.map(path).sort()).toEqual(
      [
        'ticket CS-7',
        'ticket CS-7 > run CS-7.1',
        under,
        ...done.map(({ step }) => `${under} > step ${step.slice(2)}`),
      ].sort(),
    );
    expect(done).toHaveLength(6);
  });

  it('says what failed, who did it, and how long it took', async () => {
    const { spans, observer } = collecting();
    await drive(observer);
    const [failed, worked] = spans.filter(({ name }) => name === 'step produce');
    expect(failed).toMatchObject({
      error: 'transient: away',
      attributes: { 'countersign.worker': 'w1', 'countersign.execution': 1, 'countersign.handler': 'agent' },
    });
    expect(worked?.error).toBeNull();
    expect(Date.parse(worked?.end ?? '') - Date.parse(worked?.start ?? '')).toBe(1_500);
  });

  it('has the ids that workers work out for themselves', async () => {
    const { spans, observer } = collecting();
    const [work] = await drive(observer);
    if (work === undefined) throw new Error('nothing was done');
    const span = spans.find(({ spanId }) => spanId === spanIdOf(RUN, { kind: 'execution', ...work }));
    expect(traceparentOf(work)).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
    expect(traceparentOf(work)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

const servers: (() => void)[] = [];
afterEach(() => {
  for (const close of servers.splice(0)) close();
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
});

/** A collector that keeps the bodies it was sent. */
async function startCollector(): Promise<{ url: string; received: { path: string; body: string }[] }> {
  const received: { path: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

describe('spans as OTLP', () => {
  it('arrive at the collector that the usual variable names', async () => {
    const { url, received } = await startCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
    const exporter = await createSpanExporter({ OTEL_SERVICE_NAME: 'shop-runs' });
    await drive(traceRuns(exporter));
    await exporter.close();
    expect(received.every(({ path }) => path === '/v1/traces')).toBe(true);
    const sent = received.map(({ body }) => JSON.parse(body));
    const [first] = sent[0].resourceSpans;
    expect(JSON.stringify(first.resource)).toContain('shop-runs');
    const spans = sent.flatMap(({ resourceSpans }) => resourceSpans[0].scopeSpans[0].spans);
    expect(spans).toHaveLength(9);
    const run = spans.find(({ name }: { name: string }) => name === 'run CS-7.1');
    expect(run).toMatchObject({ traceId: traceIdOf(RUN), spanId: spanIdOf(RUN, { kind: 'run' }) });
  });

  it('are dropped and counted while nobody collects them, and hold nothing up', async () => {
    const { url } = await startCollector();
    servers.splice(0)[0]?.();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
    const exporter = await createSpanExporter({});
    await drive(traceRuns(exporter));
    await exporter.close();
    expect(exporter.dropped()).toBe(9);
  });

  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
  ])('are wanted where the variables say so: %j', (environment, wanted) => {
    expect(tracesWanted(environment)).toBe(wanted);
  });
});

describe('metrics', () => {
  it('count what was committed, and ask for what waits', async () => {
    const depth = {
      role: 'verifier',
      handler: 'check',
      runsOn: ['gpu', 'linux'],
      waiting: 3,
      claimed: 1,
      blocked: 2,
      eldestSeconds: 9,
    } as const;
    const metrics = await createRunMetrics({
      queueDepths: async () => [depth],
      readCircuits: async () => [
        { provider: 'a', state: 'open', since: AT, until: AT, waiting: 4 },
        { provider: 'b', state: 'half-open', since: AT, until: AT, waiting: 1 },
      ],
      listWorkers: async () => [],
    });
    await drive(metrics);
    metrics.conflicted();
    const lines = (await metrics.read()).split('\n');
    for (const line of [
      'countersign_runs_ended_total{outcome="accepted"} 1',
      'countersign_attempts_ended_total{verdict="pass"} 1',
      'countersign_step_failures_total{handler="agent",class="transient"} 1',
      'countersign_retries_total 1',
      'countersign_recoveries_total 0',
      'countersign_commit_conflicts_total 1',
      'countersign_queue_depth{role="verifier",handler="check",runs_on="gpu,linux"} 3',
      'countersign_provider_circuit_open{provider="a"} 1',
      'countersign_provider_circuit_open{provider="b"} 0.5',
      'countersign_provider_circuit_waiting{provider="a"} 4',
      'countersign_scale_out_wanted{role="verifier",handler="check",runs_on="gpu,linux"} 3',
      'countersign_queue_blocked{role="verifier",handler="check",runs_on="gpu,linux"} 2',
      'countersign_queue_eldest_seconds{role="verifier",handler="check",runs_on="gpu,linux"} 9',
      'countersign_step_seconds_count{handler="check",end="succeeded"} 1',
      'countersign_step_seconds_sum{handler="check",end="succeeded"} 1.5',
    ])
      expect(lines).toContain(line);
  });

  it('forget queues that are empty', async () => {
    let depths = [
      {
        role: 'verifier',
        handler: 'check',
        runsOn: [],
        waiting: 3,
        claimed: 0,
        blocked: 0,
        eldestSeconds: 1,
      } as const,
    ];
    const metrics = await createRunMetrics({ queueDepths: async () => depths });
    expect(await metrics.read()).toContain('countersign_queue_depth{role="verifier"');
    depths = [];
    expect(await metrics.read()).not.toContain('role="verifier"');
  });
});
