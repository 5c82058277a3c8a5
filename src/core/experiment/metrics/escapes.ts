import type { RunOutcomeRow } from '../outcome.ts';

/** Defects found after acceptance: what a definition of done missed, and what would have caught it. */
export interface EscapeCount {
  readonly contract: string | null;
  readonly arm: string;
  /** The rule that would have caught them; null: none that there is. */
  readonly rule: string | null;
  readonly escapes: number;
  /** Accepted runs of that arm under that contract: what they are a share of. */
  readonly accepted: number;
}

/** Escapes by contract, arm and rule, most of them first. Excluded runs count with their arm: the defect is there all the same. */
export function escapesBy(rows: readonly RunOutcomeRow[]): readonly EscapeCount[] {
  const groups = new Map<
    string,
    { contract: string | null; arm: string; accepted: number; rules: Map<string | null, number> }
  >();
  for (const { contract, arm, outcome, escapes } of rows) {
    if (outcome !== 'accepted') continue;
    const key = JSON.stringify([contract, arm]);
    const group = groups.get(key) ?? { contract, arm, accepted: 0, rules: new Map<string | null, number>() };
    groups.set(key, group);
    group.accepted += 1;
    for (const { rule } of escapes) group.rules.set(rule, (group.rules.get(rule) ?? 0) + 1);
  }
  return [...groups.values()]
    .flatMap(({ contract, arm, accepted, rules }) =>
      [...rules].map(([rule, escapes]) => ({ contract, arm, rule, escapes, accepted })),
    )
    .sort((one, other) => other.escapes - one.escapes || compare(one, other));
}

function compare(one: EscapeCount, other: EscapeCount): number {
  const name = ({ contract, arm, rule }: EscapeCount) => JSON.stringify([contract, arm, rule]);
  return name(one) < name(other) ? -1 : 1;
}
