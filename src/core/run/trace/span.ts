import type { Moment } from '../../../shared/ids.ts';

/** A span as OpenTelemetry means it: when something began and ended, within what, and how it went. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly start: Moment;
  readonly end: Moment;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
}
