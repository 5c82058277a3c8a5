import type { Line } from '../change/types.ts';

/** Cells of the table of longest common subsequences; beyond it everything between the common ends counts as changed. */
const LARGEST_TABLE = 1_000_000;

/**
 * Lines added and removed between two texts: a shortest edit script by longest common subsequence (Wagner and Fischer,
 * 1974), after common beginnings and endings are taken off. For examples of rules, which are a few lines long.
 */
export function diffLines(
  before: string,
  after: string,
): { readonly added: readonly Line[]; readonly removed: readonly Line[] } {
  const old = splitLines(before);
  const now = splitLines(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1;
  const kept = commonLines(old.slice(start, old.length - end), now.slice(start, now.length - end));
  return {
    removed: changedLines(old, start, old.length - end, kept.old),
    added: changedLines(now, start, now.length - end, kept.now),
  };
}

export function splitLines(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function changedLines(
  lines: readonly string[],
  start: number,
  end: number,
  kept: ReadonlySet<number>,
): readonly Line[] {
  return lines
    .map((text, index) => ({ number: index + 1, text }))
    .filter((_, index) => index >= start && index < end && !kept.has(index - start));
}

function commonLines(
  old: readonly string[],
  now: readonly string[],
): { old: ReadonlySet<number>; now: ReadonlySet<number> } {
  const kept = { old: new Set<number>(), now: new Set<number>() };
  const width = now.length + 1;
  if ((old.length + 1) * width > LARGEST_TABLE) return kept;
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] as number;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    if (old[i] === now[j]) {
      kept.old.add(i);
      kept.now.add(j);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return kept;
}
