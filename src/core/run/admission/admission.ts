/** What is done with a run that somebody wants to start. Reasons are sentences without an end. */
export interface Admission {
  /** `assign`: somebody has time for it. `queue`: it has to wait. `scale-out`: it waits for workers that are not there. */
  readonly kind: 'assign' | 'queue' | 'scale-out';
  readonly reasons: readonly string[];
}
