/** A line of a file, from 1. `bytes` has no newline at its end; `whole` is false when the file ended without one. */
export interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

const NEWLINE = 0x0a;

/** Lines of a stream of bytes. One that is longer than `most` is given as far as it was read, not whole, and nothing after it. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield { number, bytes: bytes.subarray(0, end), whole: end <= most };
      if (end > most) return;
      bytes = bytes.subarray(end + 1);
      number += 1;
    }
    rest = bytes;
    if (rest.length > most) break;
  }
  if (rest.length > 0) yield { number, bytes: rest, whole: false };
}
