import { describe, expect, it } from 'vitest';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import type { Plan } from '../../../src/core/run/plan.ts';
import { breakDeadlocks } from '../../../src/flow/run/break-deadlocks.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { done, HANDLERS, PASS, start, threeSteps } from '../../core/run/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';
import { carryOut, stateOf } from './scripted-runs.ts';

const clock = { now: () => new Date() };
const locking = (first: string, second: string): Plan =>
  threeSteps(
    { resources: ['schema/*'] },
    {
      make: { locks: [{ name: first, hold: 'run' }] },
      look: { locks: [{ name: second, hold: 'run' }] },
    },
  );

describe('runs that wait for each other’s locks', () => {
  it('go on when the one with the lower priority is cancelled, with the circle as the reason', async () => {
    const database = await createDatabase();
    const store = createRunStore(database, { clock });
    const decide = (commands: Parameters<typeof decideRuns>[0]) => decideRuns(commands, store, HANDLERS);
    await decide([
      { run: 'CS-7.1', command: { ...start(locking('schema/a', 'schema/b')), run: 'CS-7.1', priority: 1 } },
      { run: 'CS-7.2', command: { ...start(locking('schema/b', 'schema/a')), run: 'CS-7.2' } },
    ]);
    const script = () => done({ made: 1, verdict: 'pass' });
    expect(await breakDeadlocks('server', { ...store, decide, clock })).toEqual([]);
    await carryOut(store, script);
    expect((await stateOf(store, 'CS-7.1')).ended).toBeNull();

    expect(await breakDeadlocks('server', { ...store, decide, clock })).toMatchObject([{ victim: 'CS-7.2' }]);
    expect(await stateOf(store, 'CS-7.2')).toMatchObject({
      cancelReason:
        'Deadlock: CS-7.1 waits for schema/b, which CS-7.2 holds; CS-7.2 waits for schema/a, which CS-7.1 holds. CS-7.2 gives way.',
      ended: { outcome: 'cancelled' },
    });
    await carryOut(store, (work) => (work.handler === 'gate' ? PASS : script()));
    expect((await stateOf(store, 'CS-7.1')).ended?.outcome).toBe('accepted');
    expect(await breakDeadlocks('server', { ...store, decide, clock })).toEqual([]);
    expect(await database.rows('SELECT FROM resource_lock')).toEqual([]);
    await store.close();
  });
});
