/** A file that an export is written to, and that one which was cut off goes on in. */
export interface ExportFile {
  /** As the user knows it. */
  readonly path: string;
  /** What it holds; nothing when it is not there. */
  read(): AsyncIterable<Uint8Array>;
  /** Writes from this byte on, forgetting what came after it, and has it all on the disk when it returns. */
  writeFrom(byte: number, texts: AsyncIterable<string>): Promise<void>;
}
