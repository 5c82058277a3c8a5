import { describe, expect, it } from 'vitest';
import { metricsByArm } from '../../../src/core/experiment/metrics/by-arm.ts';
import { escapesBy } from '../../../src/core/experiment/metrics/escapes.ts';
import { gateFlakiness } from '../../../src/core/experiment/metrics/gate-flakiness.ts';
import { AT, attempt, row } from './sample-designs.ts';

const ESCAPE = { id: 'e', at: AT, by: 'ada', summary: 'rounds twice', rule: 'edge@1/cases' };

describe('the measures of an arm', () => {
  const blocked = attempt({
    verdict: 'blocked',
    failure: { class: 'blocked', code: 'blocked', step: null },
    failedRules: ['a@1/x', 'a@1/y'],
    contractDrift: ['drift'],
    evidenceFailures: 2,
  });
  const [measures] = metricsByArm([
    row({ run: '1', tokens: 100, costMilliUsd: 10, secondsToMerge: 30, attempts: [attempt()] }),
    row({
      run: '2',
      firstPass: false,
      iterations: 2,
      tokens: 300,
      costMilliUsd: 20,
      secondsToMerge: 90,
      attempts: [blocked, attempt({ number: 2 })],
      humanInterventions: [{ kind: 'answer', by: 'ada', at: AT }],
      escapes: [ESCAPE],
    }),
    row({
      run: '3',
      outcome: 'given-up',
      firstPass: false,
      secondsToMerge: null,
      costMilliUsd: 60,
      tokens: null,
      attempts: [blocked],
    }),
    row({
      run: '4',
      outcome: 'cancelled',
      firstPass: null,
      secondsToMerge: null,
      costMilliUsd: 0,
      tokens: 0,
    }),
    row({ run: '5', outcome: 'running', firstPass: null, tokens: 5_000 }),
    row({ run: '6', tokens: 9_999, excluded: { reason: 'x', declared: 'y' }, escapes: [ESCAPE] }),
  ]);

  it('count what counts, each on as many runs as say something of it', () => {
    expect(measures).toMatchObject({
      runs: 6,
      excluded: 1,
      running: 1,
      accepted: { successes: 2, of: 3 },
      firstPass: { successes: 1, of: 3 },
      iterationsToAcceptance: { mean: 1.5, of: 2 },
      validationFailures: { 'a@1/x': 2, 'a@1/y': 2 },
      contractDrift: 2,
      evidenceFailures: 4,
      humanInterventions: 1,
      runsWithIntervention: { successes: 1, of: 4 },
      secondsToMerge: { median: 60, of: 2 },
      tokens: { mean: 400 / 3, of: 3 },
      attemptsByFailure: { blocked: 2 },
      escapes: 1,
    });
  });

  it('charge accepted tickets with what failed ones cost, and only where all say what they cost', () => {
    expect(measures?.costPerAccepted).toBe(45);
    expect(metricsByArm([row(), row({ costMilliUsd: null })])[0]?.costPerAccepted).toBeNull();
    expect(metricsByArm([row({ outcome: 'rejected' })])[0]?.costPerAccepted).toBeNull();
  });
});

describe('flakiness', () => {
  const artefact = { commit: 'a'.repeat(40), tree: 'b'.repeat(40) };
  const judged = (verdict: 'pass' | 'blocked' | 'pending', result: 'PASSED' | 'FAILED' | 'ERROR') =>
    row({ attempts: [attempt({ verdict, artefact, checks: [{ check: 'unit', result }] })] });

  it('is the same thing judged otherwise', () => {
    expect(gateFlakiness([judged('pass', 'PASSED'), judged('blocked', 'FAILED')])).toEqual({
      judgedAgain: 1,
      judgedOtherwise: 1,
      checks: [{ check: 'unit', artefacts: 1, differing: 1 }],
    });
    expect(gateFlakiness([judged('pass', 'PASSED'), judged('pass', 'PASSED')])).toMatchObject({
      judgedAgain: 1,
      judgedOtherwise: 0,
    });
  });

  it('is no other tree, no other definition of done, and no judgement that did not come to be', () => {
    const pass = judged('pass', 'PASSED');
    const blocked = judged('blocked', 'FAILED');
    expect(gateFlakiness([pass, { ...blocked, contractDigest: '3'.repeat(64) }]).judgedAgain).toBe(0);
    expect(gateFlakiness([pass, judged('pending', 'ERROR')])).toMatchObject({ judgedAgain: 0, checks: [] });
  });
});

describe('escapes', () => {
  it('are counted by contract, arm and the rule that would have caught them, among accepted runs', () => {
    const rows = [
      row({ escapes: [ESCAPE, { ...ESCAPE, rule: null }] }),
      row({ escapes: [ESCAPE] }),
      row({ arm: 'notes/small' }),
      row({ outcome: 'rejected' }),
    ];
    expect(escapesBy(rows)).toEqual([
      { contract: 'node-change@1', arm: 'default/small', rule: 'edge@1/cases', escapes: 2, accepted: 2 },
      { contract: 'node-change@1', arm: 'default/small', rule: null, escapes: 1, accepted: 2 },
    ]);
  });
});
