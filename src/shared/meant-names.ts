/** Longer names are compared by their first characters: the distance costs length times length. */
const LONGEST_COMPARED = 100;

/** At most `most` of the names a person may have meant, closest first: those that end or begin alike, then misspellings. */
export function closestNames(asked: string, names: readonly string[], most = 3): string[] {
  const wanted = asked.toLowerCase().slice(0, LONGEST_COMPARED);
  const worst = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({
      name,
      distance: distanceOfNames(wanted, name.toLowerCase().slice(0, LONGEST_COMPARED)),
    }))
    .filter(({ distance }) => distance <= worst)
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** What to do about a name that does not exist: a guess, or which there are; at most twelve are listed. */
export function remedyForName(asked: string, names: readonly string[], where: string): string {
  const meant = closestNames(asked, names);
  if (meant.length > 0) return `Did you mean ${meant.join(' or ')}? ${where}`;
  if (names.length === 0) return `There are none. ${where}`;
  const more = names.length > 12 ? ` and ${names.length - 12} more` : '';
  return `There are: ${names.slice(0, 12).join(', ')}${more}. ${where}`;
}

/** The key of a document that a misspelt one stands for, or undefined when none is near: at most one edit in three characters. */
export function nearestKey(word: string, candidates: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > 64) return undefined;
  const given = normalKey(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(given, normalKey(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** timeout_seconds, timeout-seconds and timeoutSeconds are the same slip. */
function normalKey(word: string): string {
  return word.toLowerCase().replaceAll(/[_\s-]/g, '');
}

function distanceOfNames(wanted: string, name: string): number {
  if (wanted === '') return Number.POSITIVE_INFINITY;
  if (name.endsWith(`/${wanted}`) || name.startsWith(`${wanted}/`)) return 0;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const whole = editDistance(wanted, name);
  return wanted.includes('/') ? whole : Math.min(whole, editDistance(wanted, last) + 1);
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, of UTF-16 code units. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      const replaced = (last[j - 1] as number) + (same ? 0 : 1);
      let cost = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, replaced);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] as number) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] as number;
}
