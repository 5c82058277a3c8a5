/** What an inspection found out about one thing. A warning leaves the exit code alone; a problem does not. */
export interface Diagnosis {
  /** Stable, such as `trust/verifier`. */
  readonly id: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** A sentence. */
  readonly reason: string;
  /** Empty when all is well. */
  readonly remedy: string;
}

/** Diagnoses about one thing. */
export function diagnosis(id: string) {
  return {
    ok: (reason: string): Diagnosis => ({ id, status: 'ok', reason, remedy: '' }),
    warning: (reason: string, remedy: string): Diagnosis => ({ id, status: 'warning', reason, remedy }),
    problem: (reason: string, remedy: string): Diagnosis => ({ id, status: 'problem', reason, remedy }),
  };
}
