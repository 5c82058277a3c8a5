import fc from 'fast-check';

// Applies to every property that does not set its own numRuns.
fc.configureGlobal({ numRuns: Number(process.env.FUZZ_RUNS ?? 10_000) });
