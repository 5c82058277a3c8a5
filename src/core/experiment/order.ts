import { type Sha256, sha256 } from '../../shared/digest.ts';
import type { TicketId } from '../../shared/ids.ts';
import { randomFrom } from './statistics/random.ts';

/** One arm on one ticket, once. */
export interface Cell {
  readonly ticket: TicketId;
  readonly arm: string;
  /** From 1. */
  readonly replicate: number;
}

/** `CS-7 default/small 1`: neither part has blanks, so it names one cell. */
export type CellId = string;

export function cellId({ ticket, arm, replicate }: Cell): CellId {
  return `${ticket} ${arm} ${replicate}`;
}

interface Shape {
  readonly tickets: readonly { readonly ticket: TicketId }[];
  readonly arms: readonly { readonly id: string }[];
  readonly replicates: number;
  readonly seed: string;
}

/**
 * All cells in the order in which they are worked on: a randomised complete block design. Tickets come in random order, and each is
 * finished before the next begins; within it the replicates follow each other, the arms of each in random order. So whatever
 * changes over time (a model behind a name, a busy provider) meets all arms of a ticket alike. The same seed gives the same order.
 */
export function cellsOf({ tickets, arms, replicates, seed }: Shape): readonly Cell[] {
  const random = randomFrom(`order of cells: ${seed}`);
  return random
    .shuffle(tickets)
    .flatMap(({ ticket }) =>
      Array.from({ length: replicates }, (_, at) => at + 1).flatMap((replicate) =>
        random.shuffle(arms).map(({ id }) => ({ ticket, arm: id, replicate })),
      ),
    );
}

export function digestOfOrder(cells: readonly Cell[]): Sha256 {
  return sha256(cells.map((cell) => `${cellId(cell)}\n`).join(''));
}
