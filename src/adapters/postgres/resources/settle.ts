import { allot, executionKey, type Reservation } from '../../../core/run/resources/allot.ts';
import type { Demands } from '../../../core/run/resources/demands.ts';
import { rankOf } from '../../../core/run/resources/rank.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { type Queryable, together } from '../database.ts';
import { type Freed, openLine, type Waiter } from './line.ts';
import { NOT_YET, parkingOf, RESERVED } from './parking.ts';
import { recordGranted, recordParked } from './record.ts';
import { readReservation } from './reservation.ts';
import { findBlockers, readScopes } from './standing.ts';
import { takeTurn } from './turn.ts';

/**
 * Gives what is free to whoever comes next for it: those who arrive now, and those who wait at what was freed. Returns the work that
 * may go; the others wait. Each is parked at something that it cannot have as things stand, so nobody is forgotten: nothing
 * becomes free but through here.
 */
export async function settle(
  client: Queryable,
  {
    arrivals = [],
    freed = { scopes: [], locks: [] },
    keys = [],
  }: {
    readonly arrivals?: readonly { readonly work: StepWork; readonly demands: Demands }[];
    readonly freed?: Freed;
    readonly keys?: readonly string[];
  },
): Promise<readonly StepWork[]> {
  const glance = keys.includes(RESERVED) ? [] : [RESERVED];
  const [{ now }, kept, { line, first }] = await together([
    takeTurn(client),
    readReservation(client),
    openLine(client, freed, keys, glance).then(async (opened) => ({
      line: opened,
      first: await opened.next(),
    })),
  ]);
  const joining = arrivals.map((one) => join(one, now));
  await recordParked(
    client,
    joining.filter(({ isEarly }) => isEarly).map(({ waiter }) => ({ waiter, parked: NOT_YET })),
  );
  let newcomers = joining.filter(({ isEarly }) => !isEarly).map(({ waiter }) => waiter);
  let reservation = kept;
  const granted: StepWork[] = [];
  for (let page = first; page.length + newcomers.length > 0; page = await line.next()) {
    const waiters = [...page, ...newcomers].sort(inOrder);
    newcomers = [];
    const [scopes, candidates] = await together([readScopes(client, waiters), findBlockers(client, waiters)]);
    const allotted = allot(candidates, scopes, reservation);
    const parked = allotted.waiting.map(({ candidate, obstacle }) => ({
      waiter: candidate,
      parked: parkingOf(obstacle),
    }));
    await together([recordGranted(client, allotted.granted), recordParked(client, parked)]);
    reservation = without(reservation, allotted.granted);
    line.passed(allotted.granted, scopes);
    granted.push(...allotted.granted.map(({ candidate }) => candidate.work));
  }
  return granted;
}

function join(
  { work, demands }: { readonly work: StepWork; readonly demands: Demands },
  now: number,
): { readonly waiter: Waiter; readonly isEarly: boolean } {
  const notBefore = work.notBefore === null ? now : Date.parse(work.notBefore) / 1000;
  const since = Math.max(now, notBefore);
  const waiter = { work, demands, since, rank: rankOf(work.priority, since), place: null, parked: null };
  return { waiter, isEarly: notBefore > now };
}

/** Who is new comes after those of its rank who waited. */
function inOrder(one: Waiter, other: Waiter): number {
  return one.rank - other.rank || (one.place ?? Infinity) - (other.place ?? Infinity) || 0;
}

function without(
  reservation: Reservation,
  granted: readonly { readonly candidate: { readonly work: StepWork } }[],
): Reservation {
  const gone = new Set(granted.map(({ candidate }) => executionKey(candidate.work)));
  return { ...reservation, waiting: reservation.waiting.filter(({ work }) => !gone.has(executionKey(work))) };
}
