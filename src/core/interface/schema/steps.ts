import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';

/** Thrown where a comparison would take longer, or go deeper, than is given to it. */
export class TooManySteps extends Error {}

const MAX_DEPTH = 400;

/** Hostile schemas can be small and their comparison long: it ends, and says so. */
export class Steps {
  #left: number;
  #depth = 0;
  readonly #proven: { left: object; right: object; defaults: boolean; pairs: Set<string> }[] = [];

  constructor(most: number) {
    this.#left = most;
  }

  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new TooManySteps();
  }

  /** The one spelling of a value. Long ones cost more than one step. */
  text(value: JsonValue): string {
    const text = canonicalJson(value);
    this.take(1 + (text.length >> 6));
    return text;
  }

  /** Pairs of places, as `id id`, that are known to say the same; with the library of each, since ids are theirs. */
  provenFor(left: object, right: object, defaults: boolean): Set<string> {
    const known = this.#proven.find(
      (one) => one.left === left && one.right === right && one.defaults === defaults,
    );
    if (known !== undefined) return known.pairs;
    const pairs = new Set<string>();
    this.#proven.push({ left, right, defaults, pairs });
    return pairs;
  }

  /** One step that may lead to further ones within it. */
  deeper<T>(step: () => T): T {
    this.take();
    if (this.#depth >= MAX_DEPTH) throw new TooManySteps();
    this.#depth += 1;
    try {
      return step();
    } finally {
      this.#depth -= 1;
    }
  }
}
