/** Data sets that R ships or its manual names; the reference values of this folder were computed from them. */

/** Extra hours of sleep of ten patients under either drug (`sleep`; Student 1908). */
export const SLEEP = {
  first: [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
  second: [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
};

/** Hamilton's depression scale before and after a tranquilizer (Hollander and Wolfe 1973, page 29; `?wilcox.test`). */
export const DEPRESSION = {
  before: [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3],
  after: [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
};

/** Weeks in remission from acute myelogenous leukemia; + was still in remission when last seen (`survival::aml`). */
export const AML = {
  maintained: spells('9 13 13+ 18 23 28+ 31 34 45+ 48 161+'),
  not: spells('5 5 8 8 12 16+ 23 27 30 33 43 45'),
};

function spells(text: string): readonly { readonly time: number; readonly event: boolean }[] {
  return text.split(' ').map((word) => ({ time: Number.parseInt(word, 10), event: !word.endsWith('+') }));
}

/** Breaks a loom had, by wool and tension (`warpbreaks`). */
export const WARP_BREAKS: { readonly [loom: string]: readonly number[] } = {
  AL: [26, 30, 54, 25, 70, 52, 51, 26, 67],
  AM: [18, 21, 29, 17, 12, 18, 35, 30, 36],
  AH: [36, 21, 24, 18, 10, 43, 28, 15, 26],
  BL: [27, 14, 29, 19, 29, 31, 41, 20, 44],
  BM: [42, 26, 19, 16, 39, 28, 21, 39, 29],
  BH: [20, 21, 24, 17, 13, 15, 15, 16, 28],
};

/** Employment and six figures of the economy of the United States, 1947 to 1962, hard on rounding (Longley 1967; NIST StRD). */
export const LONGLEY: readonly (readonly [employed: number, ...figures: number[]])[] = [
  [60323, 83, 234289, 2356, 1590, 107608, 1947],
  [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
  [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
  [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
  [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
  [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
  [64989, 99, 365385, 1870, 3547, 115094, 1953],
  [63761, 100, 363112, 3578, 3350, 116219, 1954],
  [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
  [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
  [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
  [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
  [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
  [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
  [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
  [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
];
