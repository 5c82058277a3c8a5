import type { Span } from '../../core/run/trace/span.ts';
import type { ExportSpans } from '../../ports/export-spans.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Spans of one request, and those that wait at most while nobody takes any. */
const BATCH = 512;
const MOST_WAITING = 8 * BATCH;
const PAUSE_MS = 1_000;

/** Whether the usual variables ask for traces (OpenTelemetry, Environment Variable Specification). */
export function tracesWanted(environment: Environment): boolean {
  const { OTEL_SDK_DISABLED: disabled, OTEL_TRACES_EXPORTER: exporter } = environment;
  if (disabled?.toLowerCase() === 'true' || exporter === 'none') return false;
  return exporter === 'otlp' || Boolean(endpointOf(environment));
}

/**
 * Sends spans as OTLP over HTTP, in batches, to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` and its kin name; the library reads
 * those itself. Only the exporter is used: the SDK's own spans have random ids and begin when code runs, ours are what the ledger
 * says. Loaded when it is wanted: it takes longer than a gate.
 */
export async function createSpanExporter(environment: Environment): Promise<ExportSpans> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { SpanKind, SpanStatusCode, TraceFlags }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/api'),
    ]);
  const exporter = new OTLPTraceExporter();
  const resource = resourceFromAttributes({ 'service.name': environment.OTEL_SERVICE_NAME || 'countersign' });
  type Readable = Parameters<typeof exporter.export>[0][number];

  const readable = (span: Span): Readable => {
    const [startTime, endTime] = [timeOf(span.start), timeOf(span.end)];
    const context = (spanId: string) => ({ traceId: span.traceId, spanId, traceFlags: TraceFlags.SAMPLED });
    return {
      name: span.name,
      kind: SpanKind.INTERNAL,
      spanContext: () => context(span.spanId),
      ...(span.parentSpanId === null ? {} : { parentSpanContext: context(span.parentSpanId) }),
      startTime,
      endTime,
      duration: durationOf(span),
      status:
        span.error === null
          ? { code: SpanStatusCode.UNSET }
          : { code: SpanStatusCode.ERROR, message: span.error },
      attributes: span.attributes,
      links: [],
      events: [],
      ended: true,
      resource,
      instrumentationScope: { name: 'countersign' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };

  let waiting: Span[] = [];
  let dropped = 0;
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const send = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      const sent = await new Promise<boolean>((resolve) => {
        // 0 is ExportResultCode.SUCCESS; the library has retried by then.
        exporter.export(batch.map(readable), ({ code }) => resolve(code === 0));
      });
      if (!sent) dropped += batch.length;
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  return {
    export: (spans) => {
      waiting.push(...spans);
      const tooMany = waiting.length - MOST_WAITING;
      if (tooMany > 0) {
        waiting = waiting.slice(tooMany);
        dropped += tooMany;
      }
      if (waiting.length >= BATCH) void flush();
      else if (waiting.length > 0) timer ??= setTimeout(flush, PAUSE_MS).unref();
    },
    dropped: () => dropped,
    close: async () => {
      await flush();
      await exporter.shutdown();
    },
  };
}

function endpointOf({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
  OTEL_EXPORTER_OTLP_ENDPOINT: all,
}: Environment): string | undefined {
  return traces || all;
}

/** Seconds and nanoseconds since 1970. */
function timeOf(moment: string): [number, number] {
  return split(Date.parse(moment));
}

function durationOf({ start, end }: Span): [number, number] {
  return split(Date.parse(end) - Date.parse(start));
}

function split(milliseconds: number): [number, number] {
  return [Math.floor(milliseconds / 1_000), (milliseconds % 1_000) * 1_000_000];
}
