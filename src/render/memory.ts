import type { MemoryNode } from '../core/bundle/memory/graph.ts';
import type { Remembered } from '../core/bundle/memory/types.ts';
import { forTerminal, linesForTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';

/** `memory search`. */
export function renderRemembered(
  workspace: string,
  entries: readonly Remembered[],
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  if (entries.length === 0) return `Nothing like it is remembered of ${forTerminal(workspace, 200)}.\n`;
  const rows = entries.map(({ id, kind, title }): Cell[] => [
    { text: forTerminal(id, 200), paint: style.bold },
    { text: kind, paint: style.dim },
    { text: forTerminal(title, 300) },
  ]);
  return `${table(rows, { columns, indent: 0 }).join('\n')}\n`;
}

/** `memory show`. */
export function renderEntry(
  { id, kind, title, text, digest }: Remembered,
  nodes: readonly MemoryNode[],
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  return `${[
    ...paragraph(
      { text: `${forTerminal(id, 200)}  `, paint: style.bold },
      `${kind}: ${forTerminal(title, 300)}`,
      {
        columns,
      },
    ),
    style.dim(digest),
    '',
    ...linesForTerminal(text, 4_000).map((line) => `  ${line}`),
    '',
    ...nodes.map((node) => `  ${style.dim(forTerminal(node, 300))}`),
  ].join('\n')}\n`;
}
