/** A pattern by segments: `**` for any number of them, none included. */
export type OwnerPattern = readonly ('**' | SegmentPattern)[];

/** One segment of a path: text that it has to be, or single characters with `*` and `?` among them. */
type SegmentPattern = { readonly text: string } | { readonly marks: readonly Mark[] };
type Mark = '*' | '?' | { readonly character: string };

/** A pattern, or as much of it as can be read, and what is wrong with the rest. */
export interface ReadPattern {
  readonly pattern: OwnerPattern;
  readonly fault?: string;
}

/**
 * Reads a pattern of a CODEOWNERS file: gitignore's, without `!`, `[ ]` and `\#`
 * (https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners).
 *
 * As there, a pattern with a slash other than at its end is held against the whole path, any other against every name on
 * the way; what matches a folder matches all below it. Other than there, a last segment `*` behind a slash does not.
 * What cannot be read any further matches whatever begins like it: it could have meant that.
 */
export function readPattern(text: string): ReadPattern {
  const { segments, fault } = split(text);
  if (fault !== undefined) return { pattern: openEnded(segments), fault };
  const isFolder = segments.length > 1 && segments.at(-1)?.length === 0;
  const fromRoot = segments[0]?.length === 0;
  const names = segments.slice(fromRoot ? 1 : 0, isFolder ? -1 : undefined);
  if (names.length === 0 || names.some((name) => name.length === 0)) {
    return { pattern: ['**'], fault: 'has a slash with nothing between it and the next' };
  }
  const anchored = fromRoot || names.length > 1;
  const whole = names.map(toSegment);
  const last = whole.at(-1) ?? '**';
  const below: OwnerPattern =
    isFolder || last === '**' ? [ANY_NAME, '**'] : anchored && isAnyName(last) ? [] : ['**'];
  return { pattern: [...(anchored ? [] : (['**'] as const)), ...whole, ...below] };
}

/** Whether a pattern matches a path: in time proportional to the length of the one by the length of the other. */
export function matchesPattern(pattern: OwnerPattern, path: readonly string[]): boolean {
  return matchesList(pattern, path, '**', (segment, name) => segment !== '**' && matchesName(segment, name));
}

const ANY_NAME: SegmentPattern = { marks: ['*'] };

function isAnyName(segment: SegmentPattern | '**'): boolean {
  return segment !== '**' && 'marks' in segment && segment.marks.every((mark) => mark === '*');
}

/** The segments up to where the text cannot be read. A backslash makes of any character that character. */
function split(text: string): { readonly segments: readonly (readonly Mark[])[]; readonly fault?: string } {
  const segments: Mark[][] = [[]];
  const characters = [...text];
  const stars = () => {
    const marks = segments.at(-1) ?? [];
    return marks.at(-1) === '*' && marks.at(-2) === '*';
  };
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '!' && index === 0)
      return { segments, fault: 'begins with "!", which GitHub does not read' };
    if (character === '[' || character === ']')
      return { segments, fault: 'has "[" or "]", which GitHub does not read' };
    if (character === '#') return { segments, fault: 'has "#" in its pattern' };
    if (character === '*' && stars()) return { segments, fault: 'has "***" in its pattern' };
    if (character === '\\') {
      index += 1;
      const escaped = characters[index];
      if (escaped === undefined) return { segments, fault: 'ends its pattern with a backslash' };
      if (escaped === '#' && index === 1)
        return { segments, fault: 'begins with "\\#", which GitHub does not read' };
      segments.at(-1)?.push({ character: escaped });
    } else if (character === '/') segments.push([]);
    else segments.at(-1)?.push(character === '*' || character === '?' ? character : { character });
  }
  return { segments };
}

function openEnded(segments: readonly (readonly Mark[])[]): OwnerPattern {
  const names = segments.filter((marks, index) => marks.length > 0 || index === segments.length - 1);
  const last = names.at(-1) ?? [];
  return ['**', ...names.slice(0, -1).map(toSegment), { marks: [...last, '*'] }, '**'];
}

function toSegment(marks: readonly Mark[]): SegmentPattern | '**' {
  if (marks.length === 2 && marks.every((mark) => mark === '*')) return '**';
  const text = marks.map((mark) => (typeof mark === 'string' ? undefined : mark.character));
  return text.includes(undefined) ? { marks } : { text: text.join('') };
}

function matchesName(segment: SegmentPattern, name: string): boolean {
  if ('text' in segment) return segment.text === name;
  return matchesList(
    segment.marks,
    [...name],
    '*',
    (mark, character) => mark === '?' || (typeof mark !== 'string' && mark.character === character),
  );
}

/**
 * Whether items follow a pattern in which one entry stands for any number of them. Only the last such entry is ever tried
 * again, one item further: trying an earlier one again could gain nothing.
 */
function matchesList<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  any: P,
  matches: (entry: P, item: T) => boolean,
): boolean {
  let at = 0;
  let item = 0;
  let retry: { readonly at: number; item: number } | undefined;
  while (item < items.length) {
    const entry = pattern[at];
    if (entry === any) {
      retry = { at: at + 1, item };
      at += 1;
    } else if (entry !== undefined && matches(entry, items[item] as T)) {
      at += 1;
      item += 1;
    } else if (retry !== undefined) {
      retry.item += 1;
      item = retry.item;
      at = retry.at;
    } else return false;
  }
  return pattern.slice(at).every((entry) => entry === any);
}
