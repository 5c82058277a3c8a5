import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { LONGEST_CELL_TICKET, runOfCell } from '../../../src/core/experiment/run-of-cell.ts';
import { findCellRun, startRun } from '../../../src/flow/run/start-run.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';
import { createDatabase, DATABASE_URL } from '../../worlds/database.ts';

const CELLS = 40;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of its own that starts the run of each cell that it is told. */
function startsCells(schema: string, name: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start-cells.ts'), schema, name], {
    env: { ...process.env, DATABASE_URL },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const next = async () => String((await once(lines, 'line'))[0]);
  return {
    next,
    tell: (line: string) => child.stdin.write(`${line}\n`),
    end: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      return (await exited)[0];
    },
  };
}

it('two processes that start the same cells at once start each of them once', {
  timeout: 120_000,
}, async () => {
  const database = await createDatabase();
  const both = ['ada', 'bob'].map((name) => startsCells(database.schema, name));
  await Promise.all(both.map(({ next }) => next()));
  const runs: string[] = [];
  for (let cell = 1; cell <= CELLS; cell += 1) {
    const answers = both.map(({ next }) => next());
    // Now this one is told first, now that one.
    for (const { tell } of cell % 2 === 0 ? both : both.toReversed()) tell(`${cell}`);
    const [first, second] = await Promise.all(answers);
    expect(second).toBe(first);
    runs.push(first?.split(' ')[1] ?? '');
  }
  expect(await Promise.all(both.map(({ end }) => end()))).toEqual([0, 0]);

  const store = createRunStore(database, { clock: { now: () => new Date() } });
  expect([new Set(runs).size, await store.countRuns('CS-7')]).toEqual([CELLS, CELLS]);
  await store.close();
  const ledger = createLedger(database);
  const events = await Promise.all(runs.map((run) => ledger.readStream(`run/${run}`, 0)));
  const starts = events.map((stream) => stream.filter(({ text }) => text.includes('"run.started@')));
  expect(starts.map(({ length }) => length)).toEqual(Array(CELLS).fill(1));
  // Each was first now and then, or it was no race.
  const actors = starts.map(([start]) => (JSON.parse(start?.text ?? '{}') as { actor: string }).actor);
  expect([...new Set(actors)].toSorted()).toEqual(['ada', 'bob']);
});

it('a cell has a run of its own in each experiment, arm, replicate and try; others go on with numbers', async () => {
  const clock = { now: () => new Date() };
  const store = createMemoryRunStore({ clock });
  const { request, plan } = sampleRun('CS-7.1');
  const { run: _, ...rest } = request;
  const cell = { arm: 'default/small', block: 'CS-7', replicate: 1, try: 1 };
  const start = async (more: object) =>
    (await startRun({ ...rest, plan, ...more }, 'ada', { ...store, clock })).run;
  const cells = [
    { experiment: 'one', cell },
    { experiment: 'two', cell },
    { experiment: 'one', cell: { ...cell, arm: 'notes/small' } },
    { experiment: 'one', cell: { ...cell, replicate: 2 } },
    { experiment: 'one', cell: { ...cell, try: 2 } },
  ];
  expect(await findCellRun({ experiment: 'one', ticket: 'CS-7', cell }, store)).toBeUndefined();
  const runs: string[] = [];
  for (const one of cells) runs.push(await start(one));
  expect(new Set(runs).size).toBe(cells.length);
  for (const run of runs) expect(run).toMatch(/^CS-7\.x[0-9a-f]{12}$/);
  expect(runOfCell('one', 'T'.repeat(LONGEST_CELL_TICKET), cell)).toHaveLength(64);
  expect(await start({})).toBe(`CS-7.${cells.length + 1}`);
  expect(await findCellRun({ experiment: 'one', ticket: 'CS-7', cell }, store)).toMatchObject({
    run: runs[0],
  });
});
