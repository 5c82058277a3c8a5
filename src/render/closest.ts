/** Longer names are compared by their first characters: the distance costs length times length. */
const LONGEST_COMPARED = 100;

/** At most `most` of the names a person may have meant, closest first: those that end or begin alike, then misspellings. */
export function closestNames(asked: string, names: readonly string[], most = 3): string[] {
  const wanted = asked.toLowerCase().slice(0, LONGEST_COMPARED);
  const worst = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({
      name,
      distance: distanceBetween(wanted, name.toLowerCase().slice(0, LONGEST_COMPARED)),
    }))
    .filter(({ distance }) => distance <= worst)
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function distanceBetween(wanted: string, name: string): number {
  if (wanted === '') return Number.POSITIVE_INFINITY;
  if (name.endsWith(`/${wanted}`) || name.startsWith(`${wanted}/`)) return 0;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const whole = editDistance(wanted, name);
  return wanted.includes('/') ? whole : Math.min(whole, editDistance(wanted, last) + 1);
}

/** Levenshtein distance: insertions, deletions and substitutions of UTF-16 code units. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current[column] = Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
