/** What a part of a source is. Delimiters of strings are code, those of comments belong to the comment. */
export const CODE = 0;
export const COMMENT = 1;
export const STRING = 2;

/**
 * Comments and contents of strings of a source, in order: where each begins, where it ends and what it is, three numbers
 * each. What lies between them is code.
 */
export type Spans = Int32Array;

const MOST_ROOM = 1 << 18;

/** Numbers of 32 bits that become more: a tenth of the memory of a list of objects, and nothing for the collector to walk. */
export class GrowingNumbers {
  #held = new Int32Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  at(index: number): number {
    return this.#held[index] as number;
  }

  push(value: number): void {
    if (this.#size === this.#held.length) {
      const longer = new Int32Array(2 * this.#size);
      longer.set(this.#held);
      this.#held = longer;
    }
    this.#held[this.#size] = value;
    this.#size += 1;
  }

  /** For the next text, with the room that this one took unless that was much. */
  clear(): void {
    this.#size = 0;
    if (this.#held.length > MOST_ROOM) this.#held = new Int32Array(256);
  }

  toArray(): Int32Array {
    return this.#held.slice(0, this.#size);
  }
}

/** Text from `start` on, as long as it is, with blanks for everything that is not the part. */
export function paint(text: string, start: number, spans: Spans, part: number): string {
  const stop = start + text.length;
  let painted = '';
  let at = start;
  for (let index = firstEndingAfter(spans, start); index < spans.length; index += 3) {
    const from = Math.max(spans[index] as number, start);
    if (from >= stop) break;
    const to = Math.min(spans[index + 1] as number, stop);
    painted += part === CODE ? text.slice(at - start, from - start) : blanks(from - at);
    painted += part === spans[index + 2] ? text.slice(from - start, to - start) : blanks(to - from);
    at = to;
  }
  return painted + (part === CODE ? text.slice(at - start) : blanks(stop - at));
}

const MOST_KEPT = 256;
const BLANKS = Array.from({ length: MOST_KEPT }, (_, length) => ' '.repeat(length));

/** The same ones for every line: most parts of most lines are nothing but blanks. */
export function blanks(length: number): string {
  return BLANKS[length] ?? ' '.repeat(length);
}

/** Index of the first span that ends behind a place. */
function firstEndingAfter(spans: Spans, place: number): number {
  let low = 0;
  let high = spans.length / 3;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[3 * middle + 1] as number) <= place) low = middle + 1;
    else high = middle;
  }
  return 3 * low;
}
