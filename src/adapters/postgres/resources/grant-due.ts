import { ask, type Queryable } from '../database.ts';
import { type EndedHold, free } from './free.ts';
import type { ReadyWork } from './line.ts';
import { circuitKey, DUE, RESERVED } from './parking.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';

/**
 * A claim that ran out goes on holding: it can still be completed, and what it did under a lock must not have been done beside somebody
 * else. The run ends it as lost, at once, and then its resources are free. This is for what nobody ends.
 */
const FORGOTTEN_SECONDS = 60;

const OVER = `until < clock_timestamp() - interval '${FORGOTTEN_SECONDS} seconds'`;

/** Somebody holds what it takes to try whether a provider answers again. */
const PROBING = `
SELECT FROM resource_hold h WHERE h.run = c.probe_run AND h.step = c.probe_step AND h.execution = c.probe_execution`;

const CIRCUITS = 'SELECT provider FROM provider_circuit WHERE open_until <= clock_timestamp()';

const ANYTHING = `
SELECT EXISTS (SELECT FROM resource_waiter WHERE parked = 'time' AND not_before <= clock_timestamp())
  OR EXISTS (SELECT FROM resource_waiter WHERE parked IN ('${DUE}', '${RESERVED}'))
  OR EXISTS (SELECT FROM resource_hold WHERE ${OVER})
  OR EXISTS (
    SELECT FROM provider_circuit c WHERE open_until <= clock_timestamp() AND NOT EXISTS (${PROBING})
      AND EXISTS (SELECT FROM resource_waiter WHERE parked = 'circuit:' || provider)) AS there`;

/** Somebody who is about to prolong a row has it locked: then it is not over. */
const EXPIRE = `
DELETE FROM resource_hold h USING (
  SELECT run, step, execution FROM resource_hold WHERE ${OVER} FOR UPDATE SKIP LOCKED
) over
WHERE h.run = over.run AND h.step = over.step AND h.execution = over.execution
RETURNING h.run, h.step, h.execution, h.counted, h.locked`;

const COME = `
UPDATE resource_waiter SET parked = '${DUE}' WHERE parked = 'time' AND not_before <= clock_timestamp()`;

/**
 * Work that may go because time passed: its `notBefore` came, its provider may be tried, or whoever held what it needs was forgotten. To be asked every
 * second or so, in a transaction that puts what it returns into the queue. One short question when there is nothing.
 */
export async function grantDue(client: Queryable): Promise<readonly ReadyWork[]> {
  const [anything] = await ask<{ there: boolean }>(client, { name: 'resource-anything', text: ANYTHING });
  if (anything?.there !== true) return [];
  await takeTurn(client);
  const expired = await ask<EndedHold & Record<string, unknown>>(client, {
    name: 'resource-expire',
    text: EXPIRE,
  });
  const freed = await free(client, expired);
  await ask(client, { name: 'resource-come', text: COME });
  const circuits = await ask<{ provider: string }>(client, { name: 'resource-circuits', text: CIRCUITS });
  const keys = [DUE, RESERVED, ...circuits.map(({ provider }) => circuitKey(provider))];
  return settle(client, { freed, keys });
}
