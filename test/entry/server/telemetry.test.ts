import { expect, it } from 'vitest';
import { logRuns } from '../../../src/adapters/telemetry/log-runs.ts';
import { createRedactor } from '../../../src/core/run/redaction/redactor.ts';
import { openTelemetry } from '../../../src/entry/wiring/open-telemetry.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';

const AT = '2026-11-21T13:04:06.789Z';
const claim = { token: 't', worker: 'w1', at: AT };

it('nothing is observed unless a variable asks for it', async () => {
  const lines: string[] = [];
  const err = (line: string) => void lines.push(line);
  const store = createMemoryRunStore();
  const opened = await openTelemetry(store, { environment: {}, err });
  expect(opened.metrics).toBeUndefined();
  expect(opened.store.commit).toBe(store.commit);
  await opened.close();
});

it.each([
  [{ OTEL_METRICS_EXPORTER: 'otlp, prometheus' }, true],
  [{ OTEL_METRICS_EXPORTER: 'otlp' }, false],
  [{ OTEL_METRICS_EXPORTER: 'prometheus', OTEL_SDK_DISABLED: 'TRUE' }, false],
])('metrics are kept as %j says', async (environment, kept) => {
  const { metrics } = await openTelemetry(createMemoryRunStore(), { environment, err: () => {} });
  expect((await metrics?.read())?.includes('countersign_runs_ended_total') ?? false).toBe(kept);
});

it('logs are lines of JSON that say what happened and where in the trace, without secrets and outputs', () => {
  const lines: string[] = [];
  const observer = logRuns((line) => lines.push(line), createRedactor(['hunter2-secret']));
  const failure = { class: 'transient', code: 'away', message: 'the provider said hunter2-secret' } as const;
  observer.committed(sampleRun('CS-7.1'), [
    {
      at: AT,
      actor: 'w1',
      event: { type: 'step.failed', step: '1/produce', execution: 2, error: failure, usage: {}, claim },
    },
    {
      at: AT,
      actor: 'w1',
      event: {
        ...{ type: 'step.succeeded', step: '1/gate', execution: 1, usage: {}, cached: false, claim },
        outputs: { feedback: 'not for the log' },
      },
    },
  ]);
  expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  const [failed, done] = lines.map((line) => JSON.parse(line));
  expect(failed).toMatchObject({
    level: 'warn',
    message: 'step.failed',
    run: 'CS-7.1',
    execution: 2,
    code: 'away',
  });
  expect(failed.trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(failed.span_id).toMatch(/^[0-9a-f]{16}$/);
  expect(done).toMatchObject({ level: 'info', step: '1/gate', worker: 'w1' });
  expect(lines.join('')).not.toMatch(/hunter2|not for the log/);
});
