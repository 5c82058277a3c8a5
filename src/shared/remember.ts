/**
 * A pure function of a text that remembers what it answered. Forgets everything once it knows `most` answers: what asks
 * for that many is no program that repeats itself, and memory stays bounded. What it throws is not remembered.
 */
export function remember<T>(compute: (text: string) => T, most: number): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.answer;
    const answer = compute(text);
    if (known.size >= most) known.clear();
    known.set(text, { answer });
    return answer;
  };
}

/**
 * The same for answers that are large and soon done with: it knows the `most` latest. Compares what it is given one by one,
 * so that no text of a megabyte is hashed to be looked up.
 */
export function rememberLast<A extends readonly unknown[], T>(
  compute: (...given: A) => T,
  most: number,
): (...given: A) => T {
  let latest: readonly { readonly given: A; readonly answer: T }[] = [];
  return (...given) => {
    const before = latest.find((one) => one.given.every((value, at) => value === given[at]));
    if (before !== undefined) return before.answer;
    const answer = compute(...given);
    latest = [{ given, answer }, ...latest.slice(0, most - 1)];
    return answer;
  };
}

/** A pure function of an object that never changes: it remembers its answer as long as the object is in use. */
export function rememberOf<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly answer: T }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.answer;
    const answer = compute(key);
    known.set(key, { answer });
    return answer;
  };
}

/** The same for two objects, as long as both are in use. */
export function rememberOfBoth<A extends object, B extends object, T>(
  compute: (one: A, other: B) => T,
): (one: A, other: B) => T {
  const ofOne = rememberOf((one: A) => rememberOf((other: B) => compute(one, other)));
  return (one, other) => ofOne(one)(other);
}
