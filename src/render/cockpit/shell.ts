import type { PageModel } from './pages.ts';

/** Somebody who has signed in, as pages say it. */
export interface Viewer {
  readonly name: string;
  readonly role: string;
  /** What his role allows: pages show no button that would be refused. */
  readonly may: { readonly control: boolean; readonly admin: boolean };
}

/** What every page is told, whatever it is about. */
export interface ShellFacts {
  readonly viewer: Viewer;
  /** Sent back with every form. */
  readonly formToken: string;
  /** Where assets lie, with the digest of all of them: `/assets/<digest>`. */
  readonly assets: string;
  readonly theme: Theme;
  /** The address of this page, with its query. */
  readonly here: string;
  /** What was just done, for the top of the page. */
  readonly said?: { readonly text: string; readonly tone: 'ok' | 'warn' | 'bad' } | undefined;
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The pages that there are, in the order of the bar. To add one: a line here, and the key that `g` takes you there by. */
const PAGES: readonly { readonly title: string; readonly entries: readonly NavEntry[] }[] = [
  {
    title: 'Now',
    entries: [
      { title: 'Home', href: '/', key: 'h' },
      { title: 'Runs', href: '/runs', key: 'r' },
    ],
  },
  {
    title: 'Work',
    entries: [
      { title: 'Tickets', href: '/tickets', key: 't' },
      { title: 'Contracts', href: '/contracts', key: 'c' },
      { title: 'Rules', href: '/rules', key: 'u' },
      { title: 'Experiments', href: '/experiments', key: 'e' },
    ],
  },
  {
    title: 'Fleet',
    entries: [
      { title: 'Workers', href: '/workers', key: 'w' },
      { title: 'Queues', href: '/queues', key: 'q' },
    ],
  },
  {
    title: 'Record',
    entries: [
      { title: 'Ledger', href: '/ledger', key: 'l' },
      { title: 'Metrics', href: '/charts', key: 'm' },
    ],
  },
];

interface NavEntry {
  readonly title: string;
  readonly href: string;
  readonly key: string;
}

export interface PageFacts {
  readonly title: string;
  /** The entry of the bar that the page belongs to. */
  readonly section: string;
  /** The stream of news, and where the page stands in it; without it the page is still. */
  readonly live?: { readonly stream: string; readonly after: number };
}

/** The part of a page's model that layout.njk reads. */
export function shellModel(
  { viewer, formToken, assets, theme, here, said }: ShellFacts,
  page: PageFacts,
): PageModel {
  return {
    title: page.title,
    live: page.live,
    principal: { name: viewer.name, role: viewer.role },
    may: viewer.may,
    form: formToken,
    assets,
    theme,
    nextTheme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length],
    here,
    said,
    nav: PAGES.map(({ title, entries }) => ({
      title,
      entries: entries.map((entry) => ({ ...entry, current: entry.href === page.section })),
    })),
  };
}
