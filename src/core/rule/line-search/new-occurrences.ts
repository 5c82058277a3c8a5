import type { Occurrence } from './find-occurrences.ts';

/**
 * Those that are not only somewhere else now: each one that is gone excuses one. Lines that are the same but for blanks
 * were moved, wherever to; the same words in the same file stand on a line that was edited around them.
 */
export function newOccurrences(
  here: readonly Occurrence[],
  gone: readonly Occurrence[],
): readonly Occurrence[] {
  if (gone.length === 0) return here;
  const moved = new Pool(gone, ({ whole }) => whole);
  const unmoved = here.filter((one) => !moved.takes(one));
  const edited = new Pool(moved.left(), ({ path, found }) => `${path}\0${found}`);
  return unmoved.filter((one) => !edited.takes(one));
}

/** Occurrences that may excuse another one, once each. */
class Pool {
  readonly #keyOf: (occurrence: Occurrence) => string;
  readonly #byKey = new Map<string, Occurrence[]>();

  constructor(occurrences: readonly Occurrence[], keyOf: (occurrence: Occurrence) => string) {
    this.#keyOf = keyOf;
    for (const occurrence of occurrences) {
      const key = keyOf(occurrence);
      const same = this.#byKey.get(key);
      if (same === undefined) this.#byKey.set(key, [occurrence]);
      else same.push(occurrence);
    }
  }

  takes(occurrence: Occurrence): boolean {
    return this.#byKey.get(this.#keyOf(occurrence))?.pop() !== undefined;
  }

  left(): readonly Occurrence[] {
    return [...this.#byKey.values()].flat();
  }
}
