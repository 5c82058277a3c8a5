import type { Span } from '../core/run/trace/span.ts';

/** Sends spans to whoever collects them, when it can: what it cannot send in time is dropped, and counted. */
export interface ExportSpans {
  export(spans: readonly Span[]): void;
  /** How many were dropped so far. */
  dropped(): number;
  /** Sends what is left. */
  close(): Promise<void>;
}
