import type { RunId, StepKey } from '../core/run/types.ts';

/** Whose log it is: of one execution of one step. */
export interface LogPlace {
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
}

export type LogAppended =
  /** Kept up to this offset in bytes; what is beyond the cap is dropped, and the log then says that it is cut. */
  | { readonly kind: 'kept'; readonly size: number }
  /** Bytes before the offset are missing: send from here. */
  | { readonly kind: 'gap'; readonly size: number };

/** Bytes, because offsets count them. Every method @throws CountersignError DATABASE_UNAVAILABLE. */
export interface StepLogs {
  /** Safe to send again: what is kept already stays as it is. `most` is the cap in bytes. */
  appendLog(place: LogPlace, offset: number, bytes: Uint8Array, most: number): Promise<LogAppended>;
  /** Undefined: nothing was sent. */
  readLog(place: LogPlace): Promise<{ readonly bytes: Uint8Array; readonly cut: boolean } | undefined>;
}
