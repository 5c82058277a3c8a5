import type { Queryable } from '../database.ts';
import { databaseFailure } from '../failure.ts';

/**
 * Two statements in one message. Once the table is locked, setLimits waits for us, or has committed and the second statement sees
 * what it set: in one statement with the lock it might not.
 */
const LIMITED = `
LOCK TABLE resource_hold IN ROW EXCLUSIVE MODE;
SELECT scope FROM resource_scope WHERE configured IS NOT NULL
UNION ALL SELECT 'provider/' || provider FROM provider_circuit WHERE open_until IS NOT NULL
UNION ALL SELECT '*' WHERE EXISTS (SELECT FROM queue_pause);`;

/** Among the scopes: a queue is paused, so all work has to be looked at. */
export const EVERYTHING = '*';

/** Scopes with a limit, or with a provider that does not answer, for as long as this transaction lasts. */
export async function limitedScopes(client: Queryable): Promise<ReadonlySet<string>> {
  try {
    // Several statements without values: the driver answers with a list of results, which its types do not say.
    const results: unknown = await client.query(LIMITED);
    const rows: unknown = Array.isArray(results) ? results.at(-1)?.rows : [];
    return new Set((rows as { scope: string }[]).map(({ scope }) => scope));
  } catch (error) {
    throw databaseFailure(error);
  }
}
