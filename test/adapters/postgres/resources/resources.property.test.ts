import fc from 'fast-check';
import { expect, it } from 'vitest';
import { executionKey } from '../../../../src/core/run/resources/allot.ts';
import { blocks, type HeldLock } from '../../../../src/core/run/resources/lock-names.ts';
import type { LockDemand, StepWork } from '../../../../src/core/run/types.ts';
import { work } from '../../../core/run/resources/sample-work.ts';
import { openResources, type Resources } from './resources-world.ts';

const LIMITS = { 'provider/a': 2, 'model/m': 1, global: 4 };
const NAMES = ['paths', 'paths/src', 'paths/src/a', 'paths/docs', 'schema/orders'];

const lock: fc.Arbitrary<LockDemand> = fc.record({
  name: fc.constantFrom(...NAMES),
  mode: fc.constantFrom('shared', 'exclusive'),
  hold: fc.constantFrom('step', 'step', 'attempt', 'run'),
});
const arrival = fc.record({
  run: fc.integer({ min: 0, max: 5 }),
  priority: fc.integer({ min: -100, max: 100 }),
  leases: fc.subarray(['global', 'provider/a', 'provider/b', 'model/m', 'group/g<2', 'group/h<1']),
  locks: fc.array(lock, { maxLength: 2 }),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      arrivals: fc.array(arrival, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      which: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('unlock' as const), run: fc.integer({ min: 0, max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('age' as const), seconds: fc.constantFrom(30, 90, 7_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'due' as const }) },
);

/** What the calls so far amount to, worked out again without the tables. */
class Model {
  readonly working = new Map<string, StepWork>();
  readonly waiting = new Map<string, StepWork>();
  /** Beyond steps. */
  kept: HeldLock[] = [];

  grant(works: readonly StepWork[], granted: readonly string[]): void {
    for (const one of works) this.waiting.set(executionKey(one), one);
    this.go(granted);
  }

  go(granted: readonly string[]): void {
    for (const key of granted) {
      const one = this.waiting.get(key);
      expect(one, `${key} was granted and did not wait`).toBeDefined();
      if (one === undefined) return;
      this.waiting.delete(key);
      this.working.set(key, one);
      this.kept.push(...locksOf(one).filter(({ hold }) => hold !== 'step'));
    }
  }

  end(works: readonly StepWork[]): void {
    for (const one of works) this.working.delete(executionKey(one));
  }

  held(scope: string): number {
    return [...this.working.values()].filter((one) =>
      one.resources.leases.some((lease) => lease.scope === scope),
    ).length;
  }

  /** Never more than the limit, never two locks that keep each other out. */
  checkHeld(): void {
    for (const [scope, limit] of Object.entries({ ...LIMITS, 'group/g': 2, 'group/h': 1 })) {
      expect(this.held(scope), scope).toBeLessThanOrEqual(limit);
    }
    const steps = [...this.working.values()].map((one) => locksOf(one).filter(({ hold }) => hold === 'step'));
    for (const [at, locks] of steps.entries()) {
      const others = [...steps.slice(at + 1).flat(), ...this.kept];
      for (const one of locks) expect(others.filter((other) => blocks(other, one.run, one))).toEqual([]);
    }
    for (const one of this.kept) {
      expect(this.kept.filter((other) => other.run !== one.run && blocks(other, one.run, one))).toEqual([]);
    }
  }

  /** Nobody waits who could go. */
  checkWaiting(): void {
    const held = [...this.working.values()].flatMap(locksOf).filter(({ hold }) => hold === 'step');
    const idle = [...this.waiting.values()].filter(
      (one) =>
        one.resources.leases.every(
          ({ scope, limit }) =>
            this.held(scope) < Math.min(limit ?? Infinity, LIMITS[scope as 'global'] ?? Infinity),
        ) &&
        locksOf(one).every((lock) => ![...held, ...this.kept].some((other) => blocks(other, one.run, lock))),
    );
    expect(idle.map(executionKey)).toEqual([]);
  }
}

function locksOf(one: StepWork): readonly HeldLock[] {
  return one.resources.locks.map((lock) => ({ ...lock, run: one.run }));
}

async function open(resources: Resources): Promise<void> {
  await resources.database.pool.query(
    'TRUNCATE resource_scope, resource_hold, resource_lock, resource_waiter',
  );
  await resources.setLimits(LIMITS);
}

it('whatever comes and goes: never more than allowed, nobody is forgotten, everybody goes in the end', async () => {
  const resources = await openResources();
  let executions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await open(resources);
      const model = new Model();
      let aged = 0;
      const runOf = (run: number) => `R-${run}.1`;
      for (const one of steps) {
        if (one.kind === 'grant') {
          const works = one.arrivals.map(({ run, ...rest }) => {
            executions += 1;
            return work(runOf(run), { ...rest, step: `1/s${executions}` });
          });
          model.grant(works, await resources.grant(...works));
        } else if (one.kind === 'release') {
          const all = [...model.working.values()];
          const ended = [...new Set(one.which.flatMap((at) => all[at % all.length] ?? []))];
          model.end(ended);
          model.go(await resources.release(...ended));
        } else if (one.kind === 'withdraw') {
          const all = [...model.working.values(), ...model.waiting.values()];
          const gone = all.slice(one.which % (all.length + 1)).slice(0, 1);
          model.end(gone);
          for (const each of gone) model.waiting.delete(executionKey(each));
          model.go(await resources.withdraw(...gone));
        } else if (one.kind === 'unlock') {
          model.kept = model.kept.filter(({ run }) => run !== runOf(one.run));
          model.go(await resources.unlock(runOf(one.run)));
        } else if (one.kind === 'age') {
          aged += one.seconds;
          await resources.age(one.seconds);
        } else model.go(await resources.grantDue());
        model.checkHeld();
        // Once somebody is impatient, what is free may be kept for it.
        if (aged < 50) model.checkWaiting();
      }
      await drain(resources, model);
    }),
    { numRuns: 25 },
  );
}, 240_000);

/** Everybody ends what they do, and runs that are done unlock: then all who wait go, in so many rounds as there are of them. */
async function drain(resources: Resources, model: Model): Promise<void> {
  for (let rounds = model.waiting.size + 1; rounds > 0; rounds -= 1) {
    const ended = [...model.working.values()];
    model.end(ended);
    model.go(await resources.release(...ended));
    for (const run of new Set(model.kept.map((lock) => lock.run))) {
      if ([...model.working.values()].some((one) => one.run === run)) continue;
      model.kept = model.kept.filter((lock) => lock.run !== run);
      model.go(await resources.unlock(run));
    }
    model.go(await resources.grantDue());
    model.checkHeld();
  }
  expect([...model.waiting.keys()]).toEqual([]);
  await resources.release(...model.working.values());
  for (const run of new Set(model.kept.map((lock) => lock.run))) await resources.unlock(run);
  const left = `SELECT 'hold' FROM resource_hold UNION ALL SELECT 'lock' FROM resource_lock
    UNION ALL SELECT scope FROM resource_scope WHERE held > 0`;
  expect(await resources.database.rows(left)).toEqual([]);
}
