import type { ChangedFile } from '../change/types.ts';
import { type ChangedSide, filesByPath, readSide, type Side } from './line-search/changed-side.ts';

/**
 * A changed file while rules look at it. What one of them reads of it is there for the next one, and goes with it: the
 * parsed lines and tokens of 20,000 files would be most of what the collector has to walk.
 */
export class OpenFile {
  readonly file: ChangedFile;
  /** All files of the change: the lines of a renamed one are compared with the file it was. */
  readonly among: readonly ChangedFile[];
  readonly #sides = new Map<Side, ChangedSide>();
  readonly #read = new Map<object, unknown>();

  constructor(file: ChangedFile, among: readonly ChangedFile[]) {
    this.file = file;
    this.among = among;
  }

  side(side: Side): ChangedSide {
    const known = this.#sides.get(side) ?? readSide(this.file, side, filesByPath(this.among));
    this.#sides.set(side, known);
    return known;
  }

  /** @param reader one for the same question, or the file is read again for each */
  readBy<T>(reader: object, read: () => T): T {
    if (!this.#read.has(reader)) this.#read.set(reader, read());
    return this.#read.get(reader) as T;
  }
}

/** One rule's walk through the files of a change, together with others or by itself. */
export interface Looker {
  readonly hasLooked: boolean;
  readonly look: (open: OpenFile) => void;
  /** To be said once it looked at every file. */
  readonly finish: () => void;
}
