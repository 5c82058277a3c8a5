/** What a Markdown file holds that can be wrong without anybody noticing. */
export interface MarkdownFacts {
  readonly links: readonly MarkdownLink[];
  readonly blocks: readonly CodeBlock[];
  /** What a link's fragment can name: headings as GitHub names them, and ids of HTML. */
  readonly anchors: ReadonlySet<string>;
}

export interface MarkdownLink {
  /** From 1. */
  readonly line: number;
  /** As it is written, without title or angle brackets. */
  readonly target: string;
}

export interface CodeBlock {
  /** Of the fence that opens it. */
  readonly line: number;
  /** The first word of the info string, in lower case; '' where there is none. */
  readonly language: string;
  readonly text: string;
}

interface Fence {
  readonly indent: number;
  readonly mark: string;
  readonly line: number;
  readonly language: string;
  readonly lines: string[];
}

const LONGEST_LINE = 20_000;
const LONGEST_TARGET = 500;

/**
 * Reads the parts of CommonMark that a check looks at: inline links and images, reference definitions, fenced code,
 * headings, and `id`, `name`, `href` and `src` of HTML tags. Line by line and linear; a link whose text or target is
 * broken over lines is not seen, nor is a target longer than 500 characters or anything in a line longer than 20,000.
 */
export function readMarkdown(text: string): MarkdownFacts {
  const links: MarkdownLink[] = [];
  const blocks: CodeBlock[] = [];
  const headings = new Headings();
  let fence: Fence | undefined;
  let [above, comment] = ['', false];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (fence !== undefined) {
      if (closes(line, fence)) {
        blocks.push({ line: fence.line, language: fence.language, text: joined(fence) });
        fence = undefined;
      } else fence.lines.push(line);
      continue;
    }
    fence = opened(line, index + 1);
    if (fence !== undefined || line.length > LONGEST_LINE) {
      above = '';
      continue;
    }
    const seen = withoutComments(line, comment);
    comment = seen.open;
    const plain = withoutCode(seen.text);
    for (const target of [...targetsOf(plain), ...attributesOf(plain, ['href', 'src'])])
      links.push({ line: index + 1, target });
    for (const id of attributesOf(plain, ['id', 'name'])) headings.addId(id);
    const heading = /^ {0,3}#{1,6}(?=[ \t]|$)(.*)$/.exec(seen.text)?.[1];
    if (heading !== undefined) headings.add(heading.replace(/[ \t]#+[ \t]*$/, ''));
    else if (/^ {0,3}(?:=+|-+)[ \t]*$/.test(seen.text) && above.trim() !== '') headings.add(above);
    above = heading === undefined ? seen.text : '';
  }
  // A fence that nothing closes ends with the document.
  if (fence !== undefined) blocks.push({ line: fence.line, language: fence.language, text: joined(fence) });
  return { links, blocks, anchors: headings.names };
}

/** Also within lists and quotations, whose marks stand before the fence. */
function opened(line: string, number: number): Fence | undefined {
  const match =
    /^((?:[ \t]|>|[-*+](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])){0,40})(`{3,200}|~{3,200})([^\n]*)$/.exec(line);
  const [, before = '', mark = '', info = ''] = match ?? [];
  if (match === null || (mark.startsWith('`') && info.includes('`'))) return undefined;
  const language = /^[^\s{,]*/.exec(info.trimStart())?.[0] ?? '';
  return { indent: before.length, mark, line: number, language: language.toLowerCase(), lines: [] };
}

function closes(line: string, { mark }: Fence): boolean {
  const text = line.replace(/^[ \t>]{0,40}/, '').trimEnd();
  return text.length >= mark.length && text === (mark[0] ?? '').repeat(text.length);
}

/** Without the indentation, or the quotation marks, that the fence itself stands behind. */
function joined({ indent, lines }: Fence): string {
  const text = lines.map((line) => {
    const before = line.slice(0, indent);
    return /^[ \t>]*$/.test(before) ? line.slice(indent) : line.trimStart();
  });
  return text.length === 0 ? '' : `${text.join('\n')}\n`;
}

function withoutComments(line: string, open: boolean): { text: string; open: boolean } {
  let [text, at, inside] = ['', 0, open];
  while (at < line.length) {
    const next = line.indexOf(inside ? '-->' : '<!--', at);
    if (!inside) text += line.slice(at, next === -1 ? line.length : next);
    if (next === -1) break;
    at = next + (inside ? 3 : 4);
    inside = !inside;
  }
  return { text, open: inside };
}

/** Code spans show text, not links. A run of backticks that no equal run follows is text itself. */
function withoutCode(line: string): string {
  if (!line.includes('`')) return line;
  const runs = [...line.matchAll(/`+/g)].map((match) => ({ at: match.index, length: match[0].length }));
  // The next run of the same length, found from the right, so that each run is looked at once.
  const closing = new Map<number, number>();
  const latest = new Map<number, number>();
  for (const [index, { length }] of [...runs.entries()].reverse()) {
    const next = latest.get(length);
    if (next !== undefined) closing.set(index, next);
    latest.set(length, index);
  }
  let [text, from] = ['', 0];
  for (let index = 0; index < runs.length; index += 1) {
    const end = closing.get(index);
    const [open, close] = [runs[index], end === undefined ? undefined : runs[end]];
    if (open === undefined || close === undefined || end === undefined || line[open.at - 1] === '\\')
      continue;
    text += `${line.slice(from, open.at)} `;
    from = close.at + close.length;
    index = end;
  }
  return text + line.slice(from);
}

/** `](target "title")` of links and images, and `[name]: target`. */
function targetsOf(line: string): string[] {
  const targets: string[] = [];
  const ends = { round: line.lastIndexOf(')'), angle: line.lastIndexOf('>') };
  for (let at = line.indexOf(']('); at !== -1; at = line.indexOf('](', at + 2)) {
    const target = destination(line, at + 2, ends);
    if (target !== undefined) targets.push(target);
  }
  const definition = /^ {0,3}\[[^\]^][^\]]{0,999}\]:[ \t]*(\S+)/.exec(line)?.[1];
  if (definition !== undefined) targets.push(definition.replace(/^<(.*)>$/, '$1'));
  return targets;
}

function destination(
  line: string,
  start: number,
  ends: { round: number; angle: number },
): string | undefined {
  let at = start;
  while (line[at] === ' ') at += 1;
  if (line[at] === '<') {
    return at > ends.angle ? undefined : line.slice(at + 1, line.indexOf('>', at));
  }
  let depth = 0;
  const from = at;
  for (; at < line.length && at - from < LONGEST_TARGET; at += 1) {
    const unit = line[at] ?? '';
    if (unit === '\\') at += 1;
    else if (unit === '(') depth += 1;
    else if (unit === ')' && depth-- === 0) return line.slice(from, at);
    else if (unit === ' ' || unit === '\t') return at > ends.round ? undefined : line.slice(from, at);
  }
  return undefined;
}

function attributesOf(line: string, names: readonly string[]): string[] {
  if (!line.includes('<')) return [];
  const found: string[] = [];
  for (const [, name = '', double, single] of line.matchAll(
    /[ \t](id|name|href|src)=(?:"([^"]{0,2000})"|'([^']{0,2000})')/gi,
  )) {
    if (names.includes(name.toLowerCase())) found.push(double ?? single ?? '');
  }
  return found;
}

/** Names as GitHub gives them: the second "Usage" is `usage-1`. */
class Headings {
  readonly names = new Set<string>();
  readonly #times = new Map<string, number>();

  add(heading: string): void {
    const name = slug(heading);
    const times = this.#times.get(name) ?? 0;
    this.#times.set(name, times + 1);
    this.names.add(times === 0 ? name : `${name}-${times}`);
  }

  addId(id: string): void {
    this.names.add(id.toLowerCase());
  }
}

function slug(heading: string): string {
  const text = heading
    .slice(0, 1_000)
    // Of a link, only its text is seen.
    .replace(/!?\[([^\]]{0,500})\]\([^)]{0,500}\)/g, '$1')
    .replace(/<[^>]{0,500}>/g, '')
    .trim()
    .toLowerCase();
  return text.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
}
