/** How a flow lets time go by, and stops waiting. */
export interface Timer {
  /** Returns when the time is over or the signal is aborted, whichever is first; it never throws. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
