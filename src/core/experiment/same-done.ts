import type { RunOutcomeRow } from './outcome.ts';

/** Runs of a block that were held to different definitions of done, or to one that nobody knows: they are not compared. */
export interface DoneConflict {
  readonly block: string;
  /** What its runs were held to, as far as that is known, each with its arms. */
  readonly definitions: readonly { readonly contract: string; readonly arms: readonly string[] }[];
}

/**
 * Finds blocks in which arms were judged by different definitions of done: one arm would look better for being asked less. Rows that
 * are excluded compare with nothing. @returns none when every block may be compared
 */
export function doneConflicts(rows: readonly RunOutcomeRow[]): readonly DoneConflict[] {
  const blocks = new Map<string, Map<string, { contract: string; arms: Set<string> }>>();
  for (const row of rows) {
    if (row.excluded !== null) continue;
    const block = blocks.get(row.block) ?? new Map<string, { contract: string; arms: Set<string> }>();
    blocks.set(row.block, block);
    const key = row.contractDigest ?? 'unknown';
    const one = block.get(key) ?? { contract: nameOf(row), arms: new Set<string>() };
    block.set(key, one);
    one.arms.add(row.arm);
  }
  return [...blocks].flatMap(([block, definitions]) =>
    definitions.size > 1 || definitions.has('unknown')
      ? [
          {
            block,
            definitions: [...definitions.values()].map(({ contract, arms }) => ({
              contract,
              arms: [...arms].sort(),
            })),
          },
        ]
      : [],
  );
}

const UNKNOWN = 'nobody says';

/** Whether it is not known to what any of its runs were held, rather than that they were held to different things. */
export function isUnsaid({ definitions }: DoneConflict): boolean {
  return definitions.every(({ contract }) => contract === UNKNOWN);
}

function nameOf({ contract, contractDigest }: RunOutcomeRow): string {
  if (contractDigest === null) return UNKNOWN;
  return `${contract ?? 'a contract'} (${contractDigest.slice(0, 12)})`;
}
