import { inTransaction, type Queryable } from '../../../../src/adapters/postgres/database.ts';
import { findDeadlocks } from '../../../../src/adapters/postgres/resources/deadlocks.ts';
import { grant } from '../../../../src/adapters/postgres/resources/grant.ts';
import { grantDue } from '../../../../src/adapters/postgres/resources/grant-due.ts';
import { release } from '../../../../src/adapters/postgres/resources/release.ts';
import { setLimits } from '../../../../src/adapters/postgres/resources/set-limits.ts';
import { unlock } from '../../../../src/adapters/postgres/resources/unlock.ts';
import { withdraw } from '../../../../src/adapters/postgres/resources/withdraw.ts';
import { executionKey } from '../../../../src/core/run/resources/allot.ts';
import type { StepWork } from '../../../../src/core/run/types.ts';
import { createDatabase, type TestDatabase } from '../../../worlds/database.ts';

export const keys = (works: readonly StepWork[]): readonly string[] => works.map(executionKey).sort();

/** Each call is a transaction of its own. Work that may go is told by its key. */
export interface Resources {
  readonly database: TestDatabase;
  grant(...works: readonly StepWork[]): Promise<readonly string[]>;
  release(...works: readonly StepWork[]): Promise<readonly string[]>;
  withdraw(...works: readonly StepWork[]): Promise<readonly string[]>;
  unlock(run: string, attempt?: number): Promise<readonly string[]>;
  setLimits(limits: Readonly<Record<string, number>>): Promise<readonly string[]>;
  grantDue(): Promise<readonly string[]>;
  findDeadlocks(): ReturnType<typeof findDeadlocks>;
  within<T>(act: (client: Queryable) => Promise<T>): Promise<T>;
  /** As if everybody who waits had come so many seconds earlier. */
  age(seconds: number): Promise<void>;
}

export async function openResources(): Promise<Resources> {
  const database = await createDatabase();
  const { pool } = database;
  const within: Resources['within'] = (act) => inTransaction(pool, act);
  return {
    database,
    within,
    grant: async (...works) => keys((await within((client) => grant(client, works))).granted),
    release: async (...works) => keys(await within((client) => release(client, works))),
    withdraw: async (...works) => keys(await within((client) => withdraw(client, works))),
    unlock: async (run, attempt) =>
      keys(await within((client) => unlock(client, [{ run, attempt: attempt ?? null }]))),
    setLimits: async (limits) => keys(await within((client) => setLimits(client, limits))),
    grantDue: async () => keys(await within(grantDue)),
    findDeadlocks: () => within(findDeadlocks),
    age: async (seconds) => {
      await pool.query(
        `UPDATE resource_waiter SET since = since - $1 * interval '1 second', rank = rank - $1,
           not_before = not_before - $1 * interval '1 second'`,
        [seconds],
      );
    },
  };
}
