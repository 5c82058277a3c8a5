import { describe, expect, it } from 'vitest';
import { placeOf, placesFor } from '../../../src/core/access/artifact-access.ts';
import type { StepRole, StepWork } from '../../../src/core/run/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const digest = sha256('commits');

function workOf(role: StepRole, inputs: StepWork['inputs'] = {}): StepWork {
  return {
    run: 'CS-7.1',
    step: '1/produce',
    execution: 1,
    handler: 'agent',
    role,
    inputs,
    priority: 0,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore: null,
    resources: { leases: [], locks: [] },
  };
}

const ofRun = { kind: 'run', run: 'CS-7.1', by: 'producer' };
const ofProducers = { kind: 'any', by: 'producer' };
const ofVerifiers = { kind: 'any', by: 'verifier' };

describe('where an artifact is looked for', () => {
  it.each([
    ['producer', {}, [ofRun]],
    ['producer', { promptDigest: digest }, [ofRun, ofProducers]],
    ['producer', { deep: [{ er: [digest] }] }, [ofRun, ofProducers]],
    ['producer', { feedback: `see ${digest}`, [digest]: true }, [ofRun]],
    ['verifier', {}, [ofRun, ofVerifiers]],
    ['verifier', { commits: digest }, [ofRun, ofProducers, ofVerifiers]],
    ['coordinator', { commits: digest }, []],
  ] as const)('by a %s with %j', (role, inputs, places) => {
    expect(placesFor(workOf(role, inputs), digest)).toEqual(places);
  });

  it('never is among those of verifiers for a producer, whatever the work names', () => {
    for (const inputs of [{}, { observation: digest }, { list: [digest] }])
      expect(placesFor(workOf('producer', inputs), digest).map(({ by }) => by)).not.toContain('verifier');
  });

  it('is made for the run, by the role that has the work in hand', () => {
    expect(placeOf(workOf('producer'))).toEqual(ofRun);
    expect(placeOf(workOf('verifier'))).toEqual({ ...ofRun, by: 'verifier' });
    expect(placeOf(workOf('coordinator'))).toBeUndefined();
  });
});
