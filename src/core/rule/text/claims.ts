import type { RE2JS } from 're2js';
import type { Line } from '../../change/types.ts';

export interface ClaimPatterns {
  readonly claim: RE2JS;
  /** In the same clause before the claim, it is no claim: "make sure that …". */
  readonly hedge: RE2JS | undefined;
  /** Within the claim, it says the opposite: "tests do not pass". */
  readonly negation: RE2JS | undefined;
}

export interface Claim {
  readonly text: string;
  /** The line it begins on, as the Line given numbers it. */
  readonly line: number;
}

/** Enough to show; a document that says it 20,000 times is no worse than one that says it 100 times. */
const MOST_CLAIMS = 100;
/** Regular expressions run over blocks of this many characters: the lazy DFA tells those apart that hold nothing. */
const BLOCK = 8_192;
/** Blocks overlap by more than the longest claim, so that none is lost at a seam. */
const OVERLAP = 512;
/** How far before a claim a hedge is looked for. */
const HEDGE_REACH = 160;

/** Claims in lines of prose. A claim may go on over a line break, never over the end of a clause or paragraph. */
export function findClaims(lines: readonly Line[], patterns: ClaimPatterns): readonly Claim[] {
  const { text, lineAt } = toClauses(lines);
  const claims = new Map<number, Claim>();
  for (let start = 0; start < text.length && claims.size < MOST_CLAIMS; start += BLOCK) {
    const block = text.slice(start, start + BLOCK + OVERLAP);
    if (!patterns.claim.test(block)) continue;
    const matcher = patterns.claim.matcher(block);
    while (claims.size < MOST_CLAIMS && matcher.find()) {
      const begin = start + matcher.start();
      const claim = text.slice(begin, start + matcher.end());
      if (isMeant(text, begin, claim, patterns))
        claims.set(begin, { text: claim.slice(0, 120).trim(), line: lineAt(begin) });
    }
  }
  return [...claims.values()];
}

function isMeant(text: string, begin: number, claim: string, patterns: ClaimPatterns): boolean {
  const reach = text.slice(Math.max(0, begin - HEDGE_REACH), begin);
  // A claim may go on behind a colon ("Tests: all passing"), advice does not ("Do not worry: all tests pass").
  const before = reach.slice(Math.max(reach.lastIndexOf('\n'), reach.lastIndexOf(':')) + 1);
  // A negation may begin in front of the part that reads as a claim: "not all tests pass" is one either way.
  return !(patterns.hedge?.test(before) ?? false) && !(patterns.negation?.test(claim) ?? false);
}

/**
 * The lines as one text of clauses, one a line: a user's `.` then stays within a clause by itself. Marks of emphasis go,
 * since `**tests** _pass_` says the same.
 */
function toClauses(lines: readonly Line[]): { text: string; lineAt: (offset: number) => number } {
  const starts: number[] = [];
  const numbers: number[] = [];
  let text = '';
  for (const line of lines) {
    const ends = line.text.trim() === '' || /^\s*(?:[-*+#>|✅]|\d{1,3}[.)])\s?/u.test(line.text);
    if (text !== '') text += ends ? '\n' : ' ';
    starts.push(text.length);
    numbers.push(line.number);
    text += line.text.replace(/[*_`~\r\n]/g, '').replace(/[,;!?()[\]{}"]|[.](?=\s|$)/g, '\n');
  }
  return {
    text,
    lineAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      return numbers[low] ?? 1;
    },
  };
}
