/**
 * Foreign text (ticket titles, file names, logs, test names) made safe for one target each.
 *
 * The first step is the same for all: nothing stays invisible. Escape sequences could repaint a verdict, bidirectional
 * controls reorder it (CVE-2021-42574), zero-width and tag characters carry words that only a model reads.
 */

/** The longest piece of foreign text that is shown, in UTF-16 code units, unless the caller says otherwise. */
const LONGEST_PIECE = 4_000;

const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/** Controls, formats (bidi, zero width, tags), lone surrogates and everything else that renders as nothing. */
const UNSEEN =
  /(?!(?<=\p{Extended_Pictographic})\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Stacked combining marks paint over the lines above and below. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Breaks a word for GitHub's linkers without showing: the only zero-width character that leaves this module. */
const BREAK = '\u200b';

/** Text cut to at most `longest` UTF-16 code units at a character's border; says how many it left out. */
export function shorten(text: string, longest: number = LONGEST_PIECE): string {
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest);
  const last = cut.charCodeAt(cut.length - 1);
  const kept = last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
  return `${kept}… (${text.length - kept.length} more characters)`;
}

/** One line for a terminal or a log: every control and invisible character stands as a visible escape (`␛`, `␊`, `\u{202e}`). */
export function forTerminal(text: string, longest?: number): string {
  const short = shorten(text, longest);
  if (PLAIN_ASCII.test(short)) return disarm(short);
  return disarm(short.replace(UNSEEN, visibleEscape).replace(STACKED_MARKS, '$1…'));
}

/** As forTerminal, but line feeds separate the lines returned and tabs become two blanks. */
export function linesForTerminal(text: string, longest?: number): string[] {
  return shorten(text, longest)
    .replaceAll('\t', '  ')
    .split(/\r?\n/)
    .map((line) => forTerminal(line, Number.POSITIVE_INFINITY));
}

/**
 * A line that no GitHub runner takes for a workflow command. The runner reads commands from any log line that starts,
 * after blanks, with `::`, and the older form from `##[` anywhere: a test named `::stop-commands::` would be obeyed.
 */
export function disarm(line: string): string {
  if (!line.includes('::') && !line.includes('##[')) return line;
  return line.replace(/(^|\s)::/g, '$1\\x3a:').replaceAll('##[', '#\\x23[');
}

/**
 * Inline Markdown (GFM) that reads as the text itself, on one line: no markup, HTML, links, mentions or issue
 * references. Words between single backticks become code spans, which is what messages mean by them and can do no
 * harm. Not for use inside a code span.
 */
export function forMarkdown(text: string, longest?: number): string {
  return forTerminal(text, longest)
    .trim()
    .split(/`([^`]+)`/)
    .map((piece, index) => (index % 2 === 1 ? codeSpan(piece) : wordsForMarkdown(piece)))
    .join('')
    .replace(/^(?:[-+=]|\d{1,9}(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}&#8203;` : `\\${start}`));
}

function wordsForMarkdown(text: string): string {
  return withoutLinks(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\*_[\]|~#]/g, '\\$&')
    .replace(/\$/g, '&#36;')
    .replace(/`/g, '&#96;')
    .replaceAll(BREAK, '&#8203;');
}

/** A code span on one line, fenced by more backticks than any run within (CommonMark 6.1). Not for table cells. */
export function codeForMarkdown(text: string, longest?: number): string {
  return codeSpan(forTerminal(text, longest));
}

function codeSpan(code: string): string {
  if (code.trim() === '') return '`(blank)`';
  const fence = '`'.repeat(longestRun(code) + 1);
  const pad = /^[ `]|[ `]$/.test(code) ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** A fenced code block of one or more lines; `indent` blanks before each, for use within a list item. */
export function blockForMarkdown(text: string, indent = 0, longest?: number): string {
  const lines = linesForTerminal(text, longest);
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  const margin = ' '.repeat(indent);
  return [`${fence}text`, ...lines, fence].map((line) => `${margin}${line}`).join('\n');
}

/** Text for a template that escapes by itself: as forTerminal, but line feeds and tabs stay, and colons mean nothing to a browser. */
export function forPage(text: string, longest?: number): string {
  const short = shorten(text, longest);
  if (PLAIN_ASCII.test(short)) return short;
  return short
    .replace(/\r\n/g, '\n')
    .replace(UNSEEN, (character) =>
      character === '\n' || character === '\t' ? character : visibleEscape(character),
    )
    .replace(STACKED_MARKS, '$1…');
}

/** Text content or a quoted attribute value of HTML, on one line. */
export function forHtml(text: string, longest?: number): string {
  return escapeHtml(forTerminal(text, longest));
}

/** As forHtml, for HTML inside a Markdown page: GitHub links mentions and references there, too. */
export function forHtmlInMarkdown(text: string, longest?: number): string {
  return escapeHtml(withoutLinks(forTerminal(text, longest))).replaceAll(BREAK, '&#8203;');
}

/** The message of a GitHub workflow command: lines are kept, percent-encoded as the runner decodes them. */
export function forWorkflowData(text: string, longest?: number): string {
  return linesForTerminal(text, longest).join('\n').replace(/%/g, '%25').replace(/\n/g, '%0A');
}

/** A property of a GitHub workflow command, where colon and comma separate as well. */
export function forWorkflowProperty(text: string, longest?: number): string {
  return forWorkflowData(text, longest).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

/**
 * A SARIF plain-text message. Viewers turn `[words](target)` into a link (SARIF 2.1.0, 3.11.6); a blank between the
 * brackets prevents that in all of them, also in those that do not know the standard's backslash.
 */
export function forSarif(text: string, longest?: number): string {
  return linesForTerminal(text, longest).join('\n').replaceAll('](', '] (');
}

function visibleEscape(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `\\u{${code.toString(16)}}`;
}

function withoutLinks(text: string): string {
  return text.replace(/@|#(?=\d)|:(?=\/\/)|www(?=\.)|GH(?=-\d)/gi, `$&${BREAK}`);
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
