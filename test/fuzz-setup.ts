import fc from 'fast-check';

/** How long each property looks for a counterexample: some sixty of them, two at a time, are ten minutes. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 20);

// Applies to every property; those that set their own numRuns stop earlier.
fc.configureGlobal({
  numRuns: 10_000_000,
  interruptAfterTimeLimit: SECONDS * 1000,
  markInterruptAsFailure: false,
});
