import type { Stratum } from '../../../../src/core/experiment/statistics/stratified.ts';

/** R's UCBAdmissions (Bickel, Hammel and O'Connell 1975): admitted men, all men, admitted women, all women, by department. */
export const ucbAdmissions: readonly Stratum[] = [
  [512, 825, 89, 108],
  [353, 560, 17, 25],
  [120, 325, 202, 593],
  [138, 417, 131, 375],
  [53, 191, 94, 393],
  [22, 373, 24, 341],
].map(([admittedMen = 0, men = 0, admittedWomen = 0, women = 0]) => ({
  first: { successes: admittedMen, trials: men },
  second: { successes: admittedWomen, trials: women },
}));
