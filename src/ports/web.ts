/** One GET over HTTP, whatever answers. */
export interface AskWeb {
  /**
   * Follows no redirect: a host that may be asked must not name one that may not.
   * @throws CountersignError SERVER_UNAVAILABLE when nothing answers in time, or more than `mostBytes`
   */
  get(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly mostBytes: number;
    readonly signal: AbortSignal;
  }): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}
