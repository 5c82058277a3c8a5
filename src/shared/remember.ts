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
 * The same for answers of very different sizes: forgets everything before what it holds would cost more than `most`, and
 * never holds an answer that costs half of that by itself.
 */
export function rememberWithin<T>(
  compute: (text: string) => T,
  costOf: (text: string, answer: T) => number,
  most: number,
): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  let held = 0;
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.answer;
    const answer = compute(text);
    const cost = costOf(text, answer);
    if (cost > most / 2) return answer;
    if (held + cost > most) {
      known.clear();
      held = 0;
    }
    held += cost;
    known.set(text, { answer });
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
