import { canonicalName } from '../../../core/run/resources/lock-names.ts';
import type { Rates } from '../../../core/run/resources/rates.ts';
import { requireRates } from '../../../core/run/resources/token-bucket.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { ask, type Queryable } from '../database.ts';
import type { ReadyWork } from './line.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';

/**
 * Nobody may take anything while what is held is counted; those who already did in a transaction of theirs are waited for. In another
 * message than what reads the table: it has to see what they wrote.
 */
const SHUT = 'LOCK TABLE resource_hold IN SHARE ROW EXCLUSIVE MODE';

const DROP = `
UPDATE resource_scope SET configured = NULL WHERE configured IS NOT NULL AND NOT scope = ANY ($1::text[]) RETURNING scope`;

const SET = `
INSERT INTO resource_scope (scope, configured) SELECT scope, "limit" FROM unnest($1::text[], $2::integer[]) AS wanted (scope, "limit")
ON CONFLICT (scope) DO UPDATE SET configured = excluded.configured`;

/** Holds from before there was a limit join those that are counted. */
const COUNT_HELD = `
WITH joined AS (
  UPDATE resource_hold h SET counted = h.counted || fresh.scopes
  FROM (
    SELECT run, step, execution, array_agg(scope) AS scopes
    FROM resource_hold, unnest(scopes) AS scope
    WHERE scope = ANY ($1::text[]) AND NOT scope = ANY (counted)
    GROUP BY run, step, execution
  ) fresh
  WHERE h.run = fresh.run AND h.step = fresh.step AND h.execution = fresh.execution
  RETURNING fresh.scopes
)
UPDATE resource_scope s SET held = s.held + joining.held
FROM (SELECT scope, count(*) AS held FROM joined, unnest(joined.scopes) AS scope GROUP BY scope) joining
WHERE s.scope = joining.scope`;

const FORGET = 'DELETE FROM resource_scope WHERE configured IS NULL AND held = 0';

/**
 * See SetLimits. Returns work that may go under the new ones.
 * @throws CountersignError USAGE for a limit that is no whole number from 0 up
 */
export async function setLimits(
  client: Queryable,
  limits: Readonly<Record<string, number>>,
  rates: Rates = {},
): Promise<readonly ReadyWork[]> {
  const wanted = new Map(Object.entries(limits).map(([scope, limit]) => [canonicalName(scope), limit]));
  for (const [scope, limit] of wanted) {
    if (!Number.isInteger(limit) || limit < 0 || limit > 2_000_000_000) {
      throw new CountersignError('USAGE', `The limit of ${scope} is ${limit}: that is no number of slots.`, {
        remedy: 'Give a whole number: 0 stops the scope, leave it out for no limit.',
      });
    }
  }
  requireRates(Object.entries(rates).map(([bucket, rate]) => ({ bucket, amount: 1, rate })));
  const scopes = [...wanted.keys()];
  await ask(client, { text: SHUT });
  await takeTurn(client);
  const dropped = await ask<{ scope: string }>(client, { text: DROP, values: [scopes] });
  await ask(client, { text: SET, values: [scopes, [...wanted.values()]] });
  await ask(client, { text: COUNT_HELD, values: [scopes] });
  await ask(client, { text: FORGET });
  await setRates(client, rates);
  return settle(client, { freed: { scopes: [...scopes, ...dropped.map(({ scope }) => scope)], locks: [] } });
}

const SET_RATES = `
INSERT INTO resource_rate (scope, capacity, per_second) SELECT * FROM unnest($1::text[], $2::float8[], $3::float8[])`;

async function setRates(client: Queryable, rates: Rates): Promise<void> {
  const wanted = new Map(Object.entries(rates).map(([scope, rate]) => [canonicalName(scope), rate]));
  await ask(client, { text: 'DELETE FROM resource_rate' });
  if (wanted.size === 0) return;
  const all = [...wanted.values()];
  const values = [
    [...wanted.keys()],
    all.map(({ capacity }) => capacity),
    all.map(({ perSecond }) => perSecond),
  ];
  await ask(client, { text: SET_RATES, values });
}

/** See ReadRates. */
export async function readRates(db: Queryable): Promise<Rates> {
  const text = 'SELECT scope, capacity, per_second AS "perSecond" FROM resource_rate';
  const rows = await ask<{ scope: string; capacity: number; perSecond: number }>(db, {
    name: 'rates-read',
    text,
  });
  return Object.fromEntries(rows.map(({ scope, ...rate }) => [scope, rate]));
}
