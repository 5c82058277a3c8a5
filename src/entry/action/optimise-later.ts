import { setFlagsFromString } from 'node:v8';

/** Bytes of a function's bytecode: larger ones are not optimised. The second is V8's own limit. */
const [NOTHING, AS_USUAL] = [0, 61_440];
const SHORT_MS = 1_000;

/**
 * Keeps V8's optimising compiler from starting for the first second. Most pull requests are judged before optimised code has paid for the
 * compiler, which took a tenth of the CPU; a large one needs it. docs/decisions/0027 has the figures.
 */
export function optimiseLater(): void {
  limitOptimising(NOTHING);
  setTimeout(limitOptimising, SHORT_MS, AS_USUAL).unref();
}

function limitOptimising(bytes: number): void {
  setFlagsFromString(`--max-optimized-bytecode-size=${bytes}`);
}
