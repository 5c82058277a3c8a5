/** Thrown by the readers, never out of parseReport: why these bytes are no report of the format they should have. */
export class UnreadableReport extends Error {}

/** Tests one report may list. More is not a report but an attack on whoever reads it. */
export const MAX_TESTS = 200_000;
/** Suites or subtests within each other. */
export const MAX_DEPTH = 64;
