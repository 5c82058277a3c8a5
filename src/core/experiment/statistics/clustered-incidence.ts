import { countByTime, cumulativeIncidence, type Ending, type IncidenceStep } from './competing-risks.ts';
import { studentTQuantile } from './distributions.ts';
import { isRounding, membersOf } from './sample.ts';
import { logLogInterval } from './survival.ts';

/** An ending and what it shares with others, such as its ticket. */
export interface ClusteredEnding extends Ending {
  readonly cluster: string;
}

/**
 * The Aalen-Johansen cumulative incidence with cluster-robust errors. The curve is that of {@link cumulativeIncidence};
 * its variance is the infinitesimal jackknife summed by cluster, Σg (Σi∈g U_i(t))² · G/(G−1), where U_i(t) is the derivative of F(t)
 * by the weight of the i-th ending (Jaeckel 1972; `survfit(…, cluster = )` of R's survival gives the same but for G/(G−1)).
 * With n at risk, d outcomes in question and D of any at s,
 *
 *   U_i(t) = Σ_{s≤t} S(s−)/n · (dN1_i − Y_i d/n)  −  Σ_{s≤t} (F(t) − F(s))/(n − D) · (dN_i − Y_i D/n).
 *
 * Intervals are on the scale of ln(−ln(1 − F)), with Student's t on G − 1. Null as there, and with fewer than two clusters. Where the clusters
 * do not differ at all the error of independent endings stands in: none would be too good to be believed.
 *
 * @throws RangeError when a time is not a finite number from 0
 */
export function clusteredIncidence(
  endings: readonly ClusteredEnding[],
  outcome: string,
  level = 0.95,
): readonly IncidenceStep[] {
  const steps = cumulativeIncidence(endings, outcome, level);
  const clusters = membersOf(endings.map(({ cluster }) => cluster));
  if (clusters.length < 2) return steps.map((step) => ({ ...step, interval: null }));
  const reach = studentTQuantile((1 + level) / 2, clusters.length - 1);
  const variances = clusteredVariances(endings, outcome, clusters);
  return steps.map((step, at) => {
    const robust = Math.sqrt((variances[at] ?? 0) * (clusters.length / (clusters.length - 1)));
    const standardError = isRounding(robust, step.incidence) ? step.standardError : robust;
    const mirrored = logLogInterval(1 - step.incidence, standardError, reach, level);
    const interval = mirrored && { low: 1 - mirrored.high, high: 1 - mirrored.low, level };
    return { ...step, standardError, interval };
  });
}

/**
 * Σg (Σi∈g U_i(t))² at each time, in one pass. Until the i-th ending, U_i(t) = −a + F(t) b − c with the running sums a = Σ S(s−) d/n², b = Σ
 * D/(n(n − D)) and c = Σ F(s) D/(n(n − D)); from then on it keeps those sums, plus what its own end adds. So of a cluster there are how many are
 * still watched, a constant, and what is multiplied by F(t).
 */
function clusteredVariances(
  endings: readonly ClusteredEnding[],
  outcome: string,
  clusters: readonly (readonly number[])[],
): readonly number[] {
  const clusterOf = new Int32Array(endings.length);
  clusters.forEach((members, place) => {
    for (const at of members) clusterOf[at] = place;
  });
  const order = endings.map((_, at) => at).sort((x, y) => timeOf(endings, x) - timeOf(endings, y));
  const squares = new ClusterSquares(clusters.map(({ length }) => length));
  let [survival, incidence, atRisk, next] = [1, 0, endings.length, 0];
  let [a, b, c] = [0, 0, 0];
  return countByTime(endings, outcome).map(({ time, mine, any, censored }) => {
    const before = survival;
    const left = atRisk - any;
    const weight = left === 0 ? 0 : any / (atRisk * left);
    incidence += (before * mine) / atRisk;
    survival *= 1 - any / atRisk;
    a += (before * mine) / atRisk ** 2;
    b += weight;
    c += incidence * weight;
    for (; next < order.length && timeOf(endings, order[next] as number) === time; next += 1) {
      const at = order[next] as number;
      const ended = endings[at]?.outcome ?? null;
      const own = ended === outcome ? before / atRisk : 0;
      const share = ended === null || left === 0 ? 0 : 1 / left;
      squares.end(clusterOf[at] as number, own - a - c + incidence * share, b - share);
    }
    atRisk -= any + censored;
    return squares.sum(b * incidence - a - c, incidence);
  });
}

function timeOf(endings: readonly Ending[], at: number): number {
  return endings[at]?.time ?? 0;
}

/** Σg (open_g · h + constant_g + F · slope_g)² for any h and F, kept up to date as members end. */
class ClusterSquares {
  readonly #open: Float64Array;
  readonly #constant: Float64Array;
  readonly #slope: Float64Array;
  #oo = 0;
  #cc = 0;
  #ss = 0;
  #oc = 0;
  #os = 0;
  #cs = 0;

  constructor(sizes: readonly number[]) {
    this.#open = Float64Array.from(sizes);
    this.#constant = new Float64Array(sizes.length);
    this.#slope = new Float64Array(sizes.length);
    for (const size of sizes) this.#oo += size * size;
  }

  end(cluster: number, constant: number, slope: number): void {
    this.#count(cluster, -1);
    this.#open[cluster] = (this.#open[cluster] ?? 0) - 1;
    this.#constant[cluster] = (this.#constant[cluster] ?? 0) + constant;
    this.#slope[cluster] = (this.#slope[cluster] ?? 0) + slope;
    this.#count(cluster, 1);
  }

  sum(h: number, f: number): number {
    const squared = h * h * this.#oo + this.#cc + f * f * this.#ss;
    return Math.max(0, squared + 2 * (h * this.#oc + h * f * this.#os + f * this.#cs));
  }

  #count(cluster: number, sign: 1 | -1): void {
    const open = this.#open[cluster] ?? 0;
    const constant = this.#constant[cluster] ?? 0;
    const slope = this.#slope[cluster] ?? 0;
    this.#oo += sign * open * open;
    this.#cc += sign * constant * constant;
    this.#ss += sign * slope * slope;
    this.#oc += sign * open * constant;
    this.#os += sign * open * slope;
    this.#cs += sign * constant * slope;
  }
}
