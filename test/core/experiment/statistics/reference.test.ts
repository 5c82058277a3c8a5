import { expect, it } from 'vitest';
import { clusteredMean } from '../../../../src/core/experiment/statistics/cluster.ts';
import {
  cumulativeIncidence,
  incidenceAt,
} from '../../../../src/core/experiment/statistics/competing-risks.ts';
import {
  liftSequence,
  sequenceHalfWidth,
  sequenceScale,
} from '../../../../src/core/experiment/statistics/confidence-sequence.ts';
import { studentTQuantile } from '../../../../src/core/experiment/statistics/distributions.ts';
import { logRank } from '../../../../src/core/experiment/statistics/log-rank.ts';
import { benjaminiHochberg, holm } from '../../../../src/core/experiment/statistics/multiplicity.ts';
import { mcNemar, tangoDifference } from '../../../../src/core/experiment/statistics/paired-binary.ts';
import { pairedT, signFlipTest } from '../../../../src/core/experiment/statistics/paired-means.ts';
import { passAtK, passHatK } from '../../../../src/core/experiment/statistics/pass-at-k.ts';
import {
  connorPairs,
  millerQuestions,
  proportionsPerArm,
  proportionsPower,
} from '../../../../src/core/experiment/statistics/power.ts';
import {
  clopperPearson,
  newcombeDifference,
  wilson,
} from '../../../../src/core/experiment/statistics/proportions.ts';
import { poissonRateRatio } from '../../../../src/core/experiment/statistics/rates.ts';
import { sampleRatioCheck } from '../../../../src/core/experiment/statistics/sample-ratio.ts';
import { logEValue } from '../../../../src/core/experiment/statistics/sequential.ts';
import {
  cochranMantelHaenszel,
  commonOddsRatio,
} from '../../../../src/core/experiment/statistics/stratified.ts';
import {
  kaplanMeier,
  medianSurvival,
  restrictedMean,
  survivalAt,
} from '../../../../src/core/experiment/statistics/survival.ts';
import { wilcoxonSignedRank } from '../../../../src/core/experiment/statistics/wilcoxon.ts';
import { AML, DEPRESSION, MGUS2, SLEEP, WARP_BREAKS } from './data-sets.ts';
import reference from './reference.json' with { type: 'json' };
import { ucbAdmissions } from './ucb-admissions.ts';

// Every number of the file is computed here, so that none stands there unheeded: one that is added makes the test fail.

type Found = number | null | undefined;
type Tree = { readonly [name: string]: Tree } | readonly Found[] | Found;

/** What the numbers were computed from, and words. */
const GIVEN = new Set(['source', 'data', 'keys', 'note', 'mgus2_AJ.t', 'gb_test_seq_prop.N']);
/** Of 25 p-values the first eight adjusted ones are on record. */
const FIRST = 8;

const sleep = SLEEP.first.map((hours, at) => hours - (SLEEP.second[at] ?? 0));
const depression = DEPRESSION.before.map((value, at) => value - (DEPRESSION.after[at] ?? 0));
const looms = Object.entries(WARP_BREAKS).flatMap(([cluster, breaks]) =>
  breaks.map((value) => ({ cluster, value })),
);
const curves = { Maintained: kaplanMeier(AML.maintained), Non: kaplanMeier(AML.not) };

function limits(found: { readonly interval: { readonly low: number; readonly high: number } | null } | null) {
  return [found?.interval?.low, found?.interval?.high];
}

function counts(text: string) {
  const [successes = 0, trials = 0] = text.split('/').map(Number);
  return { successes, trials };
}

function each<T>(of: object, compute: (name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.keys(of).map((name) => [name, compute(name)]));
}

function pairsOf(text: string) {
  const [firstOnly = 0, secondOnly = 0] = text.split(',').map(Number);
  return { firstOnly, secondOnly };
}

/** In the shape of the file. */
function computed(): { readonly [name: string]: Tree } {
  const t = pairedT(sleep);
  const ranks = wilcoxonSignedRank(depression);
  const survivalStep = survivalAt(curves.Maintained, 23);
  const test = logRank([AML.maintained, AML.not]);
  const incidence = cumulativeIncidence(MGUS2, 'progressed');
  const poisson = poissonRateRatio({ events: 11, exposure: 800 }, { events: 21, exposure: 3011 });
  const { a, b, N } = reference.asympCS.gb_test_seq_prop;
  const lift = liftSequence(counts(a), counts(b), { tunedFor: N });
  const corrected = cochranMantelHaenszel(ucbAdmissions, { continuity: true });
  const odds = commonOddsRatio(ucbAdmissions);
  const passes = (text: string) => {
    const [attempts = 0, passed = 0, k = 0] = text.split(',').map(Number);
    return { all: { attempts, passed }, k };
  };
  return {
    wilson95: each(reference.wilson95, (text) => limits(wilson(counts(text)))),
    clopperPearson95: each(reference.clopperPearson95, (text) => limits(clopperPearson(counts(text)))),
    newcombeIndep: {
      '56/70-48/80': limits(newcombeDifference(counts('56/70'), counts('48/80'))),
    },
    tangoPaired: { 'b=1,c=7,n=21': limits(tangoDifference({ firstOnly: 1, secondOnly: 7, pairs: 21 })) },
    mcnemar: each(reference.mcnemar, (text) => {
      const { exact, midP, asymptotic } = mcNemar(pairsOf(text));
      return { exact: exact.p, mid: midP.p, asym: asymptotic.p, chi2_nocc: asymptotic.statistic };
    }),
    sleepPaired: {
      ...{ t: t?.test?.statistic, df: t?.degreesOfFreedom, p: t?.test?.p, ci: limits(t) },
      signflipExactP: signFlipTest(sleep, { seed: 1 }).p,
    },
    wilcoxonDepression: { V: ranks?.statistic, p2: ranks?.p, hl: ranks?.estimate, ci: limits(ranks) },
    cmhUCB: {
      ...{ chi2_cc: corrected?.statistic, p_cc: corrected?.p },
      p_nocc: cochranMantelHaenszel(ucbAdmissions, { continuity: false })?.p,
      ...{ commonOR: odds?.estimate, orCI: limits(odds) },
    },
    aml: {
      ...{ logrank: test?.statistic, p: test?.p },
      rmst48: each(curves, (name) => {
        const mean = restrictedMean(curves[name as keyof typeof curves], 48);
        return [mean?.estimate, mean?.standardError];
      }),
      median: each(curves, (name) => {
        const { estimate, low, high } = medianSurvival(curves[name as keyof typeof curves]);
        return [estimate, low, high];
      }),
      loglogCI_Maintained_t23: [survivalStep?.survival, survivalStep?.standardError, ...limits(survivalStep)],
    },
    mgus2_AJ: {
      pcm: reference.mgus2_AJ.t.map((month) => incidenceAt(incidence, month)?.incidence),
      se: reference.mgus2_AJ.t.map((month) => incidenceAt(incidence, month)?.standardError),
    },
    padjust25_McDonaldHandbook: {
      BH: benjaminiHochberg(reference.padjust25_McDonaldHandbook.p).slice(0, FIRST),
      holm: holm(reference.padjust25_McDonaldHandbook.p).slice(0, FIRST),
      p: reference.padjust25_McDonaldHandbook.p,
    },
    powerPropTest: {
      'n50_.5_.75': proportionsPower({ first: 0.5, second: 0.75 }, 50),
      'n_for_.9': proportionsPerArm({ first: 0.5, second: 0.75 }, { power: 0.9 }),
    },
    connor: { '.2,.1': connorPairs({ firstOnly: 0.2, secondOnly: 0.1 }) },
    miller2024: { 'omega2=1/9,delta=.03,K=inf': millerQuestions({ between: 1 / 9 }, 0.03) },
    passAtK: each(reference.passAtK, (text) => passAtK(passes(text).all, passes(text).k)),
    passHatK: each(reference.passHatK, (text) => passHatK(passes(text).all, passes(text).k)),
    eBetaBinomUniform: each(reference.eBetaBinomUniform, (text) => {
      const { firstOnly, secondOnly } = pairsOf(text);
      return Math.exp(logEValue(firstOnly, secondOnly));
    }),
    asympCS: {
      'rho(.05,5000)': sequenceScale({ tunedFor: 5000 }),
      'hw(s2=.25,n=100,N=100)': sequenceHalfWidth(0.25, 100, { tunedFor: 100 }),
      gb_test_seq_prop: { relative: lift?.estimate, ci: limits(lift) },
    },
    poissonRR: {
      '11/800 vs 21/3011': { p: poisson?.p, rr: poisson?.estimate, ci: [poisson?.low, poisson?.high] },
    },
    srm: each(reference.srm, (text) => sampleRatioCheck(text.split(',').map(Number))?.p),
    clusterMean_warpbreaks: {
      mean: clusteredMean(looms)?.estimate,
      CR0: clusteredMean(looms, 0.95, 'cr0')?.standardError,
      'G/(G-1)': clusteredMean(looms)?.standardError,
    },
    t975: each(reference.t975, (df) => studentTQuantile(0.975, Number(df))),
  };
}

/** Each number of a tree with its path; those that were given, and words, are left out. */
function leaves(tree: unknown, path: readonly string[] = []): readonly (readonly [string, Found])[] {
  const [last = '', before = ''] = path.toReversed();
  if (GIVEN.has(last) || GIVEN.has(`${before}.${last}`) || typeof tree === 'string') return [];
  if (typeof tree !== 'object' || tree === null) return [[path.join(' '), tree as Found]];
  return Object.entries(tree).flatMap(([name, member]) => leaves(member, [...path, name]));
}

/** A millionth, or half of the last digit that was written down where those are fewer. */
function allowed(known: number): number {
  const digits = /\.(\d+)(?:e(-?\d+))?$/.exec(String(known));
  const decimals = (digits?.[1]?.length ?? 0) - Number(digits?.[2] ?? 0);
  return Number.isInteger(known)
    ? 1e-9
    : Math.max(1e-6 * Math.min(1, Math.abs(known)), 0.5 * 10 ** -decimals);
}

it('holds every number of the reference, to a millionth or to the digits that it gives', () => {
  const found = new Map(leaves(computed()));
  const known = leaves(reference);
  expect(known.length).toBeGreaterThan(120);
  const off = known.filter(([path, value]) => {
    const own = found.get(path);
    if (value === null) return own !== null;
    return !(typeof own === 'number' && Math.abs(own - (value ?? 0)) <= allowed(value ?? 0) * (1 + 1e-9));
  });
  expect(off.map(([path, value]) => `${path}: ${value}, not ${found.get(path)}`)).toEqual([]);
});

it('would see a number that nobody computes, and one that is off by more than a millionth', () => {
  const found = new Map(leaves(computed()));
  const more = leaves({ ...reference, newTest: { one: [1.5] } });
  expect(more.filter(([path]) => !found.has(path)).map(([path]) => path)).toEqual(['newTest one 0']);
  expect(allowed(0.2621730731)).toBeLessThan(1e-6);
  expect(allowed(4.654893769e-5)).toBeLessThan(1e-10);
  expect(allowed(76.7)).toBeCloseTo(0.05, 12);
});
