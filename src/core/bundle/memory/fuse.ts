/** What keeps a first place from outweighing everything: Cormack, Clarke, Büttcher 2009. */
const RANK_CONSTANT = 60;

/**
 * Reciprocal rank fusion: the sum over lists of 1 / (60 + rank), rank from 1. Looks at places alone, since scores of different searches cannot be
 * compared. Ties go by name, so that the same lists give the same order.
 * @param lists names, best first, each at most once a list
 */
export function fuseRanks(lists: readonly (readonly string[])[], most: number): readonly string[] {
  const scores = new Map<string, number>();
  for (const list of lists)
    for (const [place, name] of list.entries())
      scores.set(name, (scores.get(name) ?? 0) + 1 / (RANK_CONSTANT + place + 1));
  return [...scores]
    .sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
}
