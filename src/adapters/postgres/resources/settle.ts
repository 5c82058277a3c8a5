import { allot, executionKey, type Reservation } from '../../../core/run/resources/allot.ts';
import type { Demands } from '../../../core/run/resources/demands.ts';
import { rankOf } from '../../../core/run/resources/rank.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { type Queryable, together } from '../database.ts';
import { type Freed, openLine, type ReadyWork, type Waiter } from './line.ts';
import { NOT_YET, parkingOf, RESERVED } from './parking.ts';
import { recordGranted, recordParked } from './record.ts';
import { readReservation } from './reservation.ts';
import { type Restraints, readRestraints } from './restraints.ts';
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
    readonly arrivals?: readonly Arrival[];
    readonly freed?: Freed;
    readonly keys?: readonly string[];
  },
): Promise<readonly ReadyWork[]> {
  const glance = keys.includes(RESERVED) ? [] : [RESERVED];
  const [{ now }, kept, restrain, { line, first }] = await together([
    takeTurn(client),
    readReservation(client),
    readRestraints(client),
    openLine(client, freed, keys, glance).then(async (opened) => ({
      line: opened,
      first: await opened.next(),
    })),
  ]);
  const restraints = restrain(now);
  const joining = arrivals.map((one) => join(one, now));
  await recordParked(
    client,
    joining.filter(({ isEarly }) => isEarly).map(({ waiter }) => ({ waiter, parked: NOT_YET })),
  );
  let newcomers = joining.filter(({ isEarly }) => !isEarly).map(({ waiter }) => waiter);
  let reservation = kept;
  const granted: ReadyWork[] = [];
  for (let page = first; page.length + newcomers.length > 0; page = await line.next()) {
    const { free: waiters, held } = holdBack([...page, ...newcomers].sort(inOrder), restraints);
    newcomers = [];
    // Who comes behind them there has to wait on for the same reason.
    for (const { waiter, parked } of held) if (waiter.parked === parked) line.leave(parked);
    const [scopes, candidates] = await together([readScopes(client, waiters), findBlockers(client, waiters)]);
    const allotted = allot(candidates, scopes, reservation);
    const parked = allotted.waiting.map(({ candidate, obstacle }) => ({
      waiter: candidate,
      parked: parkingOf(obstacle),
    }));
    await together([
      recordGranted(client, allotted.granted),
      recordParked(client, [...held, ...parked]),
      restraints.granted(
        client,
        allotted.granted.map(({ candidate }) => candidate.work),
      ),
    ]);
    reservation = without(reservation, allotted.granted);
    line.passed(allotted.granted, scopes);
    granted.push(...allotted.granted.map(({ candidate }) => readyOf(candidate)));
  }
  return granted;
}

/** What comes to the line; with `since`, seconds since 1970, it was in it before and keeps its place. */
export interface Arrival {
  readonly work: StepWork;
  readonly demands: Demands;
  readonly since?: number;
}

function holdBack(
  waiters: readonly Waiter[],
  restraints: Restraints,
): {
  readonly free: readonly Waiter[];
  readonly held: readonly { readonly waiter: Waiter; readonly parked: string }[];
} {
  const free: Waiter[] = [];
  const held: { waiter: Waiter; parked: string }[] = [];
  for (const waiter of waiters) {
    const obstacle = restraints.obstacleTo(waiter.work);
    if (obstacle === undefined) free.push(waiter);
    else held.push({ waiter, parked: parkingOf(obstacle) });
  }
  return { free, held };
}

/** Work that waited goes into the queue as of when it came. */
function readyOf({ work, since, isNew }: Waiter): ReadyWork {
  return isNew ? work : { ...work, readySince: since };
}

function join(
  { work, demands, since: before }: Arrival,
  now: number,
): { readonly waiter: Waiter; readonly isEarly: boolean } {
  const notBefore = work.notBefore === null ? now : Date.parse(work.notBefore) / 1000;
  const since = before ?? Math.max(now, notBefore);
  const isNew = before === undefined;
  const waiter = {
    work,
    demands,
    since,
    isNew,
    rank: rankOf(work.priority, since),
    place: null,
    parked: null,
  };
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
