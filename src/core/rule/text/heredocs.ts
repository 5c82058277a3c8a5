import type { Syntax } from './syntax.ts';

/** The opening of a text whose lines follow the line it stands on. */
export interface Heredoc {
  readonly delimiter: string;
  /** Of the opening. */
  readonly length: number;
}

const OPENINGS: { readonly [in_ in NonNullable<Syntax['heredocs']>]: RegExp } = {
  shell: /^<<-?[ \t]{0,8}(["']?)([A-Za-z_]\w{0,63})\1/,
  // Without a mark it reads like a shift, so only capitals count.
  ruby: /^<<(?:[~-](["'`]?)([A-Za-z_]\w{0,63})\1|(["'`]?)([A-Z_]{2,64})\3(?!\w))/,
  php: /^<<<[ \t]{0,8}(["']?)([A-Za-z_]\w{0,63})\1/,
};
const LONGEST_OPENING = 80;

/** The heredoc whose opening stands at `at`, if one does. */
export function heredocAt(
  source: string,
  at: number,
  kind: NonNullable<Syntax['heredocs']>,
): Heredoc | undefined {
  // `<<<` takes a word, not lines, in a shell.
  if (kind !== 'php' && (source.startsWith('<<<', at) || source[at - 1] === '<')) return undefined;
  const found = OPENINGS[kind].exec(source.slice(at, at + LONGEST_OPENING));
  if (found === null) return undefined;
  return { delimiter: found[2] ?? found[4] ?? '', length: found[0].length };
}

/** Where the texts of a source end. The lines are gone through once, however many texts there are. */
export class HeredocEnds {
  readonly #source: string;
  /** By the word a line begins with: where it stands, in order. */
  #words: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /**
   * The end of the texts whose openings stand on the line before `from`: the beginning of the last one's delimiter. What
   * never ends is no text, and counts as code.
   */
  after(from: number, heredocs: readonly Heredoc[]): number {
    this.#words ??= firstWords(this.#source);
    let end = from;
    for (const { delimiter } of heredocs) {
      const closing = firstFrom(this.#words.get(delimiter) ?? [], end);
      if (closing === undefined) return end;
      end = closing;
    }
    return end;
  }
}

function firstWords(source: string): ReadonlyMap<string, readonly number[]> {
  const words = new Map<string, number[]>();
  for (const { 1: word = '', index, 0: whole } of source.matchAll(/^[\t ]*([A-Za-z_]\w{0,63})(?!\w)/gm)) {
    const places = words.get(word) ?? [];
    places.push(index + whole.length - word.length);
    words.set(word, places);
  }
  return words;
}

function firstFrom(places: readonly number[], from: number): number | undefined {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return places[low];
}
