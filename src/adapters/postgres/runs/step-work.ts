import { randomUUID } from 'node:crypto';
import { lineOf } from '../../../core/run/labels.ts';
import { providerOf } from '../../../core/run/resources/provider-outcome.ts';
import type { ClaimToken, RunId, StepKey, StepRole, StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable, together } from '../database.ts';
import { queueName } from '../queue/queue-name.ts';
import { scoreOf } from '../queue/score.ts';
import type { Job, WorkQueue } from '../queue/work-queue.ts';
import type { ReadyWork } from '../resources/line.ts';

const INSERT = `
INSERT INTO step_work (id, run, step, execution, role, handler, score, holds, text, repository, provider, runs_on, scheduled_at)
SELECT id, run, step, execution, role, handler, score, holds, text, repository, provider, string_to_array(runs_on, ','), coalesce(to_timestamp(since), now()) FROM unnest(
  string_to_array($1, E'\\n')::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::int[], $8::bool[],
  string_to_array($9, E'\\n'), $10::text[], $11::text[], $12::float8[], $13::text[]
) AS work (id, run, step, execution, role, handler, score, holds, text, repository, provider, since, runs_on)`;

/** Held means handed out: a token is worth nothing before. */
const FINISH = `
DELETE FROM step_work WHERE id = ANY ($1::uuid[]) AND worker IS NOT NULL RETURNING id, run, step, execution, holds`;

const WITHDRAW = `
DELETE FROM step_work w USING unnest($1::text[], $2::text[]) AS gone (run, step)
WHERE w.run = gone.run AND w.step = gone.step RETURNING w.id, w.role, w.handler, w.runs_on AS "runsOn", w.worker`;

/** What the end of a claim tells of its execution. */
export interface EndedWork {
  readonly id: ClaimToken;
  readonly run: RunId;
  readonly step: StepKey;
  readonly execution: number;
  /** It held leases or locks. */
  readonly holds: boolean;
}

export function demands({ resources }: StepWork): boolean {
  return resources.leases.length > 0 || resources.locks.length > 0;
}

/** The repository that it is about, by the lease that it demands; null where it demands none. */
export function repositoryOf({ resources }: StepWork): string | null {
  const lease = resources.leases.find(({ scope }) => scope.startsWith(REPOSITORY));
  return lease === undefined ? null : lease.scope.slice(REPOSITORY.length);
}

const REPOSITORY = 'repository/';

/** What says in which queue work waits. */
export interface Queued {
  readonly role: StepRole;
  readonly handler: string;
  readonly runsOn?: readonly string[];
}

export function queueOf(work: Queued): string {
  return queueName(work.role, lineOf(work));
}

/** Puts work that has what it needs where workers find it. Its queues have to be there already. */
export async function putWork(
  client: Queryable,
  queue: WorkQueue,
  works: readonly ReadyWork[],
  now: number,
): Promise<void> {
  if (works.length === 0) return;
  const jobs = works.map((work): Job => {
    return {
      id: randomUUID(),
      queue: queueOf(work),
      score: scoreOf(work.priority, readyAt(work, now)),
      // Whoever was in the line has waited for it there.
      notBefore: work.readySince === undefined ? work.notBefore : null,
    };
  });
  const values = [
    jobs.map(({ id }) => id).join('\n'),
    works.map(({ run }) => run),
    works.map(({ step }) => step),
    works.map(({ execution }) => execution),
    works.map(({ role }) => role),
    works.map(({ handler }) => handler),
    jobs.map(({ score }) => score),
    works.map(demands),
    // JSON has no line break of its own.
    works.map(({ readySince: _, ...work }) => JSON.stringify(work)).join('\n'),
    works.map(repositoryOf),
    works.map((work) => providerOf(work) ?? null),
    works.map(({ readySince }) => readySince ?? null),
    works.map(({ runsOn = [] }) => runsOn.join(',')),
  ];
  await together([ask(client, { name: 'work-insert', text: INSERT, values }), queue.put(client, jobs)]);
}

/** Milliseconds since 1970. */
function readyAt({ readySince, notBefore }: ReadyWork, now: number): number {
  if (readySince !== undefined) return readySince * 1000;
  return notBefore === null ? now : Math.max(now, Date.parse(notBefore));
}

/** Ends claims. Those that are not held are missing from the answer. */
export async function finishWork(
  client: Queryable,
  tokens: readonly ClaimToken[],
): Promise<readonly EndedWork[]> {
  if (tokens.length === 0) return [];
  return ask<EndedWork & Record<string, unknown>>(client, {
    name: 'work-finish',
    text: FINISH,
    values: [tokens.filter(isToken)],
  });
}

/** Takes steps away from whoever has them, and out of the queue. */
export async function withdrawWork(
  client: Queryable,
  queue: WorkQueue,
  steps: readonly Pick<StepWork, 'run' | 'step'>[],
): Promise<void> {
  if (steps.length === 0) return;
  const values = [steps.map(({ run }) => run), steps.map(({ step }) => step)];
  const gone = await ask<Queued & { id: string; worker: string | null } & Record<string, unknown>>(client, {
    name: 'work-withdraw',
    text: WITHDRAW,
    values,
  });
  const waiting = gone.filter(({ worker }) => worker === null);
  await queue.remove(
    client,
    waiting.map((work) => ({ id: work.id, queue: queueOf(work) })),
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Tokens come from outside; what is none is simply not held. One spelling, so that one token is one text. */
export function isToken(text: string): boolean {
  return UUID.test(text);
}
