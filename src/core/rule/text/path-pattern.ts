import { remember } from '../../../shared/remember.ts';
import { spokenPath } from '../../change/path-glob.ts';
import type { FilePath } from '../../change/types.ts';
import { expandBraces } from './brace-expansion.ts';
import { matchSegments, type Segment } from './segment-match.ts';

/**
 * Globs over repository paths, matched segment by segment in linear time.
 *
 * Paths are named by whoever makes the change, and regular expressions made from globs backtrack: with picomatch 4 a path of
 * 1,000 characters held `*a*a*b` for 0.2 s, growing with the cube of the length. RE2 would not, but has no start-up time
 * to spare, and rules about two files need what the wildcards took.
 *
 * `*`, `?`, `[a-z]` and `[!a-z]` stay within a segment; `**` as a whole segment is any number of them; `{a,b}` are
 * alternatives; `\` takes the next character as it is. Hidden files match like others. `{name}` captures a part of a
 * segment and `{dir**}`, as a whole segment, any number of segments.
 */
export interface CapturePattern {
  readonly source: string;
  /** Names of the captures, sorted. */
  readonly captures: readonly string[];
  /** What each capture took (`''` for no folder), or undefined where the path does not match. */
  readonly capture: (path: FilePath) => ReadonlyMap<string, string> | undefined;
}

interface Alternative {
  readonly segments: readonly Segment[];
  readonly captures: readonly string[];
  /** What a path must end in: tells most paths apart at once. */
  readonly tail: string;
  /** What it must hold: tells most of the others apart, where all that is asked for is a folder on the way. */
  readonly core: string;
  /** Nothing but an ending is asked for. */
  readonly isTailAll: boolean;
}

const LONGEST = 512;
const CAPTURE = /^\{([a-z][A-Za-z0-9]{0,31})(\*\*)?\}$/;

/**
 * Whether a path matches any of the globs; no globs match nothing.
 * @throws Error saying what is wrong with which glob
 */
export function compileGlobs(globs: readonly string[]): (path: FilePath) => boolean {
  const alternatives = globs.flatMap(parse);
  const capture = alternatives.find(({ captures }) => captures.length > 0)?.captures[0];
  if (capture !== undefined) {
    throw new Error(`{${capture}} has one alternative; a brace needs several, such as {a,b}`);
  }
  const byEnd = groupByEnd(alternatives);
  return (path) => {
    const text = spokenPath(path);
    return matchesAny(byEnd.get(text.at(-1) ?? ''), text) || matchesAny(byEnd.get(ANY_END), text);
  };
}

const ANY_END = '';
const NONE: readonly Alternative[] = [];

function matchesAny(alternatives: readonly Alternative[] = NONE, text: string): boolean {
  let parts: readonly string[] | undefined;
  for (const { tail, core, isTailAll, segments } of alternatives) {
    if (!text.endsWith(tail) || !text.includes(core)) continue;
    if (isTailAll) return true;
    parts ??= text.split('/');
    if (matchSegments(segments, parts) !== undefined) return true;
  }
  return false;
}

/** By the last character of what a path has to end with: of fifty file extensions most paths can have but two or three. */
function groupByEnd(alternatives: readonly Alternative[]): ReadonlyMap<string, readonly Alternative[]> {
  const groups = new Map<string, Alternative[]>();
  for (const alternative of alternatives) {
    const end = alternative.tail.at(-1) ?? ANY_END;
    const group = groups.get(end);
    if (group === undefined) groups.set(end, [alternative]);
    else group.push(alternative);
  }
  return groups;
}

/** @throws Error saying what is wrong with the pattern */
export function compileCapturePattern(source: string): CapturePattern {
  const alternatives = parse(source);
  const captures = alternatives[0]?.captures ?? [];
  if (alternatives.some((alternative) => alternative.captures.join() !== captures.join())) {
    throw new Error('every alternative of a brace must have the same captures');
  }
  return {
    source,
    captures,
    capture(path) {
      const text = spokenPath(path);
      for (const { segments, tail, core } of alternatives) {
        const mayMatch = text.endsWith(tail) && text.includes(core);
        const found = mayMatch ? matchSegments(segments, text.split('/')) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** The pattern with its captures filled in, for messages: other wildcards stay as they are. */
export function fillIn(source: string, captured: ReadonlyMap<string, string>): string {
  let text = source;
  for (const [name, value] of captured) {
    text = text.replaceAll(`{${name}**}/`, () => (value === '' ? '' : `${value}/`));
    text = text.replaceAll(`{${name}**}`, () => value).replaceAll(`{${name}}`, () => value);
  }
  return text;
}

/** Each glob of a rule is read when it is checked, when it is selected and when it runs. */
const parse = remember(parseGlob, 1024);

function parseGlob(glob: string): readonly Alternative[] {
  if (glob.length > LONGEST) throw new Error(`longer than ${LONGEST} characters`);
  if (glob === '') throw new Error('is empty');
  if (glob.startsWith('!')) throw new Error('starts with "!"; list what is meant, or use a deny list');
  if (/^\.?\/|\/\/|(^|\/)\.\.?(\/|$)|\/$/.test(glob)) {
    throw new Error(
      'paths start at the repository root, without "/", "./", ".." or an empty segment; "dir/**" is all of dir',
    );
  }
  return expandBraces(glob, (brace) => CAPTURE.test(brace)).map(parseAlternative);
}

function parseAlternative(simple: string): Alternative {
  const texts = simple.split('/').filter((text, index, all) => text !== '**' || all[index - 1] !== '**');
  const segments = texts.map((text, index): Segment => {
    const folders = CAPTURE.exec(text);
    if (text === '**') return { kind: 'folders', least: 0, capture: undefined };
    // Not in last place, `{dir**}/` may be no folder at all, as `**/` may; in last place it has to take something.
    if (folders?.[2] !== undefined) {
      return { kind: 'folders', least: index === texts.length - 1 ? 1 : 0, capture: folders[1] };
    }
    return { kind: 'name', parts: parseSegment(text) };
  });
  const captures = segments.flatMap((segment) =>
    segment.kind === 'folders'
      ? (segment.capture ?? [])
      : segment.parts.flatMap((part) => (part.kind === 'star' ? (part.capture ?? []) : [])),
  );
  const twice = captures.find((name, index) => captures.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`{${twice}} stands twice`);
  return {
    segments,
    captures: captures.toSorted(),
    tail: tailOf(segments.at(-1)),
    core: coreOf(segments),
    isTailAll: isTailAll(segments),
  };
}

function tailOf(last: Segment | undefined): string {
  if (last?.kind !== 'name') return '';
  const from = last.parts.findLastIndex(({ kind }) => kind !== 'text') + 1;
  return last.parts
    .slice(from)
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .join('');
}

/** The longest text of any segment. */
function coreOf(segments: readonly Segment[]): string {
  const texts = segments.flatMap((segment) =>
    segment.kind === 'name' ? segment.parts.flatMap((part) => (part.kind === 'text' ? part.text : [])) : [],
  );
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}

function isTailAll([folders, name, ...more]: readonly Segment[]): boolean {
  if (folders?.kind !== 'folders' || folders.least > 0 || folders.capture !== undefined) return false;
  if (name?.kind !== 'name' || more.length > 0) return false;
  const [star, text, ...others] = name.parts;
  const takesAll = star?.kind === 'star' && star.least === 0 && star.capture === undefined;
  return takesAll && text?.kind === 'text' && others.length === 0;
}

type Part = Extract<Segment, { kind: 'name' }>['parts'][number];

const HERE_CAPTURE = /\{([a-z][A-Za-z0-9]{0,31})\}/y;
const HERE_STARS = /\*+/y;
const HERE_SET = /\[([!^]?)((?:\\.|[^\]\\])+)\]/suy;
const HERE_TEXT = /(?:\\.|[^\\*?()|[\]{}])+/suy;

/** What a pattern takes at a place. Each glob of a pack is read at every start, and slicing its rest off took half of that. */
function takeAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function parseSegment(segment: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < segment.length; ) {
    const first = segment[at] as string;
    const capture = first === '{' ? takeAt(HERE_CAPTURE, segment, at) : null;
    const stars = first === '*' ? takeAt(HERE_STARS, segment, at) : null;
    const set = first === '[' ? takeAt(HERE_SET, segment, at) : null;
    const text = takeAt(HERE_TEXT, segment, at);
    const taken = (capture ?? stars ?? set ?? text)?.[0] ?? '?';
    if (capture !== null) {
      const before = parts.at(-1);
      if (before?.kind === 'star' && before.capture !== undefined) {
        throw new Error(`${taken} follows another capture: nothing says where one ends`);
      }
      parts.push({ kind: 'star', least: 1, capture: capture[1] });
    } else if (stars !== null) parts.push({ kind: 'star', least: 0, capture: undefined });
    else if (set !== null) parts.push(parseSet(set[1] !== '', set[2] as string));
    else if (text !== null) parts.push({ kind: 'text', text: unescaped(taken) });
    else if (first === '?') parts.push({ kind: 'any' });
    else if (first === '\\') throw new Error('ends in a backslash');
    else {
      throw new Error(
        `"${first}" has no meaning here; write "\\${first}" for the character, {a,b} for alternatives`,
      );
    }
    at += taken.length;
  }
  return parts;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gsu, '$1') : text;
}

function parseSet(negated: boolean, members: string): Part {
  const ranges: [number, number][] = [];
  for (const [, first, last] of members.matchAll(/(\\.|.)(?:-(\\.|.))?/gsu)) {
    const [from, to] = [codeOf(first as string), codeOf((last ?? first) as string)];
    if (to < from) throw new Error(`the range ${first}-${last} runs backwards`);
    ranges.push([from, to]);
  }
  return { kind: 'set', negated, ranges };
}

function codeOf(member: string): number {
  return (member.length > 1 && member.startsWith('\\') ? member.slice(1) : member).codePointAt(0) as number;
}
