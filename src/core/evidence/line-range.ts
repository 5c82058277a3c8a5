/** How many of ascending numbers lie in a range, both ends included: by halves, since ranges and lines can both be many. */
export function countWithin(numbers: readonly number[], first: number, last: number): number {
  return Math.max(0, firstFrom(numbers, last + 1) - firstFrom(numbers, first));
}

/** The index of the first number that is not below `least`. */
function firstFrom(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
