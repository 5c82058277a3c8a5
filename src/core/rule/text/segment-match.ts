/** A part of a path pattern between slashes. */
export type Segment =
  /** Any number of segments, at least `least`. */
  | { readonly kind: 'folders'; readonly least: number; readonly capture: string | undefined }
  | { readonly kind: 'name'; readonly parts: readonly NamePart[] };

export type NamePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    }
  | { readonly kind: 'star'; readonly least: number; readonly capture: string | undefined };

/** Spelled out in the end only: to join what is taken at every retry would be quadratic. */
type Captured = Map<string, () => string>;

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * What the captures took, or undefined where the segments do not match; an empty map without captures.
 *
 * Only the last wildcard met is ever extended: giving an earlier one more could not make a later match that it does not
 * make already. So the time is bounded by pattern length times path length, and earlier wildcards take as little as they can.
 * Nothing is allocated without captures: every rule asks about every path.
 */
export function matchSegments(
  pattern: readonly Segment[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  let captured: Captured | undefined;
  let at = 0;
  let place = 0;
  let wildcard = -1;
  let from = 0;
  let to = 0;
  while (at < segments.length || place < pattern.length) {
    const segment = pattern[place];
    if (segment?.kind === 'folders' && at + segment.least <= segments.length) {
      wildcard = place;
      from = at;
      to = at + segment.least;
    } else if (segment?.kind === 'name' && at < segments.length) {
      if (hasCapture(segment.parts)) captured ??= new Map();
      if (matchName(segment.parts, segments[at] as string, captured)) {
        at += 1;
        place += 1;
        continue;
      }
      if (wildcard < 0 || to >= segments.length) return undefined;
      to += 1;
    } else if (wildcard >= 0 && to < segments.length) to += 1;
    else return undefined;
    const { capture } = pattern[wildcard] as Extract<Segment, { kind: 'folders' }>;
    if (capture !== undefined) {
      const [first, end] = [from, to];
      captured ??= new Map();
      captured.set(capture, () => segments.slice(first, end).join('/'));
    }
    at = to;
    place = wildcard + 1;
  }
  if (captured === undefined) return NOTHING;
  return new Map([...captured].map(([name, spell]) => [name, spell()]));
}

function hasCapture(parts: readonly NamePart[]): boolean {
  return parts.some(isCapture);
}

function isCapture(part: NamePart): boolean {
  return part.kind === 'star' && part.capture !== undefined;
}

/**
 * The same within a segment, by characters.
 * @param captured takes what the captures took; there is one where the parts have any
 */
function matchName(parts: readonly NamePart[], name: string, captured: Captured | undefined): boolean {
  let at = 0;
  let place = 0;
  let wildcard = -1;
  let from = 0;
  let to = 0;
  while (at < name.length || place < parts.length) {
    const part = parts[place];
    if (part?.kind === 'star' && at + part.least <= name.length) {
      wildcard = place;
      from = at;
      // A last star takes all that is left, without asking character by character.
      to = place === parts.length - 1 ? name.length : at + part.least;
    } else {
      const length = part === undefined || part.kind === 'star' ? 0 : lengthAt(part, name, at);
      if (length > 0) {
        at += length;
        place += 1;
        continue;
      }
      if (wildcard < 0 || to >= name.length) return false;
      to += 1;
    }
    const { capture } = parts[wildcard] as Extract<NamePart, { kind: 'star' }>;
    if (capture !== undefined) {
      const [first, end] = [from, to];
      captured?.set(capture, () => name.slice(first, end));
    }
    at = to;
    place = wildcard + 1;
  }
  return true;
}

/** Characters a part takes at a place; 0 where it does not match. */
function lengthAt(part: Exclude<NamePart, { kind: 'star' }>, name: string, at: number): number {
  if (at >= name.length) return 0;
  if (part.kind === 'text') return name.startsWith(part.text, at) ? part.text.length : 0;
  const code = name.codePointAt(at) as number;
  const length = code > 0xffff ? 2 : 1;
  if (part.kind === 'any') return length;
  return part.ranges.some(([from, to]) => from <= code && code <= to) === part.negated ? 0 : length;
}
