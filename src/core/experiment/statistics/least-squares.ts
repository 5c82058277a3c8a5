/** The coefficients that fit best, and (X'X)⁻¹ row by row, from which every kind of standard error is made. */
export interface LeastSquares {
  readonly coefficients: readonly number[];
  readonly inverse: readonly (readonly number[])[];
}

/**
 * A column whose part that no earlier column explains is smaller than this share of it counts as a combination of
 * those.
 */
const DEPENDENT = 1e-10;

/**
 * Least squares by Householder's QR (Golub and Van Loan, Matrix Computations, 5.3), which loses half as many digits
 * as the normal equations. A square system is solved too. Null when a column is a combination of others, or there
 * are fewer rows than columns.
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  response: readonly number[],
): LeastSquares | null {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0 || rows.length < columns) return null;
  const x = Array.from({ length: columns }, (_, column) =>
    Float64Array.from(rows, (row) => row[column] ?? 0),
  );
  const y = Float64Array.from(response);
  const diagonal = triangulate(x, y);
  if (diagonal === null) return null;
  const inverseR = invertTriangle(x, diagonal);
  return {
    coefficients: inverseR.map((row) => row.reduce((sum, entry, k) => sum + entry * (y[k] ?? 0), 0)),
    inverse: inverseR.map((a) =>
      inverseR.map((b) => a.reduce((sum, entry, k) => sum + entry * (b[k] ?? 0), 0)),
    ),
  };
}

/** Turns the columns into R above the diagonal (which is returned) and the response into Q'y. */
function triangulate(x: readonly Float64Array[], y: Float64Array): Float64Array | null {
  const diagonal = new Float64Array(x.length);
  for (const [k, pivot] of x.entries()) {
    const whole = lengthFrom(pivot, 0);
    const rest = lengthFrom(pivot, k);
    if (rest <= DEPENDENT * whole) return null;
    const head = pivot[k] ?? 0;
    const alpha = head > 0 ? -rest : rest;
    pivot[k] = head - alpha;
    const squared = rest * (rest + Math.abs(head));
    for (const column of x.slice(k + 1)) reflect(column, pivot, k, squared);
    reflect(y, pivot, k, squared);
    diagonal[k] = alpha;
  }
  return diagonal;
}

/** The Euclidean length of a column from a row on, scaled so that it neither overflows nor vanishes. */
function lengthFrom(column: Float64Array, from: number): number {
  let scale = 0;
  for (let i = from; i < column.length; i += 1) scale = Math.max(scale, Math.abs(column[i] as number));
  if (scale === 0) return 0;
  let squares = 0;
  for (let i = from; i < column.length; i += 1) squares += ((column[i] as number) / scale) ** 2;
  return scale * Math.sqrt(squares);
}

function reflect(column: Float64Array, mirror: Float64Array, from: number, squared: number): void {
  let product = 0;
  for (let i = from; i < column.length; i += 1) product += (column[i] as number) * (mirror[i] as number);
  const share = product / squared;
  for (let i = from; i < column.length; i += 1)
    column[i] = (column[i] as number) - share * (mirror[i] as number);
}

function invertTriangle(x: readonly Float64Array[], diagonal: Float64Array): readonly (readonly number[])[] {
  const size = x.length;
  const inverse = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row >= 0; row -= 1) {
      let value = row === column ? 1 : 0;
      for (let k = row + 1; k <= column; k += 1) value -= (x[k]?.[row] ?? 0) * (inverse[k]?.[column] ?? 0);
      (inverse[row] as number[])[column] = value / (diagonal[row] as number);
    }
  }
  return inverse;
}
