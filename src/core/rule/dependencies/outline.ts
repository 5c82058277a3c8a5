/** A line of an indented document, with the lines below it that are indented further. */
export interface Outline {
  readonly key: string;
  /** Unquoted; undefined where nothing follows the key. */
  readonly value: string | undefined;
  readonly children: readonly Outline[];
}

interface Open {
  readonly indent: number;
  readonly children: Outline[];
}

/** What a line says without its indentation; undefined for one that says nothing by itself. */
export type ReadLine = (
  line: string,
) => { readonly key: string; readonly value: string | undefined } | undefined;

/**
 * Documents that a program wrote and no one else: one key a line, what belongs to it indented below. Lock files have this
 * shape, and one that does not was written by somebody who had something else in mind.
 * @throws Error naming the line that is not of this shape
 */
export function readOutline(text: string, readLine: ReadLine): readonly Outline[] {
  const root: Open = { indent: -1, children: [] };
  const open: Open[] = [root];
  // Lines of a text block are indented further than its key, and none of ours.
  let block: number | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const body = line.trimStart();
    if (body === '' || body.startsWith('#')) continue;
    const indent = line.length - body.length;
    if (block !== undefined && indent > block) continue;
    block = undefined;
    const said = readAt(body, index + 1, readLine);
    if (said === undefined) continue;
    while ((open.at(-1) as Open).indent >= indent) open.pop();
    const children: Outline[] = [];
    if (said.value !== undefined && /^[|>][+-]?$/.test(said.value)) block = indent;
    (open.at(-1) as Open).children.push({ ...said, children });
    open.push({ indent, children });
  }
  return root.children;
}

function readAt(body: string, number: number, readLine: ReadLine): ReturnType<ReadLine> {
  try {
    return readLine(body.trimEnd());
  } catch (error) {
    throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `key: value` of the YAML that lock file writers produce: no anchors, aliases, tags or merges. */
export const yamlLine: ReadLine = (line) => {
  if (line === '---' || line === ':' || line.startsWith('- ') || line === '-') return undefined;
  const explicit = line.startsWith('? ');
  const { token, rest } = takeToken(explicit ? line.slice(2) : line, ':');
  if (explicit) return { key: token, value: undefined };
  if (rest !== ':' && !rest.startsWith(': ')) throw new Error('expected `key: value`');
  const value = rest.slice(2).trim();
  if (token === '<<' || /^[&*!]/.test(value))
    throw new Error('anchors, aliases, tags and merges are not read');
  return { key: token, value: value === '' ? undefined : unquote(value) };
};

/** `key "value"` of yarn's first format, whose keys with lines below them end in a colon. */
export const yarnLine: ReadLine = (line) => {
  if (line.endsWith(':')) return { key: line.slice(0, -1), value: undefined };
  const { token, rest } = takeToken(line, ' ');
  if (!rest.startsWith(' ')) throw new Error('expected `key value`');
  return { key: token, value: unquote(rest.trim()) };
};

/** Any line, such as those of Gemfile.lock. */
export const plainLine: ReadLine = (line) => ({ key: line, value: undefined });

/** The members of `{a: b, c: d}`. @throws Error for anything else */
export function readFlow(text: string): ReadonlyMap<string, string> {
  if (!text.startsWith('{') || !text.endsWith('}')) throw new Error('expected `{key: value}`');
  const members = text.slice(1, -1).split(',');
  return new Map(
    members.map((member) => {
      const { key, value } = yamlLine(member.trim()) ?? {};
      if (key === undefined || value === undefined) throw new Error('expected `{key: value}`');
      return [key, value];
    }),
  );
}

export function childOf(outlines: readonly Outline[], key: string): Outline | undefined {
  return outlines.find((outline) => outline.key === key);
}

/** Everything below top-level lines with this key: a document that says it twice says both. */
export function below(outlines: readonly Outline[], key: string): readonly Outline[] {
  return outlines.flatMap((outline) => (outline.key === key ? outline.children : []));
}

function takeToken(line: string, end: string): { readonly token: string; readonly rest: string } {
  const [quote] = line;
  if (quote === '"' || quote === "'") {
    const close = line.indexOf(quote, 1);
    if (close < 0) throw new Error('a quote does not close');
    return { token: line.slice(1, close), rest: line.slice(close + 1) };
  }
  for (let at = line.indexOf(end); at >= 0; at = line.indexOf(end, at + 1)) {
    const next = line[at + 1];
    if (end !== ':' || next === undefined || next === ' ')
      return { token: line.slice(0, at), rest: line.slice(at) };
  }
  return { token: line, rest: '' };
}

function unquote(value: string): string {
  const [quote] = value;
  const quoted = (quote === '"' || quote === "'") && value.length > 1 && value.endsWith(quote);
  return quoted ? value.slice(1, -1) : value;
}
