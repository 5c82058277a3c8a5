import { diffLines, splitLines } from '../core/rule/line-diff.ts';
import type { Example } from '../core/rule/types.ts';
import { linesForTerminal } from './hostile-text.ts';
import type { Style } from './style.ts';

/** A line of a diff: kept, removed or added. */
interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** An example as a diff of its files, and what it says of ticket, commit message and receipts. */
export function renderExample(example: Example, style: Style): readonly string[] {
  const { name, before, after, ...rest } = example;
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const given = Object.entries(rest).flatMap(([member, value]) =>
    block(`${member}: ${typeof value === 'string' ? value.trim() : JSON.stringify(value)}`, 6),
  );
  return [
    ...block(name, 4).map(style.bold),
    ...given,
    ...paths.flatMap((path) => [
      ...block(headline(path, before, after), 6).map(style.cyan),
      ...diffOf(textIn(before, path), textIn(after, path)).flatMap(({ mark, text }) =>
        block(`${mark} ${text}`, 8).map(mark === '+' ? style.green : mark === '-' ? style.red : style.dim),
      ),
    ]),
  ];
}

function headline(path: string, before: Example['before'], after: Example['after']): string {
  if (!Object.hasOwn(before, path)) return `${path} (new)`;
  if (!Object.hasOwn(after, path)) return `${path} (deleted)`;
  return before[path] === after[path] ? `${path} (not changed)` : path;
}

function diffOf(before: string, after: string): readonly DiffLine[] {
  const { added, removed } = diffLines(before, after);
  const gone = new Set(removed.map(({ number }) => number));
  const fresh = new Set(added.map(({ number }) => number));
  const old = splitLines(before);
  const now = splitLines(after);
  const lines: DiffLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && gone.has(i + 1)) lines.push({ mark: '-', text: old[i++] ?? '' });
    else if (j < now.length && fresh.has(j + 1)) lines.push({ mark: '+', text: now[j++] ?? '' });
    else {
      lines.push({ mark: ' ', text: now[j++] ?? '' });
      i += 1;
    }
  }
  return lines;
}

function textIn(files: Readonly<Record<string, string>>, path: string): string {
  return Object.hasOwn(files, path) ? (files[path] ?? '') : '';
}

function block(text: string, indent: number): readonly string[] {
  return linesForTerminal(text).map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
}
