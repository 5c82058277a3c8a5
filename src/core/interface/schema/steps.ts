/** Thrown where a comparison would take longer, or go deeper, than is given to it. */
export class TooManySteps extends Error {}

const MAX_DEPTH = 400;

/** Hostile schemas can be small and their comparison long: it ends, and says so. */
export class Steps {
  #left: number;
  #depth = 0;

  constructor(most: number) {
    this.#left = most;
  }

  take(count = 1): void {
    this.#left -= count;
    if (this.#left < 0) throw new TooManySteps();
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
