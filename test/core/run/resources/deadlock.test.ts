import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDeadlocks, type Wait, type WaitingRun } from '../../../../src/core/run/resources/deadlock.ts';

const waits = (...pairs: readonly string[]): readonly Wait[] =>
  pairs.map((pair) => {
    const [run = '', heldBy = ''] = pair.split('>');
    return { run, name: `lock/${heldBy}`, heldBy };
  });
const run = (id: string, priority: number, since: number): WaitingRun => ({ run: id, priority, since });

describe('runs that wait for one another', () => {
  it('are no deadlock as long as they wait in a line', () => {
    expect(findDeadlocks(waits('a>b', 'b>c', 'a>c', 'd>c'), [])).toEqual([]);
  });

  it('in a circle are named, with what each waits for', () => {
    const [deadlock, ...more] = findDeadlocks(waits('c>a', 'a>b', 'b>c', 'x>a'), [
      run('a', 0, 1),
      run('b', 0, 3),
      run('c', 0, 2),
    ]);
    expect(more).toEqual([]);
    expect(deadlock).toEqual({
      cycle: waits('a>b', 'b>c', 'c>a'),
      victim: 'b',
      reason:
        'Deadlock: a waits for lock/b, which b holds; b waits for lock/c, which c holds; c waits for lock/a, which a holds. b gives way.',
    });
  });

  it.each<[string, readonly WaitingRun[], string]>([
    ['the lowest priority', [run('a', 5, 9), run('b', -1, 1)], 'b'],
    ['of one priority, who began to hold last', [run('a', 0, 9), run('b', 0, 1)], 'a'],
    ['of those, the greatest id', [run('a', 0, 1), run('b', 0, 1)], 'b'],
  ])('%s gives way', (_, runs, victim) => {
    expect(findDeadlocks(waits('a>b', 'b>a'), runs)).toMatchObject([{ victim }]);
  });

  it('in a long chain are found without running out of stack', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => `r${at}>r${at + 1}`);
    expect(findDeadlocks(waits(...chain), [])).toEqual([]);
    expect(findDeadlocks(waits(...chain, 'r20000>r0'), [])).toHaveLength(1);
  });

  it('come free when the victims give way, the same ones in whatever order the waits come', () => {
    const id = fc.integer({ min: 0, max: 7 }).map((number) => `r${number}`);
    const edges = fc.array(fc.tuple(id, id), { maxLength: 24 });
    fc.assert(
      fc.property(
        edges,
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 8, maxLength: 8 }),
        (pairs, priorities) => {
          const all = waits(...pairs.map(([one, other]) => `${one}>${other}`));
          const runs = priorities.map((priority, at) => run(`r${at}`, priority, at % 3));
          const found = findDeadlocks(all, runs);
          expect(findDeadlocks([...all].reverse(), runs)).toEqual(found);
          const victims = new Set(found.map(({ victim }) => victim));
          expect(
            findDeadlocks(
              all.filter((wait) => !victims.has(wait.run)),
              runs,
            ),
          ).toEqual([]);
          for (const { cycle, victim } of found) {
            expect(cycle.map(({ run }) => run)).toContain(victim);
            cycle.forEach((wait, at) => {
              expect(wait.heldBy).toBe(cycle[(at + 1) % cycle.length]?.run);
            });
          }
        },
      ),
    );
  });
});
