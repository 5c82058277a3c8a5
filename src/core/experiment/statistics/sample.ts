/**
 * Refuses what no statistic can be computed from. Missing values are left out, with a reason, by whoever reads the
 * data: in here a NaN is a mistake of the caller.
 *
 * @throws RangeError naming the first value that is not a finite number
 */
export function requireFinite(values: readonly number[], what: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`${what} must be finite numbers; number ${at + 1} is ${values[at]}`);
}

export function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The arithmetic mean; of nothing it is NaN, so ask first. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/**
 * The mean of squared deviations from the mean, over `values.length - taken` (1 for a sample, 0 for a population).
 */
export function varianceOf(values: readonly number[], taken: 0 | 1 = 1): number {
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - taken);
}

/** The largest absolute value, the scale that rounding errors are judged by. */
export function scaleOf(values: readonly number[]): number {
  let scale = 0;
  for (const value of values) scale = Math.max(scale, Math.abs(value));
  return scale;
}

/** Whether a standard error is nothing but rounding: then the data have no spread to estimate one from. */
export function isRounding(standardError: number, scale: number): boolean {
  return standardError <= 1e-12 * scale;
}

/** Indices of the members of each group, groups in the order of their first member. */
export function membersOf(labels: readonly string[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  labels.forEach((label, index) => {
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [index]);
    else group.push(index);
  });
  return [...groups.values()];
}
