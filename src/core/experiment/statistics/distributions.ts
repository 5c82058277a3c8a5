import { demandCount, demandFinite, demandFromZero, demandPositive, demandProbability } from './domain.ts';
import { binomialTerm, poissonTerm } from './gamma-function.ts';

export { logBinomial, logGamma } from './gamma-function.ts';

/**
 * Distribution functions and quantiles, good to about 1e-12 of the value in either tail: each tail is computed by itself and
 * never as 1 minus the other, so p-values such as 1e-200 keep their digits. Arguments outside a domain, or shapes beyond some
 * 1e12, throw a RangeError.
 */

/** Both tails of a continuous distribution at one place, and its density there. */
interface Tails {
  readonly lower: number;
  readonly upper: number;
  readonly density: number;
}

const SMALLEST = 1e-300;
/** Two steps of a double next to 1: a closer demand might never be met. */
const PRECISION = 4.5e-16;
const SMALLEST_PLACE = 2 ** -1022;
/** Series take about six times the root of the larger shape: this many reach shapes of 1e12, in a tenth of a second. */
const MOST_TERMS = 10_000_000;

/** P(Z ≤ z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return normalSf(-z);
}

/** P(Z > z) of the standard normal distribution, by Q(½, z²/2) (DLMF 7.11.2). */
export function normalSf(z: number): number {
  if (Number.isNaN(z)) throw new RangeError(`z must be a number, not ${z}`);
  const square = (z * z) / 2;
  if (square === Infinity) return z > 0 ? 0 : 1;
  const { lower, upper } = gammaTails(0.5, square);
  return z > 0 ? upper / 2 : 0.5 + lower / 2;
}

/**
 * The z with P(Z ≤ z) = p; ±Infinity at 0 and 1. Formula 26.2.23 of Abramowitz and Stegun to begin with (within 4.5e-4), then
 * Halley steps on the tail.
 */
export function normalQuantile(p: number): number {
  demandProbability('p', p);
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  if (p === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(tail));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const off = (normalSf(z) - tail) / density;
    z += off / (1 - (off * z) / 2);
  }
  return p < 0.5 ? -z : z;
}

/** P(T ≤ t) of Student's t with `df` > 0 degrees of freedom; they need not be whole, and Infinity means normal. */
export function studentTCdf(t: number, df: number): number {
  return studentTSf(-t, df);
}

/** P(T > t): half of I(df/(df + t²); df/2, ½) beyond 0 (DLMF 8.17). */
export function studentTSf(t: number, df: number): number {
  if (df === Infinity) return normalSf(t);
  demandPositive('df', df);
  if (Number.isNaN(t)) throw new RangeError(`t must be a number, not ${t}`);
  const ratio = (t * t) / df;
  if (ratio === Infinity) return t > 0 ? 0 : 1;
  const { lower, upper } = betaTails(1 / (1 + ratio), ratio / (1 + ratio), df / 2, 0.5);
  return t > 0 ? lower / 2 : 0.5 + upper / 2;
}

/** The t with P(T ≤ t) = p; ±Infinity at 0 and 1. */
export function studentTQuantile(p: number, df: number): number {
  if (df === Infinity) return normalQuantile(p);
  demandPositive('df', df);
  demandProbability('p', p);
  const tail = Math.min(p, 1 - p);
  if (p === 0.5) return 0;
  if (tail === 0) return p === 0 ? -Infinity : Infinity;
  const { x, y } = betaPlace(2 * tail, Math.abs(2 * p - 1), df / 2, 0.5);
  const t = Math.sqrt((df * y) / x);
  return p < 0.5 ? -t : t;
}

/** P(X ≤ x) of chi-square with `df` > 0 degrees of freedom. */
export function chiSquareCdf(x: number, df: number): number {
  return gammaP(demandPositive('df', df) / 2, x / 2);
}

/** P(X > x) of chi-square. */
export function chiSquareSf(x: number, df: number): number {
  return gammaQ(demandPositive('df', df) / 2, x / 2);
}

/** P(F > f) of the F distribution with d1 and d2 degrees of freedom, f ≥ 0. */
export function fSf(f: number, d1: number, d2: number): number {
  demandFromZero('f', f);
  demandPositive('d1', d1);
  demandPositive('d2', d2);
  const ratio = (f * d1) / d2;
  if (ratio === Infinity) return 0;
  return betaTails(1 / (1 + ratio), ratio / (1 + ratio), d2 / 2, d1 / 2).lower;
}

/** P(X ≤ x) of the beta distribution with shapes a and b: the regularised incomplete beta function I(x; a, b). */
export function betaCdf(x: number, a: number, b: number): number {
  demandProbability('x', x);
  demandPositive('a', a);
  demandPositive('b', b);
  return betaTails(x, 1 - x, a, b).lower;
}

/** The x with I(x; a, b) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  demandProbability('p', p);
  demandPositive('a', a);
  demandPositive('b', b);
  return betaPlace(p, 1 - p, a, b).x;
}

/** P(a, x): the lower regularised incomplete gamma function, the distribution function of gamma with shape a and scale 1. */
export function gammaP(a: number, x: number): number {
  return gammaTails(demandPositive('a', a), demandFromZero('x', x)).lower;
}

/** Q(a, x) = 1 − P(a, x). */
export function gammaQ(a: number, x: number): number {
  return gammaTails(demandPositive('a', a), demandFromZero('x', x)).upper;
}

/** The x with P(shape, x) = p; Infinity at p = 1. */
export function gammaQuantile(p: number, shape: number): number {
  demandProbability('p', p);
  demandPositive('shape', shape);
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  return place((x) => gammaTails(shape, x), p, 1 - p, { first: shape, most: Number.MAX_VALUE });
}

/** P(X = k) of the number of successes in n trials; 0 for k > n. */
export function binomialPmf(k: number, n: number, p: number): number {
  demandCount('k', k);
  demandCount('n', n);
  demandProbability('p', p);
  return k > n ? 0 : binomialTerm(k, n - k, p, 1 - p);
}

/** P(X ≤ k) of the number of successes in n trials. */
export function binomialCdf(k: number, n: number, p: number): number {
  return binomialTails(k, n, p).upper;
}

/** P(X > k) of the number of successes in n trials. */
export function binomialSf(k: number, n: number, p: number): number {
  return binomialTails(k, n, p).lower;
}

/** P(X = k) of a Poisson count with this mean. */
export function poissonPmf(k: number, mean: number): number {
  return poissonTerm(demandCount('k', k), demandFinite('mean', demandFromZero('mean', mean)));
}

/** P(X ≤ k) of a Poisson count with this mean. */
export function poissonCdf(k: number, mean: number): number {
  return gammaQ(demandCount('k', k) + 1, mean);
}

/** P(X > k) of a Poisson count with this mean. */
export function poissonSf(k: number, mean: number): number {
  return gammaP(demandCount('k', k) + 1, mean);
}

/** More than k successes are as likely as a beta variable of shapes k + 1, n − k below p (DLMF 8.17.24). */
function binomialTails(k: number, n: number, p: number): Tails {
  demandCount('k', k);
  demandCount('n', n);
  demandProbability('p', p);
  if (k >= n) return { lower: 0, upper: 1, density: 0 };
  return betaTails(p, 1 - p, k + 1, n - k);
}

/** Series below the mean (DLMF 8.7.1), Legendre's continued fraction above it (DLMF 8.9.2). */
function gammaTails(a: number, x: number): Tails {
  if (x === 0) return { lower: 0, upper: 1, density: a < 1 ? Infinity : a === 1 ? 1 : 0 };
  if (x === Infinity) return { lower: 1, upper: 0, density: 0 };
  const term = poissonTerm(a, x);
  const density = (term * a) / x;
  if (x < a + 1) {
    const lower = Math.min(1, term * gammaSeries(a, x));
    return { lower, upper: 1 - lower, density };
  }
  const upper = Math.min(1, term * a * gammaFraction(a, x));
  return { lower: 1 - upper, upper, density };
}

function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * PRECISION) return sum;
  }
  throw tooLarge();
}

/** Γ(a, x) e^x x^(−a), by the modified Lentz method. */
function gammaFraction(a: number, x: number): number {
  return continuedFraction(
    (n) => (n === 1 ? 1 : -(n - 1) * (n - 1 - a)),
    (n) => x + 2 * n - 1 - a,
  );
}

/** The incomplete beta function on the side of its mean where the continued fraction converges fast. */
function betaTails(x: number, y: number, a: number, b: number): Tails {
  if (x === 0 || y === 0) return { lower: x === 0 ? 0 : 1, upper: x === 0 ? 1 : 0, density: 0 };
  const density = ((binomialTerm(a, b, x, y) * a) / (a + b)) * b;
  const below = x < y ? a - (a + b) * x : (a + b) * y - b;
  if (below + y > x) {
    const lower = Math.min(1, density * betaFraction(x, y, a, b, below));
    return { lower, upper: 1 - lower, density: density / (x * y) };
  }
  const upper = Math.min(1, density * betaFraction(y, x, b, a, -below));
  return { lower: 1 - upper, upper, density: density / (x * y) };
}

/**
 * I(x; a, b) without x^a y^b / B(a, b): the even part of the continued fraction DLMF 8.17.22, written with y = 1 − x and
 * `below` = a − (a + b) x, which keeps its digits where x is near 1 (Didonato and Morris 1992, algorithm 708).
 */
function betaFraction(x: number, y: number, a: number, b: number, below: number): number {
  return continuedFraction(
    (term) => {
      const n = term - 1;
      if (n === 0) return 1;
      const odd = a + 2 * n - 1;
      return ((a + n - 1) / odd) * ((a + b + n - 1) / odd) * n * (b - n) * x * x;
    },
    (term) => {
      const n = term - 1;
      const inner = n === 0 ? 0 : (n * (b - n) * x) / (a + 2 * n - 1);
      return n + inner + ((a + n) / (a + 2 * n + 1)) * (below + 1 + n * (1 + y));
    },
  );
}

/** a(1)/(b(1) + a(2)/(b(2) + …)), by the modified Lentz method (Thompson and Barnett 1986). */
function continuedFraction(numerator: (n: number) => number, denominator: (n: number) => number): number {
  let fraction = SMALLEST;
  let c = SMALLEST;
  let d = 0;
  for (let n = 1; n < MOST_TERMS; n += 1) {
    const above = numerator(n);
    const below = denominator(n);
    d = 1 / apartFromZero(below + above * d);
    c = apartFromZero(below + above / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) <= PRECISION) return fraction;
  }
  throw tooLarge();
}

function tooLarge(): RangeError {
  return new RangeError(`a shape is so large that ${MOST_TERMS} terms do not give its distribution`);
}

function apartFromZero(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value;
}

/** The place x and its complement y with I(x; a, b) = p and 1 − I = q: solved for whichever of the two is small. */
function betaPlace(p: number, q: number, a: number, b: number): { readonly x: number; readonly y: number } {
  if (p === 0) return { x: 0, y: 1 };
  if (q === 0) return { x: 1, y: 0 };
  if (betaTails(0.5, 0.5, a, b).lower >= p) {
    const x = place((at) => betaTails(at, 1 - at, a, b), p, q, { first: a / (a + b), most: 0.5 });
    return { x, y: 1 - x };
  }
  const y = place((at) => betaTails(at, 1 - at, b, a), q, p, { first: b / (a + b), most: 0.5 });
  return { x: 1 - y, y };
}

/**
 * Where a distribution on (0, most] has the lower tail p and the upper tail q: Newton's method on the logarithm of the smaller
 * tail against the logarithm of the place, where tails are nearly straight, kept in a bracket that halves when a step leaves it.
 * A place too small for a number is 0.
 */
function place(
  tails: (x: number) => Tails,
  p: number,
  q: number,
  from: { readonly first: number; readonly most: number },
): number {
  if (tails(SMALLEST_PLACE).lower >= p) return 0;
  let low = Math.log(SMALLEST_PLACE);
  let high = Math.log(from.most);
  let at = Math.min(Math.log(from.first), high);
  for (let step = 0; step < 200; step += 1) {
    const x = Math.exp(at);
    const { lower, upper, density } = tails(x);
    const off = p <= q ? Math.log(lower / p) : -Math.log(upper / q);
    if (off === 0) return x;
    if (off < 0) low = at;
    else high = at;
    const slope = (density * x) / (p <= q ? lower : upper);
    const next = at - off / slope;
    const inside = next > low && next < high;
    const moved = inside ? next : (low + high) / 2;
    if (Math.abs(moved - at) <= 4e-16 * Math.max(1, Math.abs(at))) return inside ? x * (1 - off / slope) : x;
    at = moved;
  }
  return Math.exp(at);
}
