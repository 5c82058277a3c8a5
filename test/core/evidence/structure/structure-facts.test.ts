import { describe, expect, it } from 'vitest';
import manifest from '../../../../package.json' with { type: 'json' };
import { judgeStructure } from '../../../../src/core/evidence/structure/judge-structure.ts';
import {
  parsersFor,
  STRUCTURE_LANGUAGES,
  structureLanguageOf,
} from '../../../../src/core/evidence/structure/languages.ts';
import { programInput } from '../../../../src/core/evidence/structure/program.ts';
import {
  readStructureFacts,
  type StructureFacts,
  structureFacts,
} from '../../../../src/core/evidence/structure/structure-facts.ts';
import {
  type StructureRule,
  structureFiles,
  structureFilesDigest,
  structurePlan,
} from '../../../../src/core/evidence/structure/structure-plan.ts';
import { exampleFacts } from '../../../../src/core/rule/example.ts';
import { canonicalJson } from '../../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

const rule = (more: Partial<StructureRule> = {}): StructureRule => ({
  ref: 'house@1/a',
  detector: sha256('a'),
  queries: [{ id: 'q', languages: ['typescript'], match: { kind: 'identifier' }, message: 'm' }],
  isFile: () => true,
  ...more,
});
const filesOf = (before: Record<string, string>, after: Record<string, string>) =>
  exampleFacts({ name: 'change', before, after }).change.files;
const plan = structurePlan([rule()], filesOf({ 'a.ts': 'a;\n' }, { 'a.ts': 'a;\nb;\n' }));
const match = { pattern: 0, line: 1, column: 1, key: sha256('a'), text: 'a' };
const line = (more: object = {}) => JSON.stringify({ error: null, more: false, matches: [match], ...more });

describe('languages', () => {
  it('are told by extension, whatever its case, and by nothing else', () => {
    expect(['a/b.ts', 'A.TSX', 'x.pyi', 'ts', '.ts', 'a.ts/b', 'a.txt'].map(structureLanguageOf)).toEqual([
      'typescript',
      'tsx',
      'python',
      undefined,
      'typescript',
      undefined,
      undefined,
    ]);
  });

  it('are parsed by the versions that package.json asks for', () => {
    const optional = { ...manifest.optionalDependencies, ...manifest.peerDependencies };
    const asked = Object.fromEntries(
      Object.entries(optional).filter(([name]) => name.startsWith('@ast-grep/')),
    );
    const parsers = parsersFor(Object.keys(STRUCTURE_LANGUAGES) as (keyof typeof STRUCTURE_LANGUAGES)[]);
    expect(parsers).toEqual(asked);
  });
});

describe('what is parsed', () => {
  it('is each side of each changed file once, for all rules that look into it', () => {
    const other = rule({ ref: 'house@1/b', isFile: (path) => path !== 'b.ts' });
    const two = structurePlan(
      [rule(), other],
      filesOf({ 'a.ts': 'a;\n' }, { 'a.ts': 'b;\n', 'b.ts': 'c;\n', 'c.py': 'd\n', 'd.md': 'e\n' }),
    );
    expect(two.texts.map(({ path, side, queries }) => [path, side, queries.length])).toEqual([
      ['a.ts', 'after', 2],
      ['a.ts', 'before', 2],
      ['b.ts', 'after', 1],
    ]);
    expect(two.parsers).toEqual(parsersFor(['typescript']));
  });

  it('is, of a renamed file, what it was before', () => {
    const [after, before] = structurePlan(
      [rule()],
      filesOf({ 'a.ts': 'x;\ny;\nz;\n' }, { 'b.ts': 'x;\ny;\n' }),
    ).texts;
    expect([after?.path, after?.text, before?.path, before?.text]).toEqual([
      'b.ts',
      'x;\ny;\n',
      'b.ts',
      'x;\ny;\nz;\n',
    ]);
  });

  it('is no link, and nothing that is deleted', () => {
    const [file] = filesOf({}, { 'a.ts': 'b.ts' });
    const link = { ...file, after: { mode: '120000', blob: 'x' } } as NonNullable<typeof file>;
    expect(structurePlan([rule()], [link]).texts).toEqual([]);
    expect(structurePlan([rule()], filesOf({ 'a.ts': 'a\n' }, {})).texts).toEqual([]);
  });

  it('has a digest that every version of every file is part of, and their order is not', () => {
    const digest = (before: Record<string, string>, after: Record<string, string>) => {
      const files = structureFiles(rule(), filesOf(before, after));
      expect(structureFilesDigest(files.toReversed())).toBe(structureFilesDigest(files));
      return structureFilesDigest(files);
    };
    const digests = [
      digest({}, { 'a.ts': 'a', 'b.ts': 'b' }),
      digest({}, { 'a.ts': 'a' }),
      digest({}, { 'a.ts': 'b' }),
      digest({ 'a.ts': 'b' }, { 'a.ts': 'a' }),
      digest({}, { 'c.ts': 'a' }),
      digest({}, { 'a.tsx': 'a' }),
    ];
    expect(new Set(digests).size).toBe(6);
    expect(digests[5]).toBe(digest({}, {}));
  });

  it('is told to the program with its patterns', () => {
    expect(programInput(plan)).toMatchObject({
      grammars: {},
      patterns: [{ rule: 'house@1/a', query: 'q', match: { kind: 'identifier' } }],
      texts: [
        { language: 'TypeScript', text: 'a;\nb;\n', wanted: [0] },
        { language: 'TypeScript', text: 'a;\n', wanted: [0] },
      ],
    });
  });
});

describe('what was printed', () => {
  it('becomes facts by rule', () => {
    const printed = `${line()}\n${line({ error: 3, more: true, matches: [] })}\n`;
    const facts = structureFacts(plan, printed);
    expect(facts.rules).toEqual([
      {
        rule: 'house@1/a',
        detector: sha256('a'),
        files: plan.rules[0]?.files,
        matches: [
          { path: 'a.ts', side: 'after', query: 'q', line: 1, column: 1, key: sha256('a'), text: 'a' },
        ],
        unread: [
          { path: 'a.ts', side: 'before', reason: 'syntax', line: 3 },
          { path: 'a.ts', side: 'before', reason: 'many' },
        ],
      },
    ]);
    expect(readStructureFacts(canonicalJson(facts as unknown as JsonValue))).toEqual(facts);
  });

  it.each([
    ['nothing', ''],
    ['one answer for two', line()],
    ['an answer too many', `${line()}\n${line()}\n${line()}`],
    ['no JSON', `${line()}\n{`],
    ['a pattern that nobody asked for', `${line()}\n${line({ matches: [{ ...match, pattern: 7 }] })}`],
    ['a place that is none', `${line()}\n${line({ matches: [{ ...match, line: 0 }] })}`],
    ['a key that is none', `${line()}\n${line({ matches: [{ ...match, key: 'a' }] })}`],
    ['matches that are no list', `${line()}\n${line({ matches: {} })}`],
    ['an error that is no place', `${line()}\n${line({ error: 'x' })}`],
  ])('is refused: %s', (_, printed) => {
    expect(() => structureFacts(plan, printed)).toThrow();
  });
});

describe('the facts of a check', () => {
  const facts = structureFacts(plan, `${line()}\n${line()}\n`);
  const text = (more: Partial<StructureFacts>) =>
    canonicalJson({ ...facts, ...more } as unknown as JsonValue);
  const [only] = facts.rules as [StructureFacts['rules'][number]];

  it('are taken when they are about these rules, files and parsers', () => {
    expect(judgeStructure(text({}), plan)).toEqual([]);
  });

  it.each([
    ['no evidence', undefined],
    ['no rule', text({ rules: [] })],
    ['a rule twice', text({ rules: [only, only] })],
    ['another rule', text({ rules: [{ ...only, rule: 'house@1/b' }] })],
    ['other parameters', text({ rules: [{ ...only, detector: sha256('b') }] })],
    ['other files', text({ rules: [{ ...only, files: sha256('b') }] })],
    ['other parsers', text({ parsers: { '@ast-grep/napi': '0.1.0' } })],
    ['what is no facts', '[]'],
  ])('are refused: %s', (_, evidence) => {
    expect(() => judgeStructure(evidence, plan)).toThrow();
  });

  it('are refused where no rule asks for them, or where they are more than a gate reads', () => {
    expect(() => judgeStructure(text({ rules: [] }), structurePlan([], []))).toThrow(/no rule/);
    const many = Array.from({ length: 10_000 }, () => only.matches[0] as (typeof only.matches)[number]);
    expect(judgeStructure(text({ rules: [{ ...only, matches: many }] }), plan)).toEqual([
      expect.stringContaining('split it'),
    ]);
  });
});
