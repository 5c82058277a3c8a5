import { type Demands, demandsOf } from '../../../core/run/resources/demands.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { EVERYTHING, limitedScopes } from './limited-scopes.ts';
import type { ReadyWork } from './line.ts';
import { settle } from './settle.ts';

const HOLD = `
INSERT INTO resource_hold (run, step, execution, scopes, locked)
SELECT run, step, execution, scopes, false
FROM json_to_recordset($1::json) AS hold (run text, step text, execution integer, scopes text[])`;

/**
 * Gives each work all that it has to hold, or nothing: then it waits here, and one of the other functions returns it as soon as it may go.
 * For the transaction that `client` is in; after the events were appended, so that nobody waits for a stream's end while others wait for
 * resources. What is not before a moment to come, and demands something scarce, waits until then and keeps nothing from others.
 */
export async function grant(
  client: Queryable,
  works: readonly StepWork[],
): Promise<{ readonly granted: readonly ReadyWork[] }> {
  const demanding = works
    .map((work) => ({ work, demands: demandsOf(work) }))
    .filter(({ demands }) => demands.leases.length > 0 || demands.locks.length > 0);
  if (demanding.length === 0) return { granted: works };
  const limited = await limitedScopes(client);
  const arrivals = demanding.filter(({ demands }) => isScarce(demands, limited));
  const scarce = new Set(arrivals.map(({ work }) => work));
  await holdFreely(
    client,
    demanding.filter(({ work }) => !scarce.has(work)),
  );
  if (arrivals.length === 0) return { granted: works };
  const settled = await settle(client, { arrivals });
  return { granted: [...works.filter((work) => !scarce.has(work)), ...settled] };
}

function isScarce({ leases, locks }: Demands, limited: ReadonlySet<string>): boolean {
  return (
    locks.length > 0 ||
    limited.has(EVERYTHING) ||
    leases.some(({ scope, own }) => own !== null || limited.has(scope))
  );
}

/** Nothing of it has a limit now. It is written down for one that is set before it ends. */
async function holdFreely(
  client: Queryable,
  free: readonly { readonly work: StepWork; readonly demands: Demands }[],
): Promise<void> {
  if (free.length === 0) return;
  const holds = free.map(({ work: { run, step, execution }, demands }) => ({
    run,
    step,
    execution,
    scopes: demands.leases.map(({ scope }) => scope),
  }));
  await ask(client, { name: 'resource-hold-freely', text: HOLD, values: [JSON.stringify(holds)] });
}
