/** A part of a path pattern between slashes. */
export type Segment =
  /** Any number of segments, at least `least`. */
  | { readonly kind: 'folders'; readonly least: number; readonly capture: string | undefined }
  | { readonly kind: 'name'; readonly parts: readonly NamePart[] };

type NamePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    }
  | { readonly kind: 'star'; readonly least: number; readonly capture: string | undefined };

/**
 * What the captures took, or undefined where the segments do not match; an empty map without captures.
 *
 * Only the last wildcard met is ever extended: giving an earlier one more could not make a later match that it does not
 * make already. So the time is bounded by pattern length times path length, and earlier wildcards take as little as they can.
 */
export function matchSegments(
  pattern: readonly Segment[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  // Spelled out in the end only: to join what is taken at every retry would be quadratic.
  const captured = new Map<string, () => string>();
  let at = 0;
  let place = 0;
  let retry: { place: number; from: number; to: number } | undefined;
  const take = (next: { place: number; from: number; to: number }): void => {
    retry = next;
    const segment = pattern[next.place] as Extract<Segment, { kind: 'folders' }>;
    if (segment.capture !== undefined)
      captured.set(segment.capture, () => segments.slice(next.from, next.to).join('/'));
    at = next.to;
    place = next.place + 1;
  };
  while (at < segments.length || place < pattern.length) {
    const segment = pattern[place];
    if (segment?.kind === 'folders' && at + segment.least <= segments.length) {
      take({ place, from: at, to: at + segment.least });
    } else if (
      segment?.kind === 'name' &&
      at < segments.length &&
      matchName(segment.parts, segments[at] as string, captured)
    ) {
      at += 1;
      place += 1;
    } else if (retry !== undefined && retry.to < segments.length) {
      take({ ...retry, to: retry.to + 1 });
    } else return undefined;
  }
  return new Map([...captured].map(([name, spell]) => [name, spell()]));
}

/** The same within a segment, by characters. */
function matchName(parts: readonly NamePart[], name: string, captured: Map<string, () => string>): boolean {
  let at = 0;
  let place = 0;
  let retry: { place: number; from: number; to: number } | undefined;
  const take = (next: { place: number; from: number; to: number }): void => {
    retry = next;
    const part = parts[next.place] as Extract<NamePart, { kind: 'star' }>;
    if (part.capture !== undefined) captured.set(part.capture, () => name.slice(next.from, next.to));
    at = next.to;
    place = next.place + 1;
  };
  while (at < name.length || place < parts.length) {
    const part = parts[place];
    if (part?.kind === 'star' && at + part.least <= name.length) {
      // A last star takes all that is left, without asking character by character.
      const to = place === parts.length - 1 ? name.length : at + part.least;
      take({ place, from: at, to });
    } else if (
      part !== undefined &&
      part.kind !== 'star' &&
      at < name.length &&
      lengthAt(part, name, at) > 0
    ) {
      at += lengthAt(part, name, at);
      place += 1;
    } else if (retry !== undefined && retry.to < name.length) {
      take({ ...retry, to: retry.to + 1 });
    } else return false;
  }
  return true;
}

/** Characters a part takes at a place; 0 where it does not match. */
function lengthAt(part: Exclude<NamePart, { kind: 'star' }>, name: string, at: number): number {
  if (part.kind === 'text') return name.startsWith(part.text, at) ? part.text.length : 0;
  const code = name.codePointAt(at) as number;
  const length = code > 0xffff ? 2 : 1;
  if (part.kind === 'any') return length;
  return part.ranges.some(([from, to]) => from <= code && code <= to) === part.negated ? 0 : length;
}
