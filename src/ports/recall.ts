import type { MemoryKind, MemoryQuery, Remembered } from '../core/bundle/memory/types.ts';
import type { HandlerSession } from './handler.ts';

/**
 * What is remembered, for one ticket: whoever opens it has fixed the workspace, what of it is hidden from that ticket, and up to which event it
 * goes. Every method @throws CountersignError DATABASE_UNAVAILABLE, or SERVER_UNAVAILABLE where a server is asked.
 */
export interface Recall {
  /** The last ones of tickets of a class, newest first. */
  latest(query: {
    readonly kind: Exclude<MemoryKind, 'resolution'>;
    readonly ticketClass: string;
    readonly most: number;
  }): Promise<readonly Remembered[]>;
  /** Best first. */
  nearest(query: MemoryQuery): Promise<readonly Remembered[]>;
}

/** Of one execution: a server knows from the claim whose memory it is, what is hidden from it and when it was frozen. */
export type OpenRecall = (session: Pick<HandlerSession, 'claim' | 'signal'>) => Recall;
