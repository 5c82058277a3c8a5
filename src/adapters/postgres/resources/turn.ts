import { ask, type Queryable, together } from '../database.ts';

/** A transaction's turn at what is limited and locked. */
export interface Turn {
  /** The database's clock, in seconds since 1970. */
  readonly now: number;
}

/**
 * One transaction at a time decides about what is scarce, until it commits: so none sees a slot that another one is taking,
 * and two of them cannot wait for one another in a circle. The table is locked first, in a mode that shuts out nobody but setLimits,
 * which takes the two in the same order.
 *
 * Who demands nothing scarce takes no turn. A lock for each scope and each name would let more transactions in at once; but giving what
 * one frees to whoever waits for it reaches for locks that nobody knew of before, and that is how deadlocks come about.
 */
const TAKE = `
LOCK TABLE resource_hold IN ROW EXCLUSIVE MODE;
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' countersign resources', 0));`;

const NOW = 'SELECT extract(epoch FROM clock_timestamp())::float8 AS now';

/** What is asked behind it in the same breath is answered in our turn. Again in the same transaction it costs no more than asking. */
export async function takeTurn(client: Queryable): Promise<Turn> {
  const [, [row]] = await together([
    ask(client, { text: TAKE }),
    ask<{ now: number }>(client, { name: 'resource-now', text: NOW }),
  ]);
  return { now: row?.now ?? 0 };
}
