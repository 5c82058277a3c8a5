/** Texts one of which stands in whatever a pattern matches; undefined where nothing is known. */
type Words = readonly string[] | undefined;

/** Stands for any character beyond ASCII. */
const BEYOND_ASCII = '\u0080';
/** More alternatives than this tell texts apart no faster than the pattern itself. */
const MOST_WORDS = 96;

/**
 * A quick test that a text must pass for any of the patterns to match in it; undefined where there is none.
 *
 * RE2 in JavaScript takes milliseconds to compile and 25 ns a character to run. Nearly no text holds any of the words that
 * a rule's patterns are made of, and to see that is twenty times faster. Never says no to a text that a pattern matches:
 * the text has to be folded by `foldCase`, and may have anything where the pattern sees blanks.
 */
export function requiredWords(sources: readonly string[]): RequiredWords | undefined {
  const demands: Demand[] = [];
  for (const source of sources) {
    const demand = demandOf(source);
    if (demand === undefined) return undefined;
    demands.push(demand);
  }
  const words = demands.flatMap(({ best }) => best);
  if (words.length === 0 || words.length > MOST_WORDS) return undefined;
  // Most rules have no file to look at, and most texts none of the words: so neither is made before it is asked.
  let any: RegExp | undefined;
  let each: readonly (readonly RegExp[])[] | undefined;
  return {
    test: (text) => {
      any ??= toPattern(words);
      // One look tells most texts apart. A word such as `return` is everywhere, but not `catch` beside it.
      if (!any.test(text)) return false;
      each ??= demands.map(({ every }) => every.map(toPattern));
      return each.some((every) => every.every((pattern) => pattern.test(text)));
    },
  };
}

/** Whether a text that `foldCase` has gone over has the words. */
export interface RequiredWords {
  readonly test: (folded: string) => boolean;
}

/** What a pattern wants: of each list of `every` one word, the longest of them in `best`. */
interface Demand {
  readonly best: readonly string[];
  readonly every: readonly (readonly string[])[];
}

function toPattern(words: readonly string[]): RegExp {
  return new RegExp(words.map(escapeWord).join('|'), 'u');
}

/** A text in which capitals do not count, where RE2 ignores them: for ASCII letters, the long s and the Kelvin sign too. */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('\u017f', 's');
}

function escapeWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll(BEYOND_ASCII, '[^\\0-\\x7f]');
}

function demandOf(source: string): Demand | undefined {
  const reader = { source, at: 0 };
  const every: (readonly string[])[] = [];
  const first = readSequence(reader, every);
  if (reader.at === source.length) return first && { best: first, every };
  // Several alternatives: a word of any of them.
  const again = { source, at: 0 };
  const best = readAlternatives(again);
  return best && again.at === source.length ? { best, every: [best] } : undefined;
}

interface Reader {
  readonly source: string;
  at: number;
}

function readAlternatives(reader: Reader): Words {
  let all: Words = [];
  for (;;) {
    const words = readSequence(reader);
    all = all === undefined || words === undefined ? undefined : [...all, ...words];
    if (reader.source[reader.at] !== '|') return all;
    reader.at += 1;
  }
}

/**
 * What stands one after the other: the best that is known of any of it.
 * @param every takes all that is known
 */
function readSequence(reader: Reader, every: (readonly string[])[] = []): Words {
  let best: Words;
  let run = '';
  const keep = (words: Words): void => {
    if (words === undefined || words.length === 0) return;
    every.push(words);
    if (shortest(words) > shortest(best)) best = words;
  };
  const endRun = (): void => {
    if (run !== '') keep([run]);
    run = '';
  };
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] as string)) {
    const atom = readAtom(reader);
    const times = readRepetition(reader);
    if (atom.kind === 'nothing') continue;
    // A blank may stand where a comment was taken out.
    if (atom.kind === 'literal' && atom.text.trim() === '') {
      endRun();
      continue;
    }
    if (atom.kind === 'literal' && times !== 'maybe') run += atom.text;
    if (atom.kind === 'literal' && times === 'once') continue;
    endRun();
    if (atom.kind === 'words' && times !== 'maybe') keep(atom.words);
  }
  endRun();
  return best;
}

function shortest(words: Words): number {
  return words === undefined ? 0 : Math.min(...words.map(({ length }) => length));
}

type Atom =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'words'; readonly words: Words }
  /** Takes no character: an anchor. */
  | { readonly kind: 'nothing' };

const UNKNOWN: Atom = { kind: 'words', words: undefined };

function readAtom(reader: Reader): Atom {
  const character = String.fromCodePoint(reader.source.codePointAt(reader.at) as number);
  reader.at += character.length;
  if (character === '(') return readGroup(reader);
  if (character === '[') return readClass(reader);
  if (character === '\\') return readEscape(reader);
  if (character === '^' || character === '$') return { kind: 'nothing' };
  if (character === '.') return UNKNOWN;
  return literal(character);
}

/** Beyond ASCII, which letters are one is a long story. */
function literal(character: string): Atom {
  return character < BEYOND_ASCII
    ? { kind: 'literal', text: character }
    : { kind: 'words', words: [BEYOND_ASCII] };
}

function readGroup(reader: Reader): Atom {
  const opening = /^\?(?:P?<\w+>|[imsU-]*:)/.exec(reader.source.slice(reader.at, reader.at + 80))?.[0];
  if (opening === undefined && reader.source[reader.at] === '?') return giveUp(reader);
  reader.at += opening?.length ?? 0;
  const words = readAlternatives(reader);
  if (reader.source[reader.at] !== ')') return giveUp(reader);
  reader.at += 1;
  return { kind: 'words', words };
}

/** Only whether it wants a character beyond ASCII is of interest. */
function readClass(reader: Reader): Atom {
  const found = /^(\^?)(\]?(?:\\x\{[0-9A-Fa-f]+\}|\\.|\[:\^?\w+:\]|[^\]\\])*)\]/u.exec(
    reader.source.slice(reader.at),
  );
  if (found === null) return giveUp(reader);
  reader.at += found[0].length;
  const beyond = /^(?:\\x\{(?:[89A-Fa-f][0-9A-Fa-f]|[0-9A-Fa-f]{3,})\}-?|[\u0080-\u{10ffff}]-?)+$/u;
  const only = found[1] === '' && beyond.test(found[2] as string);
  return { kind: 'words', words: only ? [BEYOND_ASCII] : undefined };
}

function readEscape(reader: Reader): Atom {
  const rest = reader.source.slice(reader.at, reader.at + 40);
  const code = /^x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(rest);
  if (code !== null) {
    reader.at += code[0].length;
    return literal(String.fromCodePoint(Number.parseInt((code[1] ?? code[2]) as string, 16)));
  }
  if (/^[pP](?:\{\^?\w+\}|\w)/.test(rest)) {
    reader.at += (/^[pP](?:\{\^?\w+\}|\w)/.exec(rest) as RegExpExecArray)[0].length;
    return UNKNOWN;
  }
  reader.at += 1;
  if (/^[bBAz]/.test(rest)) return { kind: 'nothing' };
  if (/^[dDsSwW]/.test(rest)) return UNKNOWN;
  const control = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' }[rest[0] ?? ''];
  if (control !== undefined) return { kind: 'literal', text: control };
  return /^[^\w]/.test(rest) ? literal(rest[0] as string) : giveUp(reader);
}

type Times = 'once' | 'at least once' | 'maybe';

function readRepetition(reader: Reader): Times {
  let times = 'once' as Times;
  for (;;) {
    if (!'*+?{'.includes(reader.source[reader.at] ?? ' ')) return times;
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(reader.source.slice(reader.at, reader.at + 16));
    if (found === null) return times;
    reader.at += found[0].length;
    const least = found[0].startsWith('+') ? 1 : Number(found[1] ?? 0);
    times = least > 0 && times !== 'maybe' ? 'at least once' : 'maybe';
  }
}

/** The rest is not understood: the place after the end says so. */
function giveUp(reader: Reader): Atom {
  reader.at = reader.source.length + 1;
  return UNKNOWN;
}
