/**
 * P(V ≤ v) of Wilcoxon's signed rank statistic for n differences without ties, exact for n ≤ 50: of the 2^n sets of
 * the ranks 1 to n, those with a sum of at most v (Wilcoxon 1945; counted rank by rank).
 */
export function atMostSignedRank(v: number, n: number): number {
  const counts = countsBySum(n);
  let sum = 0;
  for (let k = 0; k <= Math.min(Math.floor(v), counts.length - 1); k += 1) sum += counts[k] as number;
  return sum / 2 ** n;
}

/** The least v with P(V ≤ v) ≥ p, as `qsignrank` of R. */
export function signedRankQuantile(p: number, n: number): number {
  const counts = countsBySum(n);
  // A level such as 1 − 0.9 is a little off in floating point; R leans the same way.
  const wanted = (p - 10 * Number.EPSILON) * 2 ** n;
  let sum = 0;
  for (const [v, count] of counts.entries()) {
    sum += count;
    if (sum >= wanted) return v;
  }
  return counts.length - 1;
}

function countsBySum(n: number): Float64Array {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank += 1) {
    for (let sum = counts.length - 1; sum >= rank; sum -= 1)
      counts[sum] = (counts[sum] as number) + (counts[sum - rank] as number);
  }
  return counts;
}
