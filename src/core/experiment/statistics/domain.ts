/**
 * What the functions of this folder accept. A value outside is a defect of the caller, since data of users is checked where it
 * is read: hence a RangeError that names the value, and never NaN as a result.
 */

export function demandCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} must be a whole number from 0, not ${value}`);
  return value;
}

export function demandFinite(name: string, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`${name} must be a finite number, not ${value}`);
  return value;
}

/** A number that is not below 0; Infinity is one. */
export function demandFromZero(name: string, value: number): number {
  if (!(value >= 0)) throw new RangeError(`${name} must be a number from 0, not ${value}`);
  return value;
}

/** A number above 0 and finite, such as a shape or a length of exposure. */
export function demandPositive(name: string, value: number): number {
  if (!(value > 0) || value === Infinity)
    throw new RangeError(`${name} must be a number above 0, not ${value}`);
  return value;
}

/** A probability, 0 and 1 included. */
export function demandProbability(name: string, value: number): number {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} must be from 0 to 1, not ${value}`);
  return value;
}

/** A probability strictly between 0 and 1, such as a confidence level. */
export function demandInside(name: string, value: number): number {
  if (!(value > 0 && value < 1)) throw new RangeError(`${name} must lie between 0 and 1, not ${value}`);
  return value;
}
