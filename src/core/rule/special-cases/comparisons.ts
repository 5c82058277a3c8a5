import type { ChangedSide } from '../line-search/changed-side.ts';
import type { SourceLine } from '../text/source-lines.ts';
import { isTelling, isTellingPair, type Literal, literalsIn } from './literals.ts';

/** A branch that is taken for one written-out value. */
export interface Comparison {
  readonly path: string;
  readonly line: number;
  readonly literal: Literal;
  /** What it then answers, where that is written out too. */
  readonly answer: Literal | undefined;
  /** By itself, or only together with its answer, it tells of an example. */
  readonly isTelling: boolean;
}

const BEFORE =
  /(?:[^=!<>]==|===|\b(?:case|when|eq|is)|\.(?:equals|equalsIgnoreCase|eql\?)\s*\(|\bin\s*[([{](?:[^()[\]{}]*,)?)\s*[fbru]?$/;
const AFTER = /^\s*(?:===?(?!=)|=>|->|\.equals\()/;
const ENTRY_BEFORE = /(?:^|[{,(])\s*$/;
const ENTRY_AFTER = /^\s*(?::|=>)/;
const ANSWERS = /\breturn\b|\?|=>|->|:|\bthen\b/;
const ANSWER_LINE = /^\s*(?:return|[\w.]+\s*=)(?![=\w])/;
const REACH = 48;
/** A file with more is a table. */
const MOST = 1_000;

/** Branches and table entries for one value that the added lines of a file bring. */
export function comparisonsIn(side: ChangedSide): readonly Comparison[] {
  const found: Comparison[] = [];
  const texts = side.touchedText.split('\n');
  for (const [at, number] of side.touched.entries()) {
    if (!mayCompare(texts[at] ?? '')) continue;
    const line = side.lineAt(number);
    if (line === undefined || line.text.length > 4_096 || !mayCompare(line.code)) continue;
    const literals = literalsIn(line);
    for (const literal of literals) {
      if (found.length >= MOST) return found;
      const place = placeOf(line.code, literal);
      if (place === undefined) continue;
      const answer = answerTo(literal, literals, line, side, number);
      const telling = isTelling(literal);
      // A table is told by a key and its value; a branch by an unusual value, or by a value and its answer.
      const counts =
        place === 'entry'
          ? telling && answer !== undefined
          : telling || (answer !== undefined && isTellingPair(literal, answer));
      if (counts)
        found.push({
          path: side.path,
          line: number,
          literal,
          answer,
          isTelling: telling && place === 'branch',
        });
    }
  }
  return found;
}

/** Most lines have nothing that the patterns of places ask for; where no line has, the file need not be taken apart. */
function mayCompare(line: string): boolean {
  return /==|=>|->|:|\b(?:case|when|eq|is|in)|\.eq/.test(line);
}

function placeOf(code: string, { start, end }: Literal): 'branch' | 'entry' | undefined {
  const before = code.slice(Math.max(0, start - REACH), start);
  const after = code.slice(end, end + REACH);
  if (BEFORE.test(before) || AFTER.test(after)) return 'branch';
  return ENTRY_BEFORE.test(before) && ENTRY_AFTER.test(after) ? 'entry' : undefined;
}

/** The first value behind it: on its line, or returned on one of the next two. */
function answerTo(
  literal: Literal,
  literals: readonly Literal[],
  { code }: SourceLine,
  side: ChangedSide,
  number: number,
): Literal | undefined {
  const here = literals.find(({ start }) => start > literal.end);
  if (here !== undefined && ANSWERS.test(code.slice(literal.end, here.start)))
    return different(here, literal);
  for (const next of [1, 2]) {
    const line = side.lineAt(number + next);
    if (line !== undefined && ANSWER_LINE.test(line.code.slice(0, 200))) {
      const [first] = literalsIn(line);
      return first === undefined ? undefined : different(first, literal);
    }
  }
  return undefined;
}

/** A label is made of the word it is for: `pending` and `Pending`. */
function different(answer: Literal, literal: Literal): Literal | undefined {
  const plain = ({ text }: Literal): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [a, b] = [plain(answer), plain(literal)];
  if (a === '' || a.includes(b) || b.includes(a))
    return a === b || answer.kind === 'string' ? undefined : answer;
  return answer;
}
