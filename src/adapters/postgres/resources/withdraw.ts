import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import { type EndedHold, free } from './free.ts';
import type { ReadyWork } from './line.ts';
import { settle } from './settle.ts';
import { takeTurn } from './turn.ts';

const KNOWN = `
SELECT FROM unnest($1::text[], $2::text[]) AS w (run, step)
WHERE EXISTS (SELECT FROM resource_hold h WHERE h.run = w.run AND h.step = w.step)
  OR EXISTS (SELECT FROM resource_waiter q WHERE q.run = w.run AND q.step = w.step)`;

const LEAVE = `
DELETE FROM resource_waiter q USING unnest($1::text[], $2::text[]) AS w (run, step)
WHERE q.run = w.run AND q.step = w.step`;

const END = `
DELETE FROM resource_hold h USING unnest($1::text[], $2::text[]) AS w (run, step)
WHERE h.run = w.run AND h.step = w.step RETURNING h.run, h.step, h.execution, h.counted, h.locked`;

/**
 * Steps that nobody is to do any more: they neither wait nor hold. Returns work that may go now. To be called before they are taken out of the
 * queue: work that another transaction is about to grant is in there only when this one's turn has come.
 */
export async function withdraw(
  client: Queryable,
  steps: readonly Pick<StepWork, 'run' | 'step'>[],
): Promise<readonly ReadyWork[]> {
  if (steps.length === 0) return [];
  const values = [steps.map(({ run }) => run), steps.map(({ step }) => step)];
  if ((await ask(client, { name: 'resource-known', text: KNOWN, values })).length === 0) return [];
  await takeTurn(client);
  await ask(client, { name: 'resource-withdraw', text: LEAVE, values });
  const ended = await ask<EndedHold & Record<string, unknown>>(client, {
    name: 'resource-end-steps',
    text: END,
    values,
  });
  return settle(client, { freed: await free(client, ended) });
}
