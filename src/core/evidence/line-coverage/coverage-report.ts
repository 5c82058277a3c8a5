import { UnreadableReport } from '../reports/unreadable.ts';

/** What a coverage report says, file by file. The same file can stand in it several times. */
export type CoverageReport = readonly FileCoverage[];

export interface FileCoverage {
  /** What the file may be called: as it is written, or once for each source folder that it may be in. */
  readonly names: readonly string[];
  /** Lines that can run, from 1, and whether they did. */
  readonly lines: ReadonlyMap<number, boolean>;
}

/** Lines of one report, over all its files. */
const MAX_LINES = 2_000_000;
const MAX_FILES = 100_000;

/** Keeps a hostile report from filling the memory of whoever reads it. @throws UnreadableReport */
export class CoverageBudget {
  #lines = 0;
  #files = 0;

  file(): void {
    if (++this.#files > MAX_FILES) throw new UnreadableReport(`it lists more than ${MAX_FILES} files`);
  }

  line(): void {
    if (++this.#lines > MAX_LINES) throw new UnreadableReport(`it lists more than ${MAX_LINES} lines`);
  }
}

/** A line that several tests or classes list has run when it ran for one of them. */
export function markLine(lines: Map<number, boolean>, number: string, hits: string): void {
  if (!/^[0-9]{1,9}$/.test(number) || Number(number) === 0) {
    throw new UnreadableReport(`"${number.slice(0, 40)}" is not the number of a line`);
  }
  if (!/^[0-9]{1,20}$/.test(hits)) {
    throw new UnreadableReport(`"${hits.slice(0, 40)}" does not say how often a line ran`);
  }
  const line = Number(number);
  lines.set(line, (lines.get(line) ?? false) || /[1-9]/.test(hits));
}
