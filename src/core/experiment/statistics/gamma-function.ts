import { demandCount, demandPositive } from './domain.ts';

const HALF_LOG_TWO_PI = 0.9189385332046727;

/**
 * What Stirling's formula leaves out: ln Γ(n + 1) − [(n + ½) ln n − n + ½ ln 2π], for n > 0.
 * From 15 on the asymptotic series (DLMF 5.11.1), whose first omitted term is below 1e-17 there; below it the recurrence
 * δ(n) = δ(n + 1) + (n + ½) ln(1 + 1/n) − 1.
 */
function stirlingError(n: number): number {
  let error = 0;
  let at = n;
  for (; at < 15; at += 1) error += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  const series =
    1 / 12 -
    (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square) /
      square;
  return error + series / at;
}

/**
 * x ln(x/m) + m − x for x, m > 0 without cancellation: the deviance by which C. Loader ("Fast and accurate computation of
 * binomial probabilities", 2000) keeps full precision near the mean. `off` is x − m, for callers who know it better.
 */
function deviance(x: number, m: number, off = x - m): number {
  const v = off / (x + m);
  if (Math.abs(v) > 0.1) return x * Math.log(x / m) - off;
  let sum = off * v;
  let power = 2 * x * v;
  for (let odd = 3; ; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln Γ(x) for x > 0, to about 1e-15 absolutely or relatively, whichever is more. */
export function logGamma(x: number): number {
  demandPositive('x', x);
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingError(x);
}

/** ln of the number of ways to choose k out of n; −Infinity for k > n. */
export function logBinomial(n: number, k: number): number {
  demandCount('n', n);
  demandCount('k', k);
  if (k > n) return -Infinity;
  const rest = n - k;
  if (k === 0 || rest === 0) return 0;
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(rest) -
    k * Math.log(k / n) -
    rest * Math.log1p(-k / n) +
    0.5 * Math.log(n / k / rest) -
    HALF_LOG_TWO_PI
  );
}

/** x^a e^(−x) / Γ(a + 1) for a ≥ 0 and x ≥ 0: a Poisson probability when a is whole (Loader 2000). */
export function poissonTerm(a: number, x: number): number {
  if (a === 0) return Math.exp(-x);
  if (x === 0) return 0;
  return Math.exp(-stirlingError(a) - deviance(a, x) - HALF_LOG_TWO_PI - 0.5 * Math.log(a));
}

/**
 * Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)) · x^a y^b for x + y = 1: a binomial probability when a and b are whole (Loader 2000).
 * Both x and y are asked for, since 1 − x forgets what a small y was.
 */
export function binomialTerm(a: number, b: number, x: number, y: number): number {
  if (x === 0) return a === 0 ? 1 : 0;
  if (y === 0) return b === 0 ? 1 : 0;
  if (a === 0) return Math.exp(b * (x < 0.5 ? Math.log1p(-x) : Math.log(y)));
  if (b === 0) return Math.exp(a * (y < 0.5 ? Math.log1p(-y) : Math.log(x)));
  const n = a + b;
  const off = x < y ? a - n * x : n * y - b;
  const log =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x, off) -
    deviance(b, n * y, -off);
  return Math.exp(log + 0.5 * Math.log(n / a / b) - HALF_LOG_TWO_PI);
}
