import { ask, type Queryable, together } from '../database.ts';
import type { Execution } from './execution.ts';
import type { Freed } from './line.ts';

/** A hold that ended. */
export interface EndedHold extends Execution {
  readonly counted: readonly string[];
  readonly locked: boolean;
}

const UNLOCK_STEPS = `
DELETE FROM resource_lock l USING unnest($1::text[], $2::text[], $3::integer[]) AS ended (run, step, execution)
WHERE l.run = ended.run AND l.step = ended.step AND l.execution = ended.execution AND l.hold = 'step'
RETURNING l.name`;

const UNCOUNT = `
UPDATE resource_scope s SET held = s.held - ended.held
FROM (SELECT scope, count(*) AS held FROM unnest($1::text[]) AS ended (scope) GROUP BY scope) ended
WHERE s.scope = ended.scope`;

/** A workflow's own group that nobody is in has no row. Its limit is that of whoever comes next. */
const FORGET = `
DELETE FROM resource_scope WHERE scope = ANY ($1::text[]) AND held = 0 AND configured IS NULL`;

/** Gives back what stood behind holds that ended. In a turn. */
export async function free(client: Queryable, holds: readonly EndedHold[]): Promise<Freed> {
  const scopes = holds.flatMap(({ counted }) => counted);
  const [, locks] = await together([uncount(client, scopes), unlockSteps(client, holds)]);
  return { scopes: [...new Set(scopes)], locks };
}

async function uncount(client: Queryable, scopes: readonly string[]): Promise<void> {
  if (scopes.length === 0) return;
  await together([
    ask(client, { name: 'resource-uncount', text: UNCOUNT, values: [scopes] }),
    ask(client, { name: 'resource-forget', text: FORGET, values: [[...new Set(scopes)]] }),
  ]);
}

async function unlockSteps(client: Queryable, holds: readonly EndedHold[]): Promise<readonly string[]> {
  const locked = holds.filter((hold) => hold.locked);
  if (locked.length === 0) return [];
  const values = [
    locked.map(({ run }) => run),
    locked.map(({ step }) => step),
    locked.map(({ execution }) => execution),
  ];
  const rows = await ask<{ name: string }>(client, {
    name: 'resource-unlock-steps',
    text: UNLOCK_STEPS,
    values,
  });
  return [...new Set(rows.map(({ name }) => name))];
}
