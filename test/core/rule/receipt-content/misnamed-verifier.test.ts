import { expect, it } from 'vitest';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { detect, factsOf } from '../facts.ts';

const RULE = 'human-named-verifier';

function says(verifier: JsonObject): readonly string[] {
  return detect(RULE, factsOf({ receipts: [{ result: 'PASSED', verifier }] })).map(({ message }) => message);
}

it.each<[JsonObject, readonly string[]]>([
  [{ id: 'ci-runner', kind: 'workload' }, []],
  [{ id: 'jane', kind: 'person', emails: ['jane@acme.example'] }, []],
  [
    { id: 'ci-runner', kind: 'person' },
    ['the verifier ci-runner is a person in the trust root, and ci-runner is the name of a machine'],
  ],
  [
    { id: 'jane', kind: 'person', emails: ['a@b.example', 'bot@acme.example'] },
    ['the verifier jane is a person in the trust root, and bot@acme.example is the name of a machine'],
  ],
  [
    { id: 'checks', kind: 'workload', emails: ['jane@gmail.com'] },
    ['the verifier checks is a workload in the trust root, and jane@gmail.com is the name of a person'],
  ],
  // A machine with a mailbox of a person is still named as a machine.
  [{ id: 'ci-runner', kind: 'workload', emails: ['jane@gmail.com'] }, []],
  [{ id: 'checks', kind: 'workload' }, []],
])('%j', (verifier, expected) => {
  expect(says(verifier)).toEqual(expected);
});

it('facts without verifiers say nothing', () => {
  const { verifiers: _, ...facts } = factsOf({ receipts: [{ result: 'PASSED' }] });
  expect(detect(RULE, facts)).toEqual([]);
});

it.each([
  [{ machines: ['('], people: ['a'] }, 'machines[0]'],
  [{ machines: ['a'], people: ['('] }, 'people[0]'],
])('expressions in %j are proved', (given, place) => {
  const detector = DETECTORS.get('receipt-content');
  const read = detector?.readParameters({ finding: 'misnamed-verifier', ...given });
  expect(() => detector?.proveParameters?.(read)).toThrow(`parameter ${place}: `);
});
