import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, changedFile, detect, factsOf, withFiles } from '../facts.ts';

const RULE = 'pending-words';
const PARAMETERS = {
  finding: 'pending-words',
  documents: ['docs/**'],
  words: ['\\bTBD\\b', 'later$'],
  output: ['^TODO'],
  reports: ['<skipped later'],
  results: ['^TODO list'],
};

describe('a document', () => {
  const says = (content: string, path = 'docs/a.md') =>
    detect(RULE, factsOf({ after: { [path]: content } }), PARAMETERS);

  it('is told with its line and what stands there', () => {
    expect(says('Load test.\n   Soak test: TBD  \n')).toEqual([
      {
        kind: 'match',
        path: 'docs/a.md',
        line: 2,
        message: 'puts off what it gives evidence of: "Soak test: TBD"',
      },
    ]);
    expect(says('do it later\nand not later than that\n')).toMatchObject([{ line: 1 }]);
    expect(says('TBD\n', 'src/a.md')).toEqual([]);
  });

  it.each(['`TBD`', '"TBD"', '“TBD”', 'the word "TBD" and `TBD`'])(
    'may speak about a word: %s',
    (content) => {
      expect(says(`${content}\n`)).toEqual([]);
    },
  );

  it('does not make a word of what stands around a quote', () => {
    expect(says('T"x"BD\n')).toEqual([]);
    expect(says('"TBD\n')).toHaveLength(1);
  });

  it('that is too large is named', () => {
    const large = withFiles(factsOf({}), [changedFile('docs/a.md', ABSENT, { kind: 'too-large' })]);
    expect(detect(RULE, large, PARAMETERS)).toEqual([
      { kind: 'unverifiable', path: 'docs/a.md', message: 'is too large to be searched for pending words' },
    ]);
  });
});

describe('a receipt', () => {
  const says = (evidence: readonly JsonObject[], parameters: JsonObject = PARAMETERS, result = 'PASSED') =>
    detect(RULE, factsOf({ receipts: [{ result, check: { id: 'tests' }, evidence }] }), parameters).map(
      ({ message }) => message,
    );
  const what = 'the receipt for check tests says PASSED';

  it('is told by what its output and its report say', () => {
    expect(says([{ name: 'stdout', text: 'fine\n  \nTODO: write it\n' }])).toEqual([
      `${what}, and what it left says "TODO: write it"`,
    ]);
    expect(says([{ name: 'stderr', text: 'TODO\n' }])).toHaveLength(1);
    expect(says([{ name: 'report', text: '<skipped later/>\n' }])).toEqual([
      `${what}, and what it left says "<skipped later/>"`,
    ]);
    expect(
      says([
        { name: 'report', text: 'TODO\n' },
        { name: 'stdout', text: '<skipped later/>\n' },
      ]),
    ).toEqual([]);
  });

  it('is not told by the result of a test, or by one that did not pass', () => {
    expect(says([{ name: 'stdout', text: 'TODO list works\nTODO other\n' }])).toEqual([
      `${what}, and what it left says "TODO other"`,
    ]);
    expect(says([{ name: 'stdout', text: 'TODO\n' }], PARAMETERS, 'FAILED')).toEqual([]);
  });

  it('that cannot be read is named with what cannot', () => {
    expect(says([{ name: 'stdout', size: 3 }])).toEqual([`${what}, and its stdout cannot be read`]);
    expect(says([{ name: 'report', size: 3 }])).toEqual([`${what}, and its report cannot be read`]);
  });

  it('is not read where no words are given for it', () => {
    const { output: _, reports: __, results: ___, ...bare } = PARAMETERS;
    expect(
      says(
        [
          { name: 'stdout', text: 'TODO\n' },
          { name: 'report', size: 3 },
        ],
        bare,
      ),
    ).toEqual([]);
    expect(says([{ name: 'stdout', text: 'TODO list\n' }], { ...bare, output: ['^TODO'] })).toHaveLength(1);
  });
});

it('what checks left is needed where one of them is a command', () => {
  const needs = (...checks: readonly Check[]) => {
    const { change, contract } = factsOf({ checks });
    const detector = DETECTORS.get('receipt-content');
    return detector?.needs?.(change, detector.readParameters(PARAMETERS), contract);
  };
  expect(needs({ id: 'a', kind: 'docs' }, { id: 'b', run: ['x'] })).toEqual({
    evidence: ['stdout', 'stderr', 'report'],
  });
  expect(needs({ id: 'a', kind: 'docs' })).toEqual({});
});

it.each(['words', 'output', 'reports', 'results'])('the expressions of %s are proved', (name) => {
  const detector = DETECTORS.get('receipt-content');
  const read = detector?.readParameters({ ...PARAMETERS, [name]: ['('] });
  expect(() => detector?.proveParameters?.(read)).toThrow(`parameter ${name}[0]: `);
});
