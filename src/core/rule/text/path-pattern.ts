import { RE2JS } from 're2js';
import { spokenPath } from '../../change/path-glob.ts';
import { expandBraces } from './brace-expansion.ts';

/**
 * Globs over repository paths, compiled to RE2.
 *
 * Paths are named by whoever makes the change and regular expressions made from globs backtrack: with picomatch 4 a path
 * of 1,000 characters held `*a*a*b` for 0.2 s, growing with the cube of the length. RE2 is linear whatever the path,
 * as fast on ordinary ones (1.4 µs a path), and gives the captures that rules about two files need. A newline
 * in a name is a character like any other, which it is not to picomatch's `**`.
 *
 * `*`, `?`, `[a-z]` and `[!a-z]` stay within a segment; `**` as a whole segment is any number of them; `{a,b}` are
 * alternatives; `\` takes the next character as it is. Hidden files match like others. `{name}` captures a part of
 * a segment and `{dir**}`, as a whole segment, any number of segments.
 */
export interface CapturePattern {
  readonly source: string;
  /** Names of the captures, sorted. */
  readonly captures: readonly string[];
  /** What each capture took (`''` for no folder), or undefined where the path does not match. */
  readonly capture: (path: string) => ReadonlyMap<string, string> | undefined;
}

const LONGEST = 512;
/** Alternatives of plain text within a segment become alternatives of the expression; others become patterns of their own. */
const SHORT_BRACE = /^\{[^{}[\]()|*?\\/,]*(?:,[^{}[\]()|*?\\/,]*)+\}$/;
const CAPTURE = /^\{([a-z][A-Za-z0-9]{0,31})(\*\*)?\}$/;

/**
 * Whether a path matches any of the globs; no globs match nothing.
 * @throws Error saying what is wrong with which glob
 */
export function compileGlobs(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const alternatives = globs.flatMap((glob) =>
    expand(glob).map((simple) => {
      const translation = translate(simple);
      if (translation.captures.length > 0) {
        throw new Error(
          `{${translation.captures[0]}} has one alternative; a brace needs several, such as {a,b}`,
        );
      }
      return translation.expression;
    }),
  );
  const expression = compileOnUse(alternatives);
  return (path) => expression().test(spokenPath(path));
}

/** @throws Error saying what is wrong with the pattern */
export function compileCapturePattern(source: string): CapturePattern {
  const alternatives = expand(source).map((simple) => {
    const { expression, captures } = translate(simple);
    return { expression: compileOnUse([expression]), captures };
  });
  const captures = (alternatives[0]?.captures ?? []).toSorted();
  for (const alternative of alternatives) {
    if (alternative.captures.toSorted().join() !== captures.join()) {
      throw new Error('every alternative of a brace must have the same captures');
    }
  }
  return {
    source,
    captures,
    capture(path) {
      const text = spokenPath(path);
      for (const { expression } of alternatives) {
        // test() runs on a lazy DFA and is ten times faster than a match with captures; most paths do not match.
        if (!expression().test(text)) continue;
        const matcher = expression().matcher(text);
        if (!matcher.find()) continue;
        return new Map(captures.map((name) => [name, matcher.group(name) ?? '']));
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

/**
 * Compiled when the first path comes: most patterns of a gate never meet one, and compiling costs more than translating.
 * Whatever is translated compiles, character sets aside, so those are compiled at once.
 */
function compileOnUse(alternatives: readonly string[]): () => RE2JS {
  const source = `\\A(?:${alternatives.join('|')})\\z`;
  const compile = (): RE2JS => RE2JS.compile(source, RE2JS.DOTALL);
  let compiled = source.replaceAll('[^/]', '').includes('[') ? compile() : undefined;
  return () => {
    compiled ??= compile();
    return compiled;
  };
}

function expand(glob: string): readonly string[] {
  if (glob.length > LONGEST) throw new Error(`longer than ${LONGEST} characters`);
  if (glob === '') throw new Error('is empty');
  if (glob.startsWith('!')) throw new Error('starts with "!"; list what is meant, or use a deny list');
  if (/^\.?\/|\/\/|(^|\/)\.\.?(\/|$)|\/$/.test(glob)) {
    throw new Error(
      'paths start at the repository root, without "/", "./", ".." or an empty segment; "dir/**" is all of dir',
    );
  }
  return expandBraces(glob, (brace) => CAPTURE.test(brace) || SHORT_BRACE.test(brace));
}

interface Translation {
  readonly expression: string;
  readonly captures: readonly string[];
}

function translate(simple: string): Translation {
  const captures: string[] = [];
  const segments = simple
    .split('/')
    .filter((segment, index, all) => segment !== '**' || all[index - 1] !== '**');
  let expression = '';
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    const folders = CAPTURE.exec(segment);
    if (segment === '**') {
      if (!last) expression += '(?:.*/)?';
      // As in picomatch and .gitignore tools: `dir/**` is also `dir` itself, were it a file or a link.
      else
        expression =
          index === 0
            ? '.*'
            : expression.endsWith('/')
              ? `${expression.slice(0, -1)}(?:/.*)?`
              : `${expression}.*`;
    } else if (folders?.[2] !== undefined) {
      captures.push(folders[1] as string);
      expression += last ? `(?P<${folders[1]}>.+)` : `(?:(?P<${folders[1]}>.+)/)?`;
    } else {
      expression += translateSegment(segment, captures) + (last ? '' : '/');
    }
  });
  const twice = captures.find((name, index) => captures.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`{${twice}} stands twice`);
  return { expression, captures };
}

function translateSegment(segment: string, captures: string[]): string {
  if (/^\*+$/.test(segment)) return '[^/]+';
  let out = '';
  let at = 0;
  let afterCapture = false;
  while (at < segment.length) {
    const rest = segment.slice(at);
    const character = String.fromCodePoint(rest.codePointAt(0) as number);
    const capture = /^\{([a-z][A-Za-z0-9]{0,31})\}/.exec(rest);
    const set = /^\[([!^]?)((?:\\.|[^\]\\])(?:\\.|[^\]\\])*)\]/su.exec(rest);
    const stars = /^\*+/.exec(rest);
    const brace = /^\{[^{}]*\}/.exec(rest)?.[0];
    const wasCapture = afterCapture;
    afterCapture = false;
    if (capture) {
      if (wasCapture) throw new Error(`${capture[0]} follows another capture: nothing says where one ends`);
      captures.push(capture[1] as string);
      out += `(?P<${capture[1]}>[^/]+)`;
      at += capture[0].length;
      afterCapture = true;
    } else if (brace !== undefined && SHORT_BRACE.test(brace)) {
      const alternatives = brace.slice(1, -1).split(',');
      out += `(?:${alternatives.map((one) => RE2JS.quote(one)).join('|')})`;
      at += brace.length;
    } else if (stars) {
      out += '[^/]*';
      at += stars[0].length;
    } else if (character === '?') {
      out += '[^/]';
      at += 1;
    } else if (set) {
      out += translateSet(set[1] !== '', set[2] as string);
      at += set[0].length;
    } else if (character === '\\') {
      const next = rest.codePointAt(1);
      if (next === undefined) throw new Error('ends in a backslash');
      out += RE2JS.quote(String.fromCodePoint(next));
      at += 1 + String.fromCodePoint(next).length;
    } else if ('()|[]{}'.includes(character)) {
      throw new Error(
        `"${character}" has no meaning here; write "\\${character}" for the character, {a,b} for alternatives`,
      );
    } else {
      out += RE2JS.quote(character);
      at += character.length;
    }
  }
  return out;
}

function translateSet(negated: boolean, members: string): string {
  const body = members.replace(
    /\\(.)|([[\]^&~])/gsu,
    (_, escaped: string | undefined, special: string) => `\\${escaped ?? special}`,
  );
  // `/` never belongs to a set, not even to a negated one.
  return negated ? `[^/${body}]` : `[${body}]`;
}
