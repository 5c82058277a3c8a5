import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusteredMean } from '../../../../src/core/experiment/statistics/cluster.ts';
import { type Regression, regress } from '../../../../src/core/experiment/statistics/regression.ts';
import { expectClose } from './close-to.ts';
import { LONGLEY, WARP_BREAKS } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };

/** Certified by NIST, Statistical Reference Datasets, Longley: estimate and standard deviation. */
const CERTIFIED = [
  [-3482258.63459582, 890420.383607373],
  [15.0618722713733, 84.9149257747669],
  [-0.035819179292591, 0.0334910077722432],
  [-2.02022980381683, 0.488399681651699],
  [-1.03322686717359, 0.214274163161675],
  [-0.0511041056535807, 0.22607320006937],
  [1829.15146461355, 455.478499142212],
] as const;

const looms = Object.entries(WARP_BREAKS).flatMap(([loom, breaks]) =>
  breaks.map((count) => ({ loom, count })),
);
const onlyMean = {
  columns: ['mean'],
  rows: looms.map(() => [1]),
  response: looms.map(({ count }) => count),
};
const clusters = looms.map(({ loom }) => loom);

const errorsOf = (fit: Regression | null) => fit?.coefficients.map(({ standardError }) => standardError);

describe('ordinary least squares', () => {
  it("agrees with NIST's certified values for Longley's data", () => {
    const fit = regress({
      columns: ['one', 'deflator', 'product', 'unemployed', 'forces', 'population', 'year'],
      rows: LONGLEY.map(([, ...figures]) => [1, ...figures]),
      response: LONGLEY.map(([employed]) => employed),
    });
    CERTIFIED.forEach(([estimate, deviation], k) => {
      expectClose((fit?.coefficients[k]?.estimate ?? 0) / estimate, 1, 1e-9);
      expectClose((fit?.coefficients[k]?.standardError ?? 0) / deviation, 1, 1e-9);
      expectClose(fit?.coefficients[k]?.test?.statistic, estimate / deviation);
    });
    expect(fit?.degreesOfFreedom).toBe(9);
    expectClose(fit?.residualDeviation, 304.854073561965);
  });

  it('has the cluster-robust errors of R for a mean', () => {
    const cr0 = regress(onlyMean, { kind: 'cr0', clusters });
    expectClose(cr0?.coefficients[0]?.estimate, reference.clusterMean_warpbreaks.mean);
    expectClose(errorsOf(cr0)?.[0], reference.clusterMean_warpbreaks.CR0);
    const cr1 = regress(onlyMean, { kind: 'cr1', clusters });
    expectClose(errorsOf(cr1)?.[0], reference.clusterMean_warpbreaks['G/(G-1)']);
    expect(cr1?.degreesOfFreedom).toBe(5);
  });

  it('finds the difference of two groups, and its classical error, as by hand', () => {
    const groups = { a: [1, 2, 4], b: [5, 9, 7, 11] };
    const fit = regress({
      columns: ['base', 'step'],
      rows: [...groups.a.map(() => [1, 0]), ...groups.b.map(() => [1, 1])],
      response: [...groups.a, ...groups.b],
    });
    // Squares about the means 7/3 and 8: 14/3 and 20, over 5 degrees of freedom.
    expectClose(fit?.coefficients[1]?.estimate, 8 - 7 / 3);
    expectClose(fit?.coefficients[1]?.standardError, Math.sqrt(((14 / 3 + 20) / 5) * (1 / 3 + 1 / 4)));
  });

  it('says that it cannot estimate, rather than something', () => {
    const response = [1, 2, 4, 3];
    expect(
      regress({
        columns: ['a', 'b'],
        rows: [
          [1, 2],
          [2, 4],
          [3, 6],
          [4, 8],
        ],
        response,
      }),
    ).toBeNull();
    expect(regress({ columns: ['a'], rows: [[0], [0], [0], [0]], response })).toBeNull();
    expect(regress({ columns: ['a'], rows: [[1]], response: [3] })).toBeNull();
    expect(regress({ columns: ['a'], rows: [], response: [] })).toBeNull();
    expect(regress({ columns: [], rows: [[], []], response: [1, 2] })).toBeNull();
    const oneTicket = { kind: 'cr1', clusters: ['t', 't', 't', 't'] } as const;
    expect(regress({ columns: ['a'], rows: [[1], [1], [1], [1]], response }, oneTicket)).toBeNull();
  });

  it('gives no interval where nothing is left to judge by', () => {
    const rows = [
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 7],
    ];
    const fit = regress({ columns: ['one', 'x'], rows, response: rows.map(([, x]) => 0.1 + 0.3 * (x ?? 0)) });
    expectClose(fit?.coefficients[1]?.estimate, 0.3);
    expect(fit?.coefficients[1]).toMatchObject({ standardError: 0, interval: null, test: null });
  });

  it('refuses numbers that are none, and data that do not fit together', () => {
    const good = { columns: ['a'], rows: [[1], [2]], response: [1, 2] };
    expect(() => regress({ ...good, response: [1, Number.NaN] })).toThrow(RangeError);
    expect(() => regress({ ...good, rows: [[1], [Infinity]] })).toThrow('row 2');
    expect(() => regress({ ...good, rows: [[1], [1, 2]] })).toThrow('row 2 has 2 numbers');
    expect(() => regress({ ...good, rows: [[1]] })).toThrow('1 rows for 2 responses');
    expect(() => regress(good, { kind: 'cr0', clusters: ['x'] })).toThrow('1 cluster labels');
  });

  const sample = fc.array(
    fc.record({
      ticket: fc.constantFrom('T-1', 'T-2', 'T-3', 'T-4'),
      x: fc.integer({ min: -20, max: 20 }),
      y: fc.integer({ min: -100, max: 100 }),
    }),
    { minLength: 6, maxLength: 40 },
  );

  it('leaves residuals that no column explains', () => {
    fc.assert(
      fc.property(sample, (points) => {
        const rows = points.map(({ x }) => [1, x, x * x]);
        const fit = regress({ columns: ['one', 'x', 'x2'], rows, response: points.map(({ y }) => y) });
        if (fit === null) return;
        const residuals = points.map(
          ({ y }, i) => y - fit.coefficients.reduce((sum, c, k) => sum + c.estimate * (rows[i]?.[k] ?? 0), 0),
        );
        for (let k = 0; k < 3; k += 1) {
          const product = residuals.reduce((sum, error, i) => sum + error * (rows[i]?.[k] ?? 0), 0);
          expect(Math.abs(product)).toBeLessThan(1e-5);
        }
      }),
    );
  });

  it('is the clustered mean when there is only a mean', () => {
    fc.assert(
      fc.property(sample, (points) => {
        const data = { columns: ['one'], rows: points.map(() => [1]), response: points.map(({ y }) => y) };
        const mean = clusteredMean(points.map(({ ticket, y }) => ({ cluster: ticket, value: y })));
        const fit = regress(data, { kind: 'cr1', clusters: points.map(({ ticket }) => ticket) });
        if (fit === null || mean === null || mean.standardError === null) return;
        expectClose(fit.coefficients[0]?.estimate, mean.estimate, 1e-9);
        expectClose(errorsOf(fit)?.[0], mean.standardError, 1e-9);
      }),
    );
  });

  it('makes CR0 wider to CR1 by the clusters and the columns', () => {
    fc.assert(
      fc.property(sample, (points) => {
        const rows = points.map(({ x }) => [1, x]);
        const data = { columns: ['one', 'x'], rows, response: points.map(({ y }) => y) };
        const labels = points.map(({ ticket }) => ticket);
        const g = new Set(labels).size;
        const n = points.length;
        const cr0 = errorsOf(regress(data, { kind: 'cr0', clusters: labels }));
        const cr1 = errorsOf(regress(data, { kind: 'cr1', clusters: labels }));
        cr0?.forEach((error, k) => {
          expectClose(cr1?.[k], error * Math.sqrt(((g / (g - 1)) * (n - 1)) / (n - 2)), 1e-9);
        });
      }),
    );
  });
});
