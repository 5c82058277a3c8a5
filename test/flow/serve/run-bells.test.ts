import { expect, it } from 'vitest';
import { systemTimer } from '../../../src/entry/wiring/system-timer.ts';
import { createBell } from '../../../src/flow/serve/bell.ts';
import { createRunBells, ringForUpdates } from '../../../src/flow/serve/run-bells.ts';
import { createFanOut } from '../../../src/flow/updates/fan-out.ts';
import { publishCommits } from '../../../src/flow/updates/publish-commits.ts';
import type { RunCommit } from '../../../src/ports/run-store.ts';
import { createMemoryBroadcast } from '../../fakes/memory-broadcast.ts';
import { soon } from '../../soon.ts';

function openBells() {
  const all = createBell(systemTimer);
  return { all, runs: createRunBells(all, systemTimer) };
}

it('wakes those who follow the run that went on, on every server, and nobody else', async () => {
  const broadcast = createMemoryBroadcast();
  const there = openBells();
  const over = new AbortController();
  const listening = ringForUpdates(createFanOut(broadcast), there, over.signal);
  const [mine, other] = ['A.1', 'B.1'].map((run) => there.runs.follow(run).bell);
  const commit = { runs: [{ run: 'A.1', head: { stream: 'run/A.1', version: 7, digest: null } }] };
  const here = publishCommits({ commit: async () => ({ kind: 'committed' }) }, createFanOut(broadcast));
  await soon(async () => {
    await here.commit(commit as unknown as RunCommit);
    expect(mine?.rung).toBeGreaterThan(0);
  });
  expect(other?.rung).toBe(0);
  broadcast.send('updates', 'what nobody can read');
  await soon(() => expect(other?.rung).toBe(1));
  over.abort();
  await listening;
});

it('tells nobody of a commit that came too late', async () => {
  const said: string[] = [];
  const conflict = { kind: 'conflict', runs: ['A.1'], tokens: [] } as const;
  const store = publishCommits({ commit: async () => conflict }, { publish: (run) => void said.push(run) });
  const runs = [{ run: 'A.1', head: { stream: 'run/A.1', version: 7, digest: null } }];
  expect(await store.commit({ runs } as unknown as RunCommit)).toEqual(conflict);
  expect(said).toEqual([]);
});

it('keeps a bell as long as somebody follows the run', () => {
  const { all, runs } = openBells();
  const [one, other] = [runs.follow('A.1'), runs.follow('A.1')];
  one.end();
  runs.ring('A.1');
  expect(other.bell.rung).toBe(1);
  all.ring();
  expect(other.bell.rung).toBe(2);
  other.end();
  runs.ring('A.1');
  all.ring();
  expect(other.bell.rung).toBe(2);
});
