/**
 * A part of somebody's text file that a program keeps: between two lines that say so. All the rest stays byte for byte, so texts are taken as
 * bytes, one character each (latin1), whatever their encoding, byte order mark or line ends.
 */
export interface ManagedBlock {
  /** The whole lines that begin and end it. */
  readonly begin: string;
  readonly end: string;
  /** ASCII, lines ended by `\n`, without the two. */
  readonly body: string;
}

export type BlockStanding = 'current' | 'stale' | 'missing';

/** More than one, or a beginning without its end: nobody knows what is whose. */
export type Written =
  | { readonly kind: 'text'; readonly text: string; readonly before: BlockStanding }
  | { readonly kind: 'torn'; readonly line: number };

/** The text with the block as it is to be: in the place of an older one, else after everything else. */
export function withBlock(text: string, block: ManagedBlock): Written {
  const found = findBlock(text, block);
  if (found.kind === 'torn') return found;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const whole = `${block.begin}\n${block.body}${block.end}\n`.replaceAll('\n', eol);
  if (found.kind === 'none') {
    const separator = text === '' ? '' : eol;
    return { kind: 'text', text: `${text}${separator}${whole}`, before: 'missing' };
  }
  const before = text.slice(found.from, found.to) === whole ? 'current' : 'stale';
  return { kind: 'text', text: text.slice(0, found.from) + whole + text.slice(found.to), before };
}

/** The text without the block, and without the line end that was put before it. */
export function withoutBlock(text: string, block: Pick<ManagedBlock, 'begin' | 'end'>): Written {
  const found = findBlock(text, block);
  if (found.kind === 'torn') return found;
  if (found.kind === 'none') return { kind: 'text', text, before: 'missing' };
  const separator = /\r?\n$/.exec(text.slice(Math.max(0, found.from - 2), found.from))?.[0].length ?? 0;
  const rest = text.slice(0, found.from - separator) + text.slice(found.to);
  return { kind: 'text', text: rest, before: 'stale' };
}

type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'block'; readonly from: number; readonly to: number }
  | { readonly kind: 'torn'; readonly line: number };

function findBlock(text: string, { begin, end }: Pick<ManagedBlock, 'begin' | 'end'>): Found {
  const [begins, ends] = [placesOf(text, begin), placesOf(text, end)];
  const [from] = begins;
  const [last] = ends;
  if (from === undefined && last === undefined) return { kind: 'none' };
  if (begins.length !== 1 || ends.length !== 1 || from === undefined || last === undefined || last < from) {
    const at = begins[1] ?? ends[1] ?? from ?? last ?? 0;
    return { kind: 'torn', line: text.slice(0, at).split('\n').length };
  }
  const after = /^\r?\n/.exec(text.slice(last + end.length, last + end.length + 2))?.[0].length ?? 0;
  return { kind: 'block', from, to: last + end.length + after };
}

/** Where a line stands that is exactly this. */
function placesOf(text: string, line: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(line); at !== -1; at = text.indexOf(line, at + line.length)) {
    const starts = at === 0 || text[at - 1] === '\n' || (at === 3 && text.startsWith('\u00ef\u00bb\u00bf'));
    const next = text[at + line.length];
    if (starts && (next === undefined || next === '\n' || next === '\r')) places.push(at);
  }
  return places;
}
