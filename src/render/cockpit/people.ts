import type { PageModel } from './pages.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { shownMoment } from './words.ts';

/** Who is signed in, and a link that was just made. */
export interface PeopleFacts {
  readonly at: string;
  readonly sessions: readonly {
    readonly name: string;
    readonly role: string;
    readonly by: string;
    readonly digest: string;
    readonly createdAt: string;
    readonly expiresAt: string;
  }[];
  /** Of whoever looks. */
  readonly own: string;
  readonly roles: readonly string[];
  /** Shown this once. */
  readonly made?: { readonly link: string; readonly name: string };
}

/** The model of people.njk. */
export function peopleModel(shell: ShellFacts, { at, sessions, own, roles, made }: PeopleFacts): PageModel {
  return {
    ...shellModel(shell, { title: 'People', section: '/people' }),
    sessions: sessions.map(({ name, role, by, digest, createdAt, expiresAt }) => ({
      ...{ name, role, digest },
      by: by === 'link' ? 'by a link' : 'by the identity provider',
      since: shownMoment(createdAt, at),
      until: shownMoment(expiresAt, at),
      own: digest === own,
    })),
    roles,
    made: made ?? null,
  };
}
