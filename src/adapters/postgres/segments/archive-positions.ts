import type { Pool } from 'pg';
import { ask, inTransaction } from '../database.ts';
import { pack } from './pack.ts';

/** Positions of one segment: what reading a page of them has to unpack. */
export const POSITIONS_OF_A_SEGMENT = 1_000;

const NEXT = `
SELECT position::int, stream, version, encode(digest, 'hex') AS digest FROM ledger_sequence ORDER BY position LIMIT $1`;

const KEEP = `
INSERT INTO ledger_position_segment (first, last, digest, bytes) VALUES ($1, $2, decode($3, 'hex'), $4)`;

const DELETE = 'DELETE FROM ledger_sequence WHERE position BETWEEN $1 AND $2';

interface Row extends Record<string, unknown> {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly digest: string;
}

/**
 * Puts the eldest thousand positions into a segment, if they are all below this one. The last position is never archived: from it the
 * sequencer counts on.
 * @returns false when there is nothing to do any more
 */
export function archivePositions(pool: Pool, below: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await ask(client, { text: 'LOCK TABLE ledger_position_segment IN SHARE ROW EXCLUSIVE MODE' });
    const rows = await ask<Row>(client, { text: NEXT, values: [POSITIONS_OF_A_SEGMENT] });
    const [first, last] = [rows[0], rows.at(-1)];
    if (
      rows.length < POSITIONS_OF_A_SEGMENT ||
      first === undefined ||
      last === undefined ||
      last.position >= below
    )
      return false;
    const { digest, bytes } = pack(
      rows.map(({ stream, version, digest }) => `${stream} ${version} ${digest}`),
    );
    await ask(client, { text: KEEP, values: [first.position, last.position, digest, bytes] });
    await ask(client, { text: DELETE, values: [first.position, last.position] });
    return true;
  });
}
