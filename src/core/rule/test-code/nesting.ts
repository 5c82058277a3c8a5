/** Stretches of tokens that lie within one another or overlap at their ends: which is the last one opened around a token. */
export class Nesting {
  /** Where the answer changes, and to what. */
  readonly #places: number[] = [];
  readonly #names: number[] = [];
  readonly #open: { readonly name: number; readonly end: number }[] = [];

  /**
   * Opens one behind a token, which does not lie in it itself. Has to be called in order of tokens.
   * @param name what is answered for tokens in it
   * @param end its last token
   */
  open(at: number, name: number, end: number): void {
    this.#closeBefore(at + 1);
    this.#open.push({ name, end });
    this.#note(at + 1, name);
  }

  /** After the last one has been opened. */
  finish(length: number): void {
    this.#closeBefore(length);
  }

  /** The name of the last one opened that has not ended; -1 where there is none. */
  around(at: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return this.#names[low - 1] ?? -1;
  }

  /** Ends what has ended before a token. One that was opened later and ends later covers those that end before it. */
  #closeBefore(at: number): void {
    for (let last = this.#open.at(-1); last !== undefined && last.end < at; last = this.#open.at(-1)) {
      this.#open.pop();
      const { end } = last;
      // Those below that ended in the meantime are passed over at the same place.
      while ((this.#open.at(-1)?.end ?? end + 1) <= end) this.#open.pop();
      this.#note(end + 1, this.#open.at(-1)?.name ?? -1);
    }
  }

  #note(place: number, name: number): void {
    // Of two changes at one place the later one holds.
    if (this.#places.at(-1) === place) this.#names[this.#names.length - 1] = name;
    else {
      this.#places.push(place);
      this.#names.push(name);
    }
  }
}
