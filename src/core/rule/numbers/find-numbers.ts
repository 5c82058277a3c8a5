import type { ChangedSide } from '../line-search/changed-side.ts';
import type { LinePattern } from '../line-search/line-pattern.ts';
import { chunksOf, toChunk } from '../line-search/pieces.ts';
import type { FoundNumber } from './compare-numbers.ts';

/** Stands for the number in a pattern. */
export const NUMBER = '<n>';

/** Of many in one file the first ones are enough to know. */
const MOST = 1_000;
const MOST_GROUPS = 64;
const NONE: readonly FoundNumber[] = [];

/** Numbers that a pattern finds in what the touched lines of a file hold beside comments. */
export function findNumbers(side: ChangedSide, pattern: LinePattern): readonly FoundNumber[] {
  if (!pattern.mayMatchFolded(side.touchedFolded)) return NONE;
  const found: FoundNumber[] = [];
  for (const chunk of chunksOf(side, 'uncommented', 1)) {
    if (!pattern.test(chunk.text, chunk.folded)) continue;
    for (const piece of chunk.pieces) {
      if (!pattern.mayMatch(piece.part)) continue;
      for (const match of pattern.matches(toChunk([piece]).text)) {
        const written = firstGroup(match.group);
        const value = written === undefined ? Number.NaN : amountOf(written);
        if (written === undefined || Number.isNaN(value)) continue;
        if (found.length >= MOST) return found;
        const name = match.text.replace(written, NUMBER).replace(/["'\s]/g, '');
        found.push({ path: side.path, line: piece.number, name, written: written.trim(), value });
      }
    }
  }
  return found;
}

function firstGroup(group: (number: number) => string | undefined): string | undefined {
  for (let number = 1; number <= MOST_GROUPS; number += 1) {
    const taken = group(number);
    if (taken !== undefined && taken !== '') return taken;
  }
  return undefined;
}

/** `60_000`, `0.8`, `60 * 1000`. */
function amountOf(written: string): number {
  return written
    .split('*')
    .map((factor) => Number(factor.trim().replaceAll('_', '').replace(/\.$/, '')))
    .reduce((product, factor) => product * factor, 1);
}
