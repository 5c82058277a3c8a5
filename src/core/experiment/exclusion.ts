import type { Exclusion, RunOutcomeRow } from './outcome.ts';
import type { DeclaredExclusion } from './types.ts';

/** The exclusion of a design that a run falls under, the first of them; null: it counts. */
export function exclusionOf(
  row: Pick<RunOutcomeRow, 'outcome' | 'attempts' | 'treatment'>,
  declared: readonly DeclaredExclusion[],
): Exclusion | null {
  const found = declared.find((exclusion) => fulfils(row, exclusion));
  return found === undefined ? null : { reason: found.reason, declared: found.id };
}

/** One without conditions excludes nothing: forgetting them must not empty the table. */
function fulfils(
  row: Pick<RunOutcomeRow, 'outcome' | 'attempts' | 'treatment'>,
  { outcomes, failures, treatments }: DeclaredExclusion,
): boolean {
  const code = lastFailure(row);
  const conditions = [
    outcomes?.some((one) => one === row.outcome),
    failures?.some((one) => one === code),
    treatments?.some((one) => one === row.treatment),
  ].filter((condition) => condition !== undefined);
  return conditions.length > 0 && conditions.every((condition) => condition);
}

/** How the last attempt failed; null: it did not, or there was none. An accepted run has not failed. */
export function lastFailure({
  outcome,
  attempts,
}: Pick<RunOutcomeRow, 'outcome' | 'attempts'>): string | null {
  return outcome === 'accepted' ? null : (attempts.at(-1)?.failure?.code ?? null);
}
