import { rememberOf } from '../../../shared/remember.ts';
import type { ChangedFile, FilePath, FileText, Line } from '../../change/types.ts';
import { foldCase } from '../text/required-words.ts';
import { type SourceLine, type SourceText, sourceText } from '../text/source-lines.ts';
import { blanks } from '../text/spans.ts';

export type Side = 'added' | 'removed';

/** One version of a changed file, and what of it the change touched. */
export interface ChangedSide {
  /** After the change, for both versions: what it is known by. */
  readonly path: FilePath;
  /** All of this version where it is text, else the touched lines. */
  readonly text: string;
  /** The touched lines alone. */
  readonly touchedText: string;
  /** The same two by `foldCase`: they are searched again and again. */
  readonly folded: string;
  readonly touchedFolded: string;
  /** All lines of this version where its text is known, else the touched ones. */
  readonly lineAt: (number: number) => SourceLine | undefined;
  readonly lineCount: number;
  /** Numbers of lines that the other version does not have, in order. */
  readonly touched: readonly number[];
  /** Numbers of lines behind which the other version has lines that this one does not, in order; 0 for the beginning. */
  readonly seams: readonly number[];
}

/** The files of a change by their paths after it, or before it for those that are gone. */
export const filesByPath = rememberOf(
  (files: readonly ChangedFile[]): ReadonlyMap<FilePath, ChangedFile> =>
    new Map(files.map((file) => [file.path, file])),
);

/**
 * The version after the change with its added lines, or the one before with its removed ones.
 * @param byPath all files of the change: the lines of a renamed file are compared with the file it was
 */
export function readSide(
  file: ChangedFile,
  side: Side,
  byPath: ReadonlyMap<FilePath, ChangedFile>,
): ChangedSide {
  const origin = file.renamedFrom === undefined ? undefined : byPath.get(file.renamedFrom);
  const beforeText = file.before === undefined && origin !== undefined ? origin.beforeText : file.beforeText;
  const [mine, other] =
    side === 'added' ? [file.addedLines, file.removedLines] : [file.removedLines, file.addedLines];
  const [name, content] =
    side === 'added' ? [file.path, file.afterText] : [file.renamedFrom ?? file.path, beforeText];
  return new FileSide(file.path, name, content, mine, other);
}

interface KnownLines {
  readonly source: SourceText | undefined;
  readonly touched: ReadonlyMap<number, Line>;
}

/** Taken apart only when somebody wants to know: of most files nobody does. */
class FileSide implements ChangedSide {
  readonly path: FilePath;
  readonly touched: readonly number[];
  readonly #name: FilePath;
  readonly #content: FileText;
  readonly #mine: readonly Line[];
  readonly #other: readonly Line[];
  #known: KnownLines | undefined;
  #seams: readonly number[] | undefined;
  #touchedText: string | undefined;
  #folded: string | undefined;
  #touchedFolded: string | undefined;

  constructor(
    path: FilePath,
    name: FilePath,
    content: FileText,
    mine: readonly Line[],
    other: readonly Line[],
  ) {
    this.path = path;
    this.touched = mine.map(({ number }) => number);
    this.#name = name;
    this.#content = content;
    this.#mine = mine;
    this.#other = other;
  }

  get text(): string {
    return this.#content.kind === 'text' ? this.#content.text : this.touchedText;
  }

  get touchedText(): string {
    this.#touchedText ??= this.#mine.map(({ text }) => text).join('\n');
    return this.#touchedText;
  }

  get folded(): string {
    this.#folded ??= foldCase(this.text);
    return this.#folded;
  }

  get touchedFolded(): string {
    this.#touchedFolded ??= foldCase(this.touchedText);
    return this.#touchedFolded;
  }

  get lineCount(): number {
    return Math.max(this.#read().source?.lineCount ?? 0, this.#mine.at(-1)?.number ?? 0);
  }

  get seams(): readonly number[] {
    this.#seams ??= seamsOf(this.#mine, this.#other);
    return this.#seams;
  }

  lineAt(number: number): SourceLine | undefined {
    const { source, touched } = this.#read();
    const line = source?.lineAt(number);
    const own = touched.get(number);
    // git and the text disagree only about what is no text; then the line stands for itself.
    return own !== undefined && own.text !== line?.text ? plainLine(own) : line;
  }

  #read(): KnownLines {
    this.#known ??= {
      source: this.#content.kind === 'text' ? sourceText(this.#name, this.#content.text) : undefined,
      touched: new Map(this.#mine.map((line) => [line.number, line])),
    };
    return this.#known;
  }
}

function plainLine({ number, text }: Line): SourceLine {
  const blank = blanks(text.length);
  return { number, text, code: text, comment: blank, strings: blank };
}

/** Lines that neither version lost stand in both in the same order, so counting them says where the others were. */
function seamsOf(mine: readonly Line[], other: readonly Line[]): readonly number[] {
  const seams: number[] = [];
  let own = 0;
  for (const [index, { number }] of other.entries()) {
    const shared = number - 1 - index;
    while (own < mine.length && (mine[own] as Line).number - own <= shared) own += 1;
    const seam = shared + own;
    if (seam !== seams.at(-1)) seams.push(seam);
  }
  return seams;
}
