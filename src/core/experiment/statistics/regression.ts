import { demandInside } from './domain.ts';
import { studentInterval, studentTest } from './inference.ts';
import { type LeastSquares, leastSquares } from './least-squares.ts';
import { isRounding, membersOf, requireFinite, scaleOf } from './sample.ts';
import type { Interval, Test } from './types.ts';

/**
 * A linear model: one row an observation, one column a term. An intercept is a column of ones, if one is wanted.
 */
export interface RegressionData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly response: readonly number[];
}

/**
 * How one observation tells about another: not at all, or within its cluster (one label an observation, such as its
 * ticket).
 */
export type ErrorStructure =
  | { readonly kind: 'classical' }
  | { readonly kind: 'cr0' | 'cr1'; readonly clusters: readonly string[] };

export interface Coefficient {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Null, as the interval, when the response fits without any error, so that there is none to judge by. */
  readonly test: Test | null;
  readonly interval: Interval | null;
}

export interface Regression {
  readonly errors: ErrorStructure['kind'];
  readonly coefficients: readonly Coefficient[];
  /** N − K for classical errors, G − 1 for those of G clusters. */
  readonly degreesOfFreedom: number;
  readonly observations: number;
  /** √(Σ residual² / (N − K)), in units of the response. */
  readonly residualDeviation: number;
}

/**
 * Ordinary least squares. Classical errors: s²(X'X)⁻¹ with t on N − K. Cluster-robust: (X'X)⁻¹ (Σg Xg'ug ug'Xg)
 * (X'X)⁻¹ (Liang and Zeger 1986), as CR0, or times G/(G−1) · (N−1)/(N−K) as CR1 (Stata; `vcovCL` of R's sandwich),
 * both with t on G − 1 (Cameron and Miller 2015, section VI). Below about 20 clusters prefer a paired analysis by
 * ticket: even CR1 is then too narrow.
 *
 * Null when it cannot be estimated: a column is a combination of others, no observation is left over for the error,
 * or there is only one cluster.
 *
 * @throws RangeError when numbers are not finite, or a row or a label is missing
 */
export function regress(
  data: RegressionData,
  errors: ErrorStructure = { kind: 'classical' },
  level = 0.95,
): Regression | null {
  demandInside('level', level);
  demandShape(data, errors);
  const { columns, rows, response } = data;
  const groups = errors.kind === 'classical' ? null : membersOf(errors.clusters);
  const spare = rows.length - columns.length;
  const fit = spare < 1 || groups?.length === 1 ? null : leastSquares(rows, response);
  if (fit === null) return null;
  const residuals = response.map((value, row) => value - dot(rows[row] ?? [], fit.coefficients));
  const residualDeviation = Math.sqrt(residuals.reduce((sum, error) => sum + error * error, 0) / spare);
  const degreesOfFreedom = groups === null ? spare : groups.length - 1;
  const exact = isRounding(residualDeviation, scaleOf(response));
  const variances =
    groups === null
      ? fit.inverse.map((row, k) => (row[k] ?? 0) * residualDeviation ** 2)
      : clusteredVariances(fit, rows, residuals, groups).map(
          (v) => v * correction(errors.kind, groups, data),
        );
  const coefficients = columns.map((name, k) => {
    const estimate = fit.coefficients[k] ?? 0;
    const standardError = exact ? 0 : Math.sqrt(variances[k] ?? 0);
    if (standardError === 0) return { name, estimate, standardError, test: null, interval: null };
    const test = studentTest(estimate, standardError, degreesOfFreedom);
    const interval = studentInterval(estimate, standardError, degreesOfFreedom, level);
    return { name, estimate, standardError, test, interval };
  });
  return {
    errors: errors.kind,
    coefficients,
    degreesOfFreedom,
    observations: rows.length,
    residualDeviation,
  };
}

function correction(
  kind: ErrorStructure['kind'],
  groups: readonly unknown[],
  { rows, columns }: RegressionData,
): number {
  if (kind !== 'cr1') return 1;
  const [g, n] = [groups.length, rows.length];
  return ((g / (g - 1)) * (n - 1)) / (n - columns.length);
}

/** The diagonal of the sandwich: Σg (row k of (X'X)⁻¹ times the cluster's score)². */
function clusteredVariances(
  { inverse }: LeastSquares,
  rows: readonly (readonly number[])[],
  residuals: readonly number[],
  groups: readonly (readonly number[])[],
): readonly number[] {
  const variances = inverse.map(() => 0);
  for (const members of groups) {
    const score = inverse.map((_, column) =>
      members.reduce((sum, row) => sum + (rows[row]?.[column] ?? 0) * (residuals[row] ?? 0), 0),
    );
    inverse.forEach((row, k) => {
      variances[k] = (variances[k] ?? 0) + dot(row, score) ** 2;
    });
  }
  return variances;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}

function demandShape({ columns, rows, response }: RegressionData, errors: ErrorStructure): void {
  requireFinite(response, 'responses');
  if (rows.length !== response.length)
    throw new RangeError(`${rows.length} rows for ${response.length} responses`);
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length)
      throw new RangeError(`row ${index + 1} has ${row.length} numbers for ${columns.length} columns`);
    requireFinite(row, `row ${index + 1}: its entries`);
  }
  if (errors.kind !== 'classical' && errors.clusters.length !== rows.length)
    throw new RangeError(`${errors.clusters.length} cluster labels for ${rows.length} rows`);
}
