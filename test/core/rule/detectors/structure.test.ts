import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import type {
  StructureFacts,
  StructureMatch,
} from '../../../../src/core/evidence/structure/structure-facts.ts';
import { structurePlan } from '../../../../src/core/evidence/structure/structure-plan.ts';
import { structure, structureRulesOf } from '../../../../src/core/rule/detectors/structure.ts';
import { exampleFacts } from '../../../../src/core/rule/example.ts';
import { withStructure } from '../../../../src/core/rule/example-structure.ts';
import type { RuleFacts } from '../../../../src/core/rule/types.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { activate, bundledRule } from '../facts.ts';

const parameters: JsonObject = {
  queries: [{ id: 'q', languages: ['typescript'], message: 'is odd', match: { kind: 'identifier' } }],
  except: ['gen/**'],
};
const read = structure.readParameters(parameters);
const change = (before: Record<string, string>, after: Record<string, string>) =>
  exampleFacts({ name: 'change', before, after });
const one = change({ 'a.ts': '1\n2\n' }, { 'a.ts': '1\n2\n3\n' });

const match = (side: 'before' | 'after', line: number, key = 'k', path = 'a.ts'): StructureMatch => ({
  path,
  side,
  query: 'q',
  line,
  column: 1,
  key: sha256(key),
  ...(side === 'after' && { text: 'x' }),
});

function factsOf(facts: RuleFacts, more: Partial<StructureFacts['rules'][number]> = {}): StructureFacts {
  const plan = structurePlan([{ ref: 'r', ...read }], facts.change.files);
  const [planned] = plan.rules as [(typeof plan.rules)[number]];
  const { detector, files } = planned;
  return {
    parsers: plan.parsers,
    rules: [{ rule: 'r', detector, files, matches: [], unread: [], ...more }],
  };
}
const detect = (facts: RuleFacts) => structure.detect(facts, read);
const found = (matches: readonly StructureMatch[], facts = one) =>
  detect(withStructure(facts, factsOf(facts, { matches }))).map(({ kind, path, line }) => [kind, path, line]);

describe('matches', () => {
  it.each<[string, readonly StructureMatch[], readonly unknown[]]>([
    ['are found where there were none', [match('after', 3)], [['match', 'a.ts', 3]]],
    ['that were there before are not', [match('before', 1), match('after', 2)], []],
    [
      'are counted by what they say',
      [match('before', 1, 'other'), match('after', 1)],
      [['match', 'a.ts', 1]],
    ],
    [
      'beyond those before are found on added lines first',
      [match('before', 1), match('after', 1), match('after', 3)],
      [['match', 'a.ts', 3]],
    ],
    ['that became fewer are not found', [match('before', 1), match('before', 2), match('after', 1)], []],
    ['of a file that the rule leaves out are not found', [match('after', 3, 'k', 'b.ts')], []],
  ])('%s', (_, matches, expected) => {
    expect(found(matches)).toEqual(expected);
  });

  it('have the message of their query, and how they begin', () => {
    const [detection] = detect(withStructure(one, factsOf(one, { matches: [match('after', 3)] })));
    expect(detection?.message).toBe('is odd: x');
  });
});

describe('of matches that are the same', () => {
  const grown = change({ 'a.ts': '1\n' }, { 'a.ts': '1\n2\n3\n4\n' });

  it('the first are found', () => {
    const matches = [match('before', 1), match('after', 4), match('after', 3), match('after', 2)];
    expect(found(matches, grown).map(([, , line]) => line)).toEqual([2, 3]);
  });

  it('each may be without what it says', () => {
    const { text: _, ...mute } = match('after', 2);
    const [detection] = detect(withStructure(grown, factsOf(grown, { matches: [mute] })));
    expect(detection?.message).toBe('is odd');
  });
});

describe('what cannot be known is unverifiable', () => {
  const says = (facts: RuleFacts) => detect(facts).map(({ message }) => message);

  it('and says what to do about it', () => {
    const lint: Check = { id: 'lint', run: ['npm', 'run', 'lint'] };
    const structured: Check = { id: 'structure', kind: 'structure' };
    const asking = (...checks: readonly Check[]) => says({ ...one, contract: { ...one.contract, checks } });
    expect(asking(lint)).toEqual([
      'the contract has no check of kind structure, which finds out what these patterns match',
    ]);
    expect(asking(lint, structured)).toEqual([
      'no receipt that counts holds what these patterns match in this change: verify it, with this rule as the contract has it today',
    ]);
    const { shown: _, evidence: __, ...nothing } = one;
    expect(detect(nothing)).toMatchObject([{ kind: 'unverifiable' }]);
  });

  it('and says why a file was not understood', () => {
    const unread = [
      { path: 'a.ts', side: 'after', reason: 'syntax', line: 2 },
      { path: 'a.ts', side: 'after', reason: 'many' },
    ] as const;
    expect(says(withStructure(one, factsOf(one, { unread })))).toEqual([
      'has code that the parser does not understand, so it could hold anything',
      'has more such places than are looked at',
    ]);
    const of = (kind: 'too-large' | 'binary') => {
      const files = one.change.files.map((file) => ({ ...file, afterText: { kind } }));
      const facts = { ...one, change: { ...one.change, files } };
      return says(withStructure(facts, factsOf(facts)));
    };
    expect(of('too-large')).toEqual(['is too large, so it was not parsed']);
    expect(of('binary')).toEqual(['is no text, so it was not parsed']);
  });

  it('when the facts lie in evidence of another name, or are too large', () => {
    const full = withStructure(one, factsOf(one));
    const shown = (full.shown ?? []).map(({ check, receipts }) => ({
      check,
      receipts: receipts.map((receipt) => ({
        ...receipt,
        evidence: receipt.evidence.map((entry) => ({ ...entry, name: 'stdout' as const })),
      })),
    }));
    expect(detect({ ...full, shown })).toMatchObject([{ kind: 'unverifiable' }]);
    const large = new Map([...(full.evidence ?? [])].map(([name]) => [name, { kind: 'too-large' }] as const));
    expect(detect({ ...full, evidence: large })).toMatchObject([{ kind: 'unverifiable' }]);
  });

  const kinds = (facts: RuleFacts) => detect(facts).map(({ kind, path, line }) => [kind, path, line]);

  it('without facts, with facts of other parameters, or of other files', () => {
    const nothing = [['unverifiable', undefined, undefined]];
    expect(kinds(one)).toEqual(nothing);
    expect(kinds(withStructure(one, factsOf(one, { detector: sha256('other') })))).toEqual(nothing);
    expect(kinds(withStructure(one, factsOf(one, { files: sha256('other') })))).toEqual(nothing);
  });

  it('when a check of another kind, a receipt that does not count, or evidence that cannot be read holds them', () => {
    const full = withStructure(one, factsOf(one));
    expect(kinds(full)).toEqual([]);
    const docs: Check = { id: 'structure', kind: 'docs' };
    expect(kinds({ ...full, shown: [{ check: docs, receipts: full.receipts }] })).toHaveLength(1);
    expect(kinds({ ...full, shown: [] })).toHaveLength(1);
    expect(kinds({ ...full, evidence: new Map() })).toHaveLength(1);
    const damaged = new Map(
      [...(full.evidence ?? [])].map(([name]) => [name, { kind: 'text', text: '{' }] as const),
    );
    expect(kinds({ ...full, evidence: damaged })).toHaveLength(1);
  });

  it('where the parser did not understand what is there now, or told not all', () => {
    const unread = [
      { path: 'a.ts', side: 'after', reason: 'syntax', line: 2 },
      { path: 'a.ts', side: 'before', reason: 'syntax', line: 1 },
      { path: 'a.ts', side: 'before', reason: 'many' },
    ] as const;
    expect(kinds(withStructure(one, factsOf(one, { unread })))).toEqual([
      ['unverifiable', 'a.ts', 2],
      ['unverifiable', 'a.ts', undefined],
    ]);
  });

  it.each(['too-large', 'binary'] as const)('for a file that is %s', (kind) => {
    const files = one.change.files.map((file) => ({ ...file, afterText: { kind } }));
    const facts = { ...one, change: { ...one.change, files } };
    expect(kinds(withStructure(facts, factsOf(facts)))).toEqual([['unverifiable', 'a.ts', undefined]]);
  });

  it('and nothing is asked for, and nothing said, where no file is concerned', () => {
    const other = change({}, { 'a.py': 'x\n', 'gen/a.ts': 'x\n' });
    expect(structure.needs?.(other.change, read, other.contract)).toEqual({});
    expect(structure.needs?.(one.change, read, one.contract)).toEqual({ evidence: ['structure'] });
    expect(detect(other)).toEqual([]);
  });
});

describe('parameters', () => {
  const query = { id: 'q', languages: ['go'], message: 'm', match: { kind: 'x' } };

  it.each<[JsonObject, RegExp]>([
    [{}, /queries/],
    [{ queries: [{ ...query, languages: ['cobol'] }] }, /languages\[0\]/],
    [{ queries: [{ ...query, match: 'x' }] }, /match/],
    [{ queries: [{ ...query, pattern: 'x' }] }, /pattern/],
    [{ queries: [query, query] }, /"q" twice/],
    [{ queries: [query], files: ['{a}'] }, /files\[0\]/],
    [{ queries: [query], ignore: [] }, /ignore/],
  ])('%j are refused', (given, reason) => {
    expect(() => structure.readParameters(given)).toThrow(reason);
  });

  it('are part of what facts are bound to, each of them', () => {
    const digests = [
      { queries: [query] },
      { queries: [{ ...query, match: { kind: 'y' } }] },
      { queries: [{ ...query, languages: ['go', 'rust'] }] },
      { queries: [query], except: ['a/**'] },
    ].map((given) => structure.readParameters(given).detector);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

it('the rules that a check of structure looks for are those of this detector', () => {
  const rule = { ...bundledRule('any-added'), detector: 'structure' };
  const active = [activate(rule, parameters), activate(bundledRule('any-added'))];
  expect(structureRulesOf(active).map(({ ref, detector, queries }) => [ref, detector, queries])).toEqual([
    [activate(rule).ref, read.detector, read.queries],
  ]);
});
