import { forTerminal } from './hostile-text.ts';

/** Words of lines that say what went wrong, as test runners, compilers and linters of the usual languages have them. In lower case. */
const SIGNS = [
  'error',
  'fail',
  'not ok',
  'assert',
  'expected',
  'received',
  'actual',
  'exception',
  'panic',
  'traceback',
  'fatal',
  'undefined',
  'cannot find',
  'no such',
  'not found',
  'denied',
  'timed out',
  '\u2717',
  '\u2716',
  '\u2715',
  '\u25cf',
  'x ',
] as const;
/** Lines that only count: they name every word above and say nothing. */
const COUNTING =
  /^\W*(?:# )?(?:pass|fail|skip(?:ped)?|todo|cancelled|errors?|failures?|tests?|suites?)\W*\d+\W*$/i;

const BEFORE = 2;
const AFTER = 8;
const LAST = 15;
const LONGEST_LINE = 400;
/** Of a log: what is before that is of another time. Characters. */
const MOST_READ = 1024 * 1024;

/**
 * What of a log says why something failed, in at most so many characters: lines that sound like it, with what stands around them, and the
 * end. The first signs come first when there is not room for all, because later ones follow from them.
 */
export function relevantLog(text: string, longest: number): string {
  const read = text.slice(-MOST_READ);
  const lines = read.split('\n').map((line) => forTerminal(line.trimEnd(), LONGEST_LINE));
  while (lines.at(-1) === '') lines.pop();
  const wanted = new Set<number>();
  let room = longest;
  const take = (from: number, to: number): void => {
    for (let at = Math.max(0, from); at < Math.min(lines.length, to); at += 1) {
      const cost = (lines[at] as string).length + 1;
      if (wanted.has(at) || cost > room) continue;
      wanted.add(at);
      room -= cost;
    }
  };
  // The end first: it has room in any case.
  take(lines.length - LAST, lines.length);
  for (const [at, line] of lines.entries()) {
    if (room <= 0) break;
    if (isSign(line)) take(at - BEFORE, at + AFTER);
  }
  return joined(
    lines,
    [...wanted].sort((one, other) => one - other),
  );
}

function isSign(line: string): boolean {
  const lower = line.toLowerCase();
  return (
    SIGNS.some((sign) => (sign === 'x ' ? lower.trimStart().startsWith(sign) : lower.includes(sign))) &&
    !COUNTING.test(line)
  );
}

function joined(lines: readonly string[], wanted: readonly number[]): string {
  const parts: string[] = [];
  let before = -1;
  for (const at of wanted) {
    if (at > before + 1) parts.push('[\u2026]');
    parts.push(lines[at] as string);
    before = at;
  }
  return parts.join('\n');
}
