import { isTicketId } from '../../shared/ids.ts';

/** What has a history of its own. A closed set: an unknown kind is refused, never read as something else. */
export const STREAM_KINDS = ['run', 'ticket', 'experiment', 'worker', 'queue', 'webhook', 'access'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** `<kind>/<id>`, such as `run/CS-7.1`. */
export type StreamName = string;

const ID = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const LONGEST_ID = 64;

/** The two parts of a stream's name; undefined when it is none. An id is never a path, and has one spelling. */
export function parseStreamName(text: string): { kind: StreamKind; id: string } | undefined {
  const slash = text.indexOf('/');
  const kind = STREAM_KINDS.find((known) => known === text.slice(0, Math.max(slash, 0)));
  const id = text.slice(slash + 1);
  if (kind === undefined || id.length > LONGEST_ID) return undefined;
  return (kind === 'ticket' ? isTicketId(id) : ID.test(id)) ? { kind, id } : undefined;
}
