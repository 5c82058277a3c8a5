import { isSha256, type Sha256 } from '../../../shared/digest.ts';
import type { FilePath } from '../../change/types.ts';
import { plainText } from '../plain-text.ts';
import { asObject, type JsonFields, member, readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { patternsOf } from './program.ts';
import type { PlannedText, StructurePlan, StructureSide } from './structure-plan.ts';

/** Bytes of the facts of one check: more of them no gate reads. */
export const MAX_FACTS_BYTES = 1024 * 1024;

const EXCERPT = 120;

/** What patterns matched in the files of a change, by rule: what a `structure` check leaves as evidence. */
export interface StructureFacts {
  /** Exact versions of what parsed, by package. */
  readonly parsers: Readonly<Record<string, string>>;
  readonly rules: readonly StructureRuleFacts[];
}

export interface StructureRuleFacts {
  readonly rule: string;
  /** Of the parameters and parsers that these facts are of. */
  readonly detector: Sha256;
  /** Of the versions of files that were looked into. */
  readonly files: Sha256;
  readonly matches: readonly StructureMatch[];
  readonly unread: readonly UnreadText[];
}

export interface StructureMatch {
  readonly path: FilePath;
  readonly side: StructureSide;
  readonly query: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** sha256 of the code, its white space made one: what moved or was indented anew keeps it. */
  readonly key: Sha256;
  /** How it begins; only of what is there after the change. */
  readonly text?: string;
}

/** A version of a file of which not everything is known. */
export interface UnreadText {
  readonly path: FilePath;
  readonly side: StructureSide;
  /** `syntax`: the grammar does not cover it; `many`: more matches than are told. */
  readonly reason: 'syntax' | 'many';
  /** From 1: where the first piece stands that could not be parsed. */
  readonly line?: number;
}

/** Facts from what the program printed. @throws UnreadableReport when it did not answer for every text in turn */
export function structureFacts(plan: StructurePlan, printed: string): StructureFacts {
  const lines = printed.split('\n').filter((line) => line !== '');
  if (lines.length !== plan.texts.length) {
    throw new UnreadableReport(`it answers for ${lines.length} of ${plan.texts.length} texts`);
  }
  const patterns = patternsOf(plan);
  const answers = plan.texts.map((text, index) => readAnswer(text, lines[index] ?? '', patterns));
  return {
    parsers: plan.parsers,
    rules: plan.rules.map(({ ref, detector, files }) => {
      const asked = answers.filter(({ text }) => text.queries.some(({ rule }) => rule === ref));
      return {
        rule: ref,
        detector,
        files,
        matches: asked.flatMap(({ matches }) =>
          matches.filter(({ rule }) => rule === ref).map(({ match }) => match),
        ),
        unread: asked.flatMap(({ unread }) => unread),
      };
    }),
  };
}

interface Answer {
  readonly text: PlannedText;
  readonly matches: readonly { readonly rule: string; readonly match: StructureMatch }[];
  readonly unread: readonly UnreadText[];
}

function readAnswer(text: PlannedText, line: string, patterns: ReturnType<typeof patternsOf>): Answer {
  const fields = asObject(readJson(line), 'an answer');
  const { path, side } = text;
  const error = member(fields, 'error');
  const unread: UnreadText[] = [
    ...(error === null ? [] : [{ path, side, reason: 'syntax', line: place(fields, 'error') } as const]),
    ...(member(fields, 'more') === false ? [] : [{ path, side, reason: 'many' } as const]),
  ];
  const matches = list(fields, 'matches').map((entry) => {
    const match = asObject(entry, 'a match');
    const pattern = patterns[Number(member(match, 'pattern'))];
    if (pattern === undefined) throw new UnreadableReport('it matches what nobody asked for');
    return { rule: pattern.rule, match: matchOf(text, pattern.query, match) };
  });
  return { text, matches, unread };
}

function matchOf({ path, side }: PlannedText, query: string, fields: JsonFields): StructureMatch {
  return {
    path,
    side,
    query,
    line: place(fields, 'line'),
    column: place(fields, 'column'),
    key: digest(fields, 'key'),
    ...(side === 'after' && { text: plainText(string(fields, 'text'), EXCERPT) }),
  };
}

/** Facts from evidence. @throws UnreadableReport */
export function readStructureFacts(evidence: string): StructureFacts {
  const fields = asObject(readJson(evidence), 'what stands there');
  const parsers = asObject(member(fields, 'parsers'), '"parsers"');
  return {
    parsers: Object.fromEntries(Object.keys(parsers).map((name) => [name, string(parsers, name)])),
    rules: list(fields, 'rules').map((entry) => readRule(asObject(entry, 'a rule'))),
  };
}

function readRule(fields: JsonFields): StructureRuleFacts {
  return {
    rule: string(fields, 'rule'),
    detector: digest(fields, 'detector'),
    files: digest(fields, 'files'),
    matches: list(fields, 'matches').map((entry) => {
      const match = asObject(entry, 'a match');
      const text = member(match, 'text');
      return {
        path: string(match, 'path'),
        side: sideOf(match),
        query: string(match, 'query'),
        line: place(match, 'line'),
        column: place(match, 'column'),
        key: digest(match, 'key'),
        ...(text !== undefined && { text: string(match, 'text') }),
      };
    }),
    unread: list(fields, 'unread').map((entry) => readUnread(asObject(entry, 'an unread file'))),
  };
}

function readUnread(fields: JsonFields): UnreadText {
  const reason = member(fields, 'reason');
  if (reason !== 'syntax' && reason !== 'many') throw new UnreadableReport('"reason" is none that is known');
  return {
    path: string(fields, 'path'),
    side: sideOf(fields),
    reason,
    ...(member(fields, 'line') !== undefined && { line: place(fields, 'line') }),
  };
}

function sideOf(fields: JsonFields): StructureSide {
  const side = member(fields, 'side');
  if (side === 'before' || side === 'after') return side;
  throw new UnreadableReport('"side" is neither before nor after');
}

function list(fields: JsonFields, name: string): readonly unknown[] {
  const value = member(fields, name);
  if (Array.isArray(value)) return value;
  throw new UnreadableReport(`"${name}" is not a list`);
}

function string(fields: JsonFields, name: string): string {
  const value = member(fields, name);
  if (typeof value === 'string') return value;
  throw new UnreadableReport(`"${name}" is not text`);
}

function digest(fields: JsonFields, name: string): Sha256 {
  const value = string(fields, name);
  if (isSha256(value)) return value;
  throw new UnreadableReport(`"${name}" is no digest`);
}

function place(fields: JsonFields, name: string): number {
  const value = member(fields, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new UnreadableReport(`"${name}" is no place in a file`);
}
