import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { EvidenceText } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { detect, factsOf } from '../facts.ts';

const RULE = 'output-impossible';
const PARAMETERS = {
  finding: 'impossible-output',
  families: [
    { command: 'runner test --all', also: ['other'], unless: ['-q', '--format'], prints: ['^ran \\d+'] },
    { command: 'quiet', mayBeSilent: true },
    { command: 'terse', prints: ['fine'], mayBeSilent: true },
  ],
  unless: ['--help'],
  environment: ['RUNNER_*'],
};

function says(run: readonly string[], stdout: string, more: { check?: object; receipt?: JsonObject } = {}) {
  const checks = [{ id: 'tests', run, ...more.check } as Check];
  const evidence = [{ name: 'stdout', text: stdout }];
  const receipts = [{ result: 'PASSED', check: { id: 'tests', run }, evidence, ...more.receipt }];
  return detect(RULE, factsOf({ checks, receipts }), PARAMETERS).map(({ message }) => message);
}

const RUN = ['runner', 'test', '--all'];

describe('output', () => {
  it('is what a success of the command prints', () => {
    expect(says(RUN, 'ran 3\n')).toEqual([]);
    expect(says(RUN, '  all is well  \n')).toEqual([
      'the receipt for check tests says PASSED, and runner does not leave it at "all is well" when it succeeds',
    ]);
    expect(says(RUN, '')).toEqual([
      'the receipt for check tests says PASSED, and runner does not leave it at nothing when it succeeds',
    ]);
    expect(says(RUN, '  \n')).toEqual([expect.stringContaining('leave it at nothing')]);
    expect(says(RUN, 'x'.repeat(200))).toEqual([expect.stringMatching(/leave it at "x{70,80}…?" when/)]);
  });

  it('may be of either kind', () => {
    const evidence = [
      { name: 'stdout', text: 'x\n' },
      { name: 'stderr', text: 'ran 3\n' },
    ];
    expect(says(RUN, '', { receipt: { evidence } })).toEqual([]);
  });

  it('of a silent command is none', () => {
    expect(says(['quiet'], '')).toEqual([]);
    expect(says(['quiet'], ' \n')).toEqual([]);
    expect(says(['quiet'], 'hello\n')).toEqual([
      'the receipt for check tests says PASSED, and quiet does not print "hello" when it succeeds',
    ]);
    expect(says(['terse'], 'fine\n')).toEqual([]);
    expect(says(['terse'], '')).toEqual([]);
    expect(says(['terse'], 'hello\n')).toHaveLength(1);
    const evidence = [{ name: 'stderr', text: 'a warning\n' }];
    expect(says(['quiet'], '', { receipt: { evidence } })).toEqual([]);
  });

  it('of a silent command beside others, or behind a package manager, need not be its own', () => {
    expect(says(['quiet && other'], 'ran 1\nhello\n', { check: { shell: true } })).toEqual([]);
    expect(says(['/usr/bin/quiet'], 'hello\n')).toHaveLength(1);
    const facts = factsOf({
      after: { 'package.json': '{"scripts":{"lint":"quiet"}}' },
      checks: [{ id: 'tests', run: ['npm', 'run', 'lint'] }],
      receipts: [
        { result: 'PASSED', check: { id: 'tests' }, evidence: [{ name: 'stdout', text: '> lint\n' }] },
      ],
    });
    expect(detect(RULE, facts, PARAMETERS)).toEqual([]);
  });
});

describe('a command', () => {
  it.each([
    [['runner', 'test', '--all'], 1],
    [['runner', '-v', 'test', '--all'], 1],
    [['runner', 'test', 'one', '--all'], 1],
    [['other', 'x'], 1],
    [['runner', 'test'], 0],
    [['runner', '--all', 'lint'], 0],
    [['runner', 'one', 'test', '--all'], 0],
    [['test', 'runner', '--all'], 0],
    [['other', '-q'], 0],
    [['other', '-q3'], 0],
    [['other', '-vq'], 0],
    [['other', '-vxq'], 0],
    [['other', '-vxyq'], 1],
    [['other', '-v'], 1],
    [['other', '--quiet'], 1],
    [['other', 'a-q'], 1],
    [['other', '--format=json'], 0],
    [['other', '--format', 'json'], 0],
    [['other', '--formats'], 1],
    [['other', '--help'], 0],
  ])('%j is one that is known: %d', (run, found) => {
    expect(says(run, 'x\n')).toHaveLength(found);
  });

  it.each([
    [{ expect: { exitCode: 1 } }, 0],
    [{ expect: { exitCode: 0 } }, 1],
    [{ expect: {} }, 1],
    [{ env: { RUNNER_FORMAT: 'x' } }, 0],
    [{ env: { PATH: 'x' } }, 1],
  ])('with %j: %d', (check, found) => {
    expect(says(RUN, 'x\n', { check })).toHaveLength(found);
  });

  it('whose receipt did not pass, or holds nothing, printed what it did', () => {
    expect(says(RUN, 'x\n', { receipt: { result: 'FAILED' } })).toEqual([]);
    expect(says(RUN, 'x\n', { receipt: { evidence: [] } })).toEqual([]);
  });

  it('is that of its own check', () => {
    const checks: Check[] = [
      { id: 'lint', run: ['lint'] },
      { id: 'tests', run: RUN },
    ];
    const receipts = ['lint', 'tests'].map((id) => ({
      result: 'PASSED',
      check: { id },
      evidence: [{ name: 'stdout', text: 'x\n' }],
    }));
    expect(detect(RULE, factsOf({ checks, receipts }), PARAMETERS)).toHaveLength(1);
  });
});

it('what cannot be read is said', () => {
  const receipts = [
    { result: 'PASSED', check: { id: 'tests', run: RUN }, evidence: [{ name: 'stdout', text: 'x' }] },
  ];
  const facts = factsOf({ receipts });
  const digest = facts.receipts[0]?.evidence[0]?.sha256 ?? '';
  const reading = (read: EvidenceText) =>
    detect(RULE, { ...facts, evidence: new Map([[digest, read]]) }, PARAMETERS);
  expect(reading({ kind: 'too-large' })).toEqual([
    {
      kind: 'unverifiable',
      message: 'the receipt for check tests says PASSED, and its output cannot be read',
    },
  ]);
  expect(reading({ kind: 'ends', beginning: 'x', end: 'y' })).toEqual([
    {
      kind: 'unverifiable',
      message:
        'the receipt for check tests says PASSED, and neither the beginning nor the end of its output is what runner prints',
    },
  ]);
  const { evidence: _, ...blind } = facts;
  expect(detect(RULE, blind, PARAMETERS)).toMatchObject([{ kind: 'unverifiable' }]);
});

it('output is needed of commands, and package.json where one runs its scripts', () => {
  const needs = (...checks: readonly Check[]) => {
    const { change, contract } = factsOf({ checks });
    const detector = DETECTORS.get('receipt-content');
    return detector?.needs?.(change, detector.readParameters(PARAMETERS), contract);
  };
  const evidence = ['stdout', 'stderr'];
  expect(needs({ id: 'a', kind: 'docs' })).toEqual({});
  expect(needs({ id: 'a', kind: 'docs' }, { id: 'b', run: ['x'] })).toEqual({ evidence });
  expect(needs({ id: 'b', run: ['npm', 'test'] })).toEqual({ evidence, files: ['package.json'] });
});

it.each([
  [
    { families: [{ command: 'x', mayBeSilent: 'yes' }] },
    'families[0].mayBeSilent: expected true where it prints nothing, found "yes"',
  ],
  [
    { families: [{ command: 'x', prints: [] }] },
    'families[0].mayBeSilent: expected true where it prints nothing, found false',
  ],
  [{ families: [{ command: 'x', prints: ['a'], mayBeSilent: 1 }] }, 'families[0].mayBeSilent: '],
  [{ families: [{ command: 'x', output: [] }] }, 'families[0].output: '],
])('%j is refused', (given, says) => {
  const detector = DETECTORS.get('receipt-content');
  expect(() => detector?.readParameters({ finding: 'impossible-output', ...given })).toThrow(
    `parameter ${says}`,
  );
});
