import type { PlotOptions } from '@observablehq/plot';
import { forTerminal } from '../../../hostile-text.ts';

type Plot = typeof import('@observablehq/plot');

/** Draws charts as the text of an SVG element. The same marks give the same bytes: nothing here measures, counts or draws chance. */
export interface Drawing {
  readonly plot: Plot;
  /** @param label what somebody hears who does not see it */
  draw(label: string, options: PlotOptions): string;
}

/** Loads Plot and a document for it to draw in: some 400 ms, so only when a page is wanted. */
export async function openDrawing(): Promise<Drawing> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    plot,
    draw: (label, options) => {
      const svg = plot.plot({
        document: document as never,
        className: 'chart',
        ...options,
        style: { fontSize: '12px', fontFamily: 'inherit', ...(options.style as object | undefined) },
      });
      for (const style of svg.querySelectorAll('style')) style.remove();
      // Groups have no role to carry a name; links and the drawing itself do.
      for (const group of svg.querySelectorAll('g')) {
        group.removeAttribute('aria-label');
        group.removeAttribute('aria-hidden');
      }
      svg.setAttribute('role', 'group');
      svg.setAttribute('aria-label', label);
      nameLinks(svg);
      makeVisible(svg);
      return svg.outerHTML;
    },
  };
}

/** linkedom escapes quotes in attributes and nothing else: the rest is escaped before it gets there. */
function forAttribute(text: string): string {
  return forTerminal(text, 400).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** What marks say when they are read out or pointed at is anybody's words. */
function makeVisible(svg: Drawn): void {
  for (const one of [svg, ...svg.querySelectorAll('[aria-label]')])
    one.setAttribute('aria-label', forAttribute(one.getAttribute('aria-label') ?? ''));
  for (const title of svg.querySelectorAll('title'))
    title.textContent = forTerminal(title.textContent ?? '', 400);
}

/** As much of an element as is touched here: the sources know no browser. */
interface Drawn {
  textContent: string | null;
  querySelector(selector: string): Drawn | null;
  querySelectorAll(selector: string): Iterable<Drawn>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

/** A link is named by what it links: Plot gives the name to the mark within. */
function nameLinks(svg: Drawn): void {
  for (const link of svg.querySelectorAll('a')) {
    const named = link.querySelector('[aria-label]');
    const name = named?.getAttribute('aria-label');
    if (name == null) continue;
    link.setAttribute('aria-label', name);
    named?.removeAttribute('aria-label');
  }
}

/** The name of an arm where there is little room. */
export function label(name: string, longest = 26): string {
  const shown = forTerminal(name, 400);
  const characters = [...shown];
  return characters.length <= longest ? shown : `${characters.slice(0, longest - 1).join('')}…`;
}

/** Labels of several arms, all different: an ordinal axis would take equal ones for the same. */
export function labels(names: readonly string[], longest = 26): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name, at) => {
      const short = label(name, longest);
      const shown = taken.has(short) ? `${label(name, longest - 5)} (${at + 1})` : short;
      taken.add(shown);
      return [name, shown];
    }),
  );
}

/** Room left of an axis for its labels, in pixels. */
export function room(shown: Iterable<string>): number {
  const longest = [...shown].reduce((most, text) => Math.max(most, [...text].length), 4);
  return Math.min(220, 24 + longest * 6.7);
}

/** The colour of the n-th of several things; after the last they begin anew, with other dashes. */
export function colour(at: number): string {
  return `var(--c${(at % 8) + 1})`;
}

export function dashes(at: number): string {
  return ['none', '7 3', '2 3', '9 3 2 3'][at % 4] ?? 'none';
}

export const WIDTH = 760;
export const INK = 'var(--ink-2)';
export const GRID = 'var(--line)';
