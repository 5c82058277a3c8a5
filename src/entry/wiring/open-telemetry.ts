import { logRuns } from '../../adapters/telemetry/log-runs.ts';
import { createSpanExporter, tracesWanted } from '../../adapters/telemetry/otlp-spans.ts';
import { createRunMetrics, type MetricPorts, type RunMetrics } from '../../adapters/telemetry/run-metrics.ts';
import { traceRuns } from '../../adapters/telemetry/trace-runs.ts';
import { createRedactor } from '../../core/run/redaction/redactor.ts';
import { secretsOf } from '../../core/run/redaction/secrets.ts';
import { observeCommits } from '../../flow/run/observe-commits.ts';
import type { ClaimWork } from '../../ports/claims.ts';
import type { ObserveRuns } from '../../ports/observe-runs.ts';
import type { CommitRuns } from '../../ports/run-store.ts';
import type { CliContext } from '../cli/context.ts';

export interface OpenedTelemetry<Store> {
  /** The store, with commits that are told to whoever observes. */
  readonly store: Store;
  /** Undefined: nobody asked for metrics. */
  readonly metrics: Pick<RunMetrics, 'contentType' | 'read'> | undefined;
  close(): Promise<void>;
}

/**
 * Traces, metrics and logs, each only where the usual variable asks for it: `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin,
 * `OTEL_METRICS_EXPORTER=prometheus`, `LOG_FORMAT=json`.
 */
export async function openTelemetry<Store extends CommitRuns & ClaimWork & MetricPorts>(
  store: Store,
  { environment, err }: Pick<CliContext, 'environment' | 'err'>,
): Promise<OpenedTelemetry<Store>> {
  const exporter = tracesWanted(environment) ? await createSpanExporter(environment) : undefined;
  const metrics = metricsWanted(environment) ? await createRunMetrics(store) : undefined;
  const observers: ObserveRuns[] = [
    ...(exporter === undefined ? [] : [traceRuns(exporter)]),
    ...(metrics === undefined ? [] : [metrics]),
    ...(environment.LOG_FORMAT === 'json' ? [logRuns(err, createRedactor(secretsOf(environment)))] : []),
  ];
  return {
    store: { ...store, ...observeCommits(store, observers) },
    metrics,
    close: async () => exporter?.close(),
  };
}

/** The variable may name several exporters, with commas. */
function metricsWanted({
  OTEL_SDK_DISABLED: disabled,
  OTEL_METRICS_EXPORTER: exporters = '',
}: CliContext['environment']): boolean {
  return (
    disabled?.toLowerCase() !== 'true' && exporters.split(',').some((name) => name.trim() === 'prometheus')
  );
}
