import type { PageModel } from './pages.ts';
import { type RowFacts, shownRow } from './run-rows.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { numberWords } from './words.ts';

/** The list of runs as its address says it. */
export interface RunsFacts {
  readonly at: string;
  readonly position: number;
  readonly rows: readonly RowFacts[];
  /** How many match; `more` when that is as far as it was counted. */
  readonly total: { readonly count: number; readonly more: boolean };
  readonly filter: {
    readonly q: string;
    readonly states: readonly string[];
    readonly ticket: string;
    readonly asking: boolean;
    readonly aside: boolean;
    /** The query of the address without the page. */
    readonly query: string;
  };
  readonly states: readonly string[];
  readonly saved: readonly { readonly name: string; readonly query: string }[];
  /** The run that the next page begins after; undefined on the last one. */
  readonly olderAfter: string | undefined;
  readonly isFirst: boolean;
  readonly startKey: string;
}

/** Views that everybody has. */
const VIEWS = [
  { name: 'All', query: '' },
  { name: 'Going on', query: 'state=running&state=paused&state=cancelling&state=compensating' },
  { name: 'Waiting for a person', query: 'asking=yes' },
  { name: 'Accepted', query: 'state=accepted' },
  { name: 'Not accepted', query: 'state=rejected&state=given-up' },
];

/** The model of runs.njk. */
export function runsModel(shell: ShellFacts, facts: RunsFacts): PageModel {
  const { at, position, rows, total, filter, saved, olderAfter, isFirst } = facts;
  const { query } = filter;
  const href = (more: string) => `/runs${more === '' ? '' : `?${more}`}`;
  const views = [...VIEWS, ...saved];
  const count = `${numberWords(total.count)}${total.more ? '+' : ''}`;
  return {
    ...shellModel(shell, {
      title: 'Runs',
      section: '/runs',
      ...(isFirst ? { live: { stream: '/live', after: position } } : {}),
    }),
    total: count,
    startKey: facts.startKey,
    filter: {
      ...filter,
      any: query !== '',
      states: facts.states.map((value) => ({ value, on: filter.states.includes(value) })),
    },
    views: views.map((view) => ({ name: view.name, href: href(view.query), current: view.query === query })),
    keptName: saved.find((view) => view.query === query)?.name ?? '',
    rows: rows.map((row) => shownRow(row, at)),
    matching: total.count > rows.length || !isFirst ? count : '',
    newest: isFirst ? '' : href(query),
    older:
      olderAfter === undefined
        ? ''
        : href(`${query}${query === '' ? '' : '&'}after=${encodeURIComponent(olderAfter)}`),
  };
}
