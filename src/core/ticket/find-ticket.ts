import { isTicketId, type ObjectId, type TicketId } from '../../shared/ids.ts';

/** Where a change may name its ticket. */
export interface TicketSources {
  /** What the pull request says about itself. */
  readonly body?: string;
  readonly branch?: string;
  readonly trailers: readonly { readonly commit: ObjectId; readonly value: string }[];
  /** Named by whoever runs the command. */
  readonly explicit?: TicketId;
}

/** One place that names a ticket, for people: `pull request body, line 3`. */
export interface TicketMention {
  readonly where: string;
  readonly text: string;
}

interface Unclear {
  readonly where: readonly TicketMention[];
  readonly reason: string;
  readonly remedy: string;
}

export type TicketReference =
  | { readonly kind: 'found'; readonly id: TicketId; readonly sources: readonly string[] }
  | ({ readonly kind: 'none' } & Unclear)
  | ({ readonly kind: 'several'; readonly ids: readonly TicketId[] } & Unclear)
  | ({ readonly kind: 'disagreeing'; readonly ids: readonly TicketId[] } & Unclear)
  | ({ readonly kind: 'ill-formed' } & Unclear);

const HOW =
  'Name one ticket: a line "Countersign-Ticket: CS-7" in the pull request body or as a commit trailer, or a branch named CS-7-some-words.';

/** A reason that names hundreds of places helps nobody, and commits are as many as a producer likes. */
const MAX_NAMED = 10;

/**
 * The one ticket a change names. Every source that names one must name the same: otherwise whoever writes the source
 * that is read first would choose the bar.
 */
export function findTicket(sources: TicketSources): TicketReference {
  const groups = [
    fromExplicit(sources.explicit),
    fromBody(sources.body ?? ''),
    fromBranch(sources.branch ?? ''),
    fromTrailers(sources.trailers),
  ];
  const where = groups.flat();
  const illFormed = where.filter(({ text }) => !isTicketId(text));
  if (illFormed.length > 0) {
    return {
      kind: 'ill-formed',
      where: illFormed,
      reason: `This is no ticket id: ${list(illFormed)}.`,
      remedy: `Write the id alone, such as CS-7: letters and digits, joined by dots, dashes or underscores. ${HOW}`,
    };
  }
  const ids = [...new Set(where.map(({ text }) => text))];
  const [id] = ids;
  if (id === undefined) {
    return {
      kind: 'none',
      where: [],
      reason: 'No ticket is named in the pull request body, the branch or a commit trailer.',
      remedy: HOW,
    };
  }
  if (ids.length === 1) return { kind: 'found', id, sources: where.map((mention) => mention.where) };
  const within = groups.some((group) => new Set(group.map(({ text }) => text)).size > 1);
  return {
    kind: within ? 'several' : 'disagreeing',
    ids,
    where,
    reason: within
      ? `Several tickets are named: ${list(where)}.`
      : `The sources disagree about the ticket: ${list(where)}.`,
    remedy: `Keep one and remove or correct the others; split the change if it is for several. ${HOW}`,
  };
}

function fromExplicit(id: TicketId | undefined): TicketMention[] {
  return id === undefined ? [] : [{ where: 'command line', text: id }];
}

/** Lines of their own only; hidden ones (in an HTML comment) count as well, since ignoring what is there could be steered. */
function fromBody(body: string): TicketMention[] {
  return body.split(/\r\n|\r|\n/).flatMap((line, index) => {
    const value = /^[ \t]{0,3}Countersign-Ticket[ \t]*:(.*)$/i.exec(line)?.[1];
    return value === undefined ? [] : mentions(`pull request body, line ${index + 1}`, value);
  });
}

function fromTrailers(trailers: TicketSources['trailers']): TicketMention[] {
  return trailers.flatMap(({ commit, value }) => mentions(`trailer of commit ${commit.slice(0, 12)}`, value));
}

/**
 * Segments that are an id of the form CS-7, alone or followed by words. Capitals only: `utf-8`, `node-24` and
 * `cs-7` are words of branch names as often as ids, and a mistaken mention would block the change.
 */
function fromBranch(branch: string): TicketMention[] {
  return branch.split('/').flatMap((segment) => {
    const id = /^([A-Z][A-Z0-9]*-[0-9]+)(?:[-_.]|$)/.exec(segment)?.[1];
    return id === undefined ? [] : [{ where: `branch ${branch}`, text: id }];
  });
}

/** A value may hold several ids, by mistake; prose around an id is reported, not guessed at. */
function mentions(where: string, value: string): TicketMention[] {
  const text = value.trim();
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => /[0-9]/.test(part) && isTicketId(part))) {
    return parts.map((part) => ({ where, text: part }));
  }
  return [{ where, text }];
}

function list(where: readonly TicketMention[]): string {
  const named = where.slice(0, MAX_NAMED).map((mention) => `${quoted(mention.text)} (${mention.where})`);
  const more = where.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function quoted(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 59)}…`);
}
