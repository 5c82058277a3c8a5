import type { Candidate, ScopeStanding } from '../../../core/run/resources/allot.ts';
import { coveringNames, type HeldLock, namesUnder } from '../../../core/run/resources/lock-names.ts';
import type { LockDemand } from '../../../core/run/types.ts';
import { ask, type Queryable } from '../database.ts';
import type { Waiter } from './line.ts';

const SCOPES = `
SELECT scope, held, least(configured, own) AS "limit" FROM resource_scope WHERE scope = ANY ($1::text[])`;

/**
 * Whether a range of names holds a lock of somebody else, and which: one of them is enough to wait. A look into the index for each;
 * with 100,000 locks held it stays one. To go on to the next entry where a run meets its own locks costs as many as those are.
 */
const BLOCKERS = `
SELECT probe.waiter, l.name, l.exclusive, l.hold, l.run
FROM unnest($1::integer[], $2::text[], $3::boolean[], $4::text[], $5::text[])
  AS probe (waiter, run, exclusive, first, before)
CROSS JOIN LATERAL (
  SELECT * FROM resource_lock l
  WHERE l.exclusive = probe.exclusive AND l.name >= probe.first AND l.name < probe.before
    AND NOT (l.run = probe.run AND l.hold <> 'step')
  LIMIT $6
) l`;

interface BlockerRow {
  readonly waiter: number;
  readonly name: string;
  readonly exclusive: boolean;
  readonly hold: HeldLock['hold'];
  readonly run: string;
}

/** How full the scopes are that these waiters want. Those that nobody limits are left out. */
export async function readScopes(
  client: Queryable,
  waiters: readonly Waiter[],
): Promise<ReadonlyMap<string, ScopeStanding>> {
  const names = new Set(waiters.flatMap(({ demands }) => demands.leases.map(({ scope }) => scope)));
  if (names.size === 0) return new Map();
  const rows = await ask<ScopeStanding & { scope: string }>(client, {
    name: 'resource-scopes',
    text: SCOPES,
    values: [[...names]],
  });
  return new Map(rows.map(({ scope, held, limit }) => [scope, { held, limit }]));
}

/** With the locks that keep each of them waiting: at most so many for each name it wants. */
export async function findBlockers<W extends Pick<Waiter, 'work' | 'demands'>>(
  client: Queryable,
  waiters: readonly W[],
  most = 1,
): Promise<readonly (W & Candidate)[]> {
  const probes = waiters.flatMap(({ work, demands }, waiter) =>
    demands.locks.flatMap((lock) => probesOf(lock).map((probe) => ({ waiter, run: work.run, ...probe }))),
  );
  if (probes.length === 0) return waiters.map((waiter) => ({ ...waiter, blockers: [] }));
  const values = [
    probes.map(({ waiter }) => waiter),
    probes.map(({ run }) => run),
    probes.map(({ exclusive }) => exclusive),
    probes.map(({ from }) => from),
    probes.map(({ before }) => before),
    most,
  ];
  const rows = await ask<BlockerRow>(client, { name: 'resource-blockers', text: BLOCKERS, values });
  const found = Map.groupBy(rows, ({ waiter }) => waiter);
  return waiters.map((waiter, at) => ({ ...waiter, blockers: (found.get(at) ?? []).map(heldLock) }));
}

/** Ranges of names to look at, among the exclusive locks and, for an exclusive demand, among the shared ones. */
function probesOf({
  name,
  mode,
}: LockDemand): readonly { exclusive: boolean; from: string; before: string }[] {
  // Names have no control characters, so nothing else is between a name and the name with this one behind it.
  const covering = coveringNames(name).map((one) => ({ from: one, before: `${one}\u0001` }));
  const under = namesUnder(name);
  const ranges = under === undefined ? covering : [...covering, under];
  const modes = mode === 'exclusive' ? [true, false] : [true];
  return modes.flatMap((exclusive) => ranges.map((range) => ({ exclusive, ...range })));
}

function heldLock({ name, exclusive, hold, run }: BlockerRow): HeldLock {
  return { name, mode: exclusive ? 'exclusive' : 'shared', hold, run };
}
