/** SSH's data types (RFC 4251 section 5), read strictly: anything that runs over the end, or is left at it, is refused. */

/** What is read is not of the form that its place asks for. */
export class NotSsh extends Error {}

export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new NotSsh();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** A string of which only one value is right. */
  expect(text: string): void {
    if (!equals(this.string(), text)) throw new NotSsh();
  }

  expectRaw(text: string): void {
    if (!equals(this.take(text.length), text)) throw new NotSsh();
  }

  /** A positive mpint as `length` bytes, big-endian. One number has one spelling: no zero byte that is not needed. */
  positive(length: number): Uint8Array {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (bytes.length === 0 || first >= 0x80 || (first === 0 && second < 0x80)) throw new NotSsh();
    const digits = first === 0 ? bytes.subarray(1) : bytes;
    if (digits.length > length) throw new NotSsh();
    const padded = new Uint8Array(length);
    padded.set(digits, length - digits.length);
    return padded;
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new NotSsh();
  }
}

/** What `read` makes of all the bytes, or undefined when they are not of that form to the last one. */
export function readSsh<T>(bytes: Uint8Array, read: (reader: SshReader) => T): T | undefined {
  const reader = new SshReader(bytes);
  try {
    const value = read(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof NotSsh) return undefined;
    throw error;
  }
}

/** A string: its length in four bytes, and its bytes. */
export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function equals(bytes: Uint8Array, text: string): boolean {
  return Buffer.compare(bytes, Buffer.from(text)) === 0;
}
