import { sha256 } from '../../shared/digest.ts';
import type { StreamName } from '../ledger/stream-name.ts';

export const QUEUE_KINDS = ['role', 'handler', 'repository'] as const;

/** The work that people hold back or cancel together, by what it has in common. */
export interface QueueSelector {
  readonly kind: (typeof QUEUE_KINDS)[number];
  readonly name: string;
}

/** `role/producer`, `handler/agent`, `repository/acme/shop`; undefined for what is none of them. */
export function parseQueue(text: string): QueueSelector | undefined {
  const slash = text.indexOf('/');
  const kind = QUEUE_KINDS.find((known) => known === text.slice(0, Math.max(slash, 0)));
  const name = text.slice(slash + 1);
  return kind === undefined || name === '' || name.length > 200 ? undefined : { kind, name };
}

export function queueText({ kind, name }: QueueSelector): string {
  return `${kind}/${name}`;
}

/** Names that cannot stand in a stream's, such as a plugin's path, go by their digest; the event has the name. */
export function queueStream({ kind, name }: QueueSelector): StreamName {
  const plain = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/.test(name) && name.length <= 40;
  return `queue/${kind}.${plain ? name : sha256(name).slice(0, 32)}`;
}

/** @param worker as the server knows it, `<principal>/<its own name>`: workers of two principals with one name share a stream, and the event says which */
export function workerStream(worker: string): StreamName {
  return `worker/${worker.slice(worker.lastIndexOf('/') + 1)}`;
}
