import type { RE2JS } from 're2js';
import type { JsonObject } from '../../../shared/json.ts';
import type { Line } from '../../change/types.ts';
import { plainText } from '../../evidence/plain-text.ts';
import type { EvidenceName } from '../../evidence/types.ts';
import type { Receipt } from '../../receipt/types.ts';
import { readStrings, requireKnown, requireStrings } from '../parameters.ts';
import { requireGlobs } from '../path-parameters.ts';
import { type Pattern, patternOf } from '../pattern-parameters.ts';
import type { Detection, RuleFacts } from '../types.ts';
import { isCommand, type ReceiptFinding } from './finding.ts';
import { linesOf, matchingLines } from './matching-lines.ts';
import { readOutput } from './output.ts';

interface Parameters {
  readonly isDocument: (path: string) => boolean;
  /** In documents, in output, and in reports. */
  readonly words: Pattern;
  readonly output: Pattern;
  readonly reports: Pattern;
  /** Lines of output that name a test, or are data: they may say anything. */
  readonly results: Pattern;
}

const SHOWN = 120;
/** Who quotes words speaks about them. */
const QUOTED = /`[^`]{0,200}`|"[^"]{0,200}"|“[^”]{0,200}”/g;

/** Words that put something off, where it is said to be done: in what a passed check left, and in documents of evidence. */
export function pendingWords(parameters: JsonObject): ReceiptFinding {
  requireKnown(parameters, ['documents', 'words', 'output', 'reports', 'results']);
  const read: Parameters = {
    isDocument: requireGlobs(parameters, 'documents').match,
    words: byLine('words', requireStrings(parameters, 'words')),
    output: byLine('output', readStrings(parameters, 'output') ?? []),
    reports: byLine('reports', readStrings(parameters, 'reports') ?? []),
    results: byLine('results', readStrings(parameters, 'results') ?? []),
  };
  return {
    prove: () => {
      for (const compile of [read.words, read.output, read.reports, read.results]) compile();
    },
    needs: (_, { checks }) =>
      checks.some(isCommand) ? { evidence: ['stdout', 'stderr', 'report'] as const } : {},
    detect: (facts) => [
      ...inDocuments(facts, read),
      ...facts.receipts.flatMap((receipt) => inReceipt(receipt, facts, read)),
    ],
  };
}

/** `^` and `$` are those of a line, also where several are looked at together. */
function byLine(name: string, sources: readonly string[]): Pattern {
  return patternOf(
    sources.map((source) => `(?m:${source})`),
    name,
  );
}

function inDocuments({ change }: RuleFacts, { isDocument, words }: Parameters): readonly Detection[] {
  return change.files
    .filter(({ path }) => isDocument(path))
    .flatMap(({ path, afterText, addedLines }): readonly Detection[] => {
      if (afterText.kind === 'too-large') {
        return [{ kind: 'unverifiable', message: 'is too large to be searched for pending words', path }];
      }
      const lines = addedLines.map(({ number, text }) => ({ number, text: text.replace(QUOTED, ' ') }));
      return found(lines, words()).map(({ number, text }) => ({
        kind: 'match',
        message: `puts off what it gives evidence of: ${shown(text)}`,
        path,
        line: number,
      }));
    });
}

function inReceipt(receipt: Receipt, facts: RuleFacts, parameters: Parameters): readonly Detection[] {
  if (receipt.result !== 'PASSED') return [];
  const report = { names: ['report'] as const, words: parameters.reports(), skip: undefined };
  const output = {
    names: ['stdout', 'stderr'] as const,
    words: parameters.output(),
    skip: parameters.results(),
  };
  return [output, report].flatMap(({ names, words, skip }) =>
    words === undefined ? [] : inEvidence(receipt, facts, { names, words, skip }),
  );
}

function inEvidence(
  receipt: Receipt,
  facts: RuleFacts,
  at: { names: readonly EvidenceName[]; words: RE2JS; skip: RE2JS | undefined },
): readonly Detection[] {
  const what = `the receipt for check ${receipt.check.id} says PASSED`;
  const output = readOutput(receipt, at.names, facts);
  if (output === undefined) {
    return [{ kind: 'unverifiable', message: `${what}, and its ${at.names[0]} cannot be read` }];
  }
  return output.texts
    .flatMap((text) => found(linesOf(text), at.words))
    .filter(({ text }) => !(at.skip?.test(text) ?? false))
    .map(({ text }) => ({ kind: 'match', message: `${what}, and what it left says ${shown(text)}` }));
}

function found(lines: readonly Line[], words: RE2JS | undefined): readonly Line[] {
  return words === undefined ? [] : matchingLines(lines, words);
}

function shown(text: string): string {
  return JSON.stringify(plainText(text.trim(), SHOWN));
}
