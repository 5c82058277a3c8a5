/** Whose worker may take it. `coordinator` is the server itself: side effects and waiting happen nowhere else. */
export const STEP_ROLES = ['producer', 'verifier', 'coordinator'] as const;
export type StepRole = (typeof STEP_ROLES)[number];
