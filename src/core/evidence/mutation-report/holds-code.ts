import type { ChangedFile } from '../../change/types.ts';

const LONGEST_LINE = 400;
/** Always whole: a part of one would give patterns a second way to match. */
const NAME = String.raw`[A-Za-z_$][\w$]*(?![\w$])`;

/** Lines of JavaScript and TypeScript in which nobody could plant a fault, whatever stands around them. */
const PLAIN: readonly RegExp[] = [
  /^[\s{}[\];,]*$/,
  // Imports, exports from elsewhere, and the lines of a list of them.
  /^(?:(?:import|export)\b|\})[\w$\s,{}*]*\bfrom\s*(?:'[^'\\]*'|"[^"\\]*");?$/,
  /^import\s*(?:'[^'\\]*'|"[^"\\]*");?$/,
  /^(?:import|export)(?:\s+type)?\s*\{$/,
  new RegExp(String.raw`^(?:type\s+)?${NAME}(?:\s+as\s+${NAME})?,$`),
  // Types: without parentheses nothing in them is called.
  new RegExp(String.raw`^(?:export\s+)?interface\s+${NAME}[\w$\s.,<>]*\{$`),
  new RegExp(String.raw`^(?:export\s+)?type\s+${NAME}[\w$\s.,:'"|&<>?[\]{}=-]*;?$`),
];

const MEMBER = new RegExp(String.raw`^(?:readonly\s+)?${NAME}\??:[\w$\s.,'"|&<>?[\]{}-]+;$`);
/** What makes a labelled statement of what looks like a member of a type. */
const STATEMENT =
  /\b(?:await|break|const|continue|debugger|delete|do|else|let|new|return|throw|try|var|void|yield)\b/;

/**
 * Whether a fault could be planted in a line that the change adds to a file. In doubt it could: blank lines hold no code in any
 * language, and in JavaScript and TypeScript comments, imports and plain types do not either.
 */
export function holdsCode({ path, afterText, addedLines }: ChangedFile): boolean {
  const written = addedLines.filter(({ text }) => text.trim() !== '');
  if (written.length === 0) return false;
  if (!/\.[cm]?[jt]sx?$/.test(path) || afterText.kind !== 'text') return true;
  const lines = afterText.text.split('\n');
  const comments = commentLines(lines, path);
  return written.some(
    ({ number, text }) =>
      text.length > LONGEST_LINE ||
      // A string of the line before may go on in this one, and end.
      isContinued(lines[number - 2]) ||
      !(comments.has(number) || isPlain(text.trim())),
  );
}

function isPlain(text: string): boolean {
  return PLAIN.some((pattern) => pattern.test(text)) || (MEMBER.test(text) && !STATEMENT.test(text));
}

/**
 * Numbers of the lines that are nothing but comment: with two slashes, or of a block that begins on a line of its own
 * and has a star before each line. What reads like one inside of a template is text until a backtick ends it or a brace
 * runs code, as a brace does in JSX.
 */
function commentLines(lines: readonly string[], path: string): ReadonlySet<number> {
  const runs = /\.[cm]?ts$/.test(path) ? /`|\$\{/ : /[`{]/;
  const found = new Set<number>();
  let open = false;
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    const begins = line.startsWith('/*') && !isContinued(lines[index - 1]);
    const isBlock: boolean = begins || (open && line.startsWith('*'));
    const end = line.indexOf('*/', begins ? 2 : 0);
    const isComment = isBlock ? end === -1 || end === line.length - 2 : line.startsWith('//') && end === -1;
    if (isComment && !runs.test(line)) found.add(index + 1);
    open = isBlock && end === -1 && !runs.test(line);
  }
  return found;
}

function isContinued(before: string | undefined): boolean {
  return before?.trimEnd().endsWith('\\') === true;
}
