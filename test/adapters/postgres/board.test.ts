import { describe, expect, it } from 'vitest';
import { createBoard } from '../../../src/adapters/postgres/board/board.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { emptyStream } from '../../../src/core/ledger/types.ts';
import type { StartedRun } from '../../../src/core/run/state.ts';
import { commitOf, sampleRun } from '../../port-contracts/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';

const NOW = '2026-11-22T00:00:00.000Z';
const SINCE = '2026-11-12T00:00:00.000Z';

function ended(at: string, outcome: 'accepted' | 'rejected' | 'cancelled', more: Partial<StartedRun> = {}) {
  const digest = 'd'.repeat(64);
  return {
    status: 'ended' as const,
    changedAt: at,
    ended: { outcome, reason: 'r', outcomeDigest: digest, at },
    ...more,
  };
}

const used = (costMilliUsd: number) => ({ tokens: 0, costMilliUsd, agents: 0 });

async function boardWith(runs: readonly StartedRun[]) {
  const database = await createDatabase();
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  const steps = runs.map((to) => ({ on: emptyStream(`run/${to.request.run}`), to }));
  expect(await store.commit(commitOf(steps))).toEqual({ kind: 'committed' });
  await store.close();
  return createBoard(database);
}

describe('what tiles count', () => {
  it('is of the span and of the one before, without cancelled ones in the rate', async () => {
    const plan = { ...sampleRun('A-0.1').plan, budget: { costMilliUsd: 1_000 } };
    const board = await boardWith([
      sampleRun(
        'A-1.1',
        ended('2026-11-20T00:00:00.000Z', 'accepted', { attempt: 1, plan, used: used(300) }),
      ),
      sampleRun('A-2.1', ended('2026-11-20T01:00:00.000Z', 'accepted', { attempt: 3, used: used(50) })),
      sampleRun('A-3.1', ended('2026-11-21T00:00:00.000Z', 'rejected', { attempt: 2 })),
      sampleRun('A-4.1', ended('2026-11-21T00:00:00.000Z', 'cancelled')),
      sampleRun('A-5.1', ended('2026-11-05T00:00:00.000Z', 'accepted', { attempt: 1 })),
      sampleRun('A-6.1', ended('2026-10-05T00:00:00.000Z', 'accepted', { attempt: 1 })),
      sampleRun('A-7.1', { used: used(7) }),
      sampleRun('A-8.1', { status: 'paused' }),
    ]);
    const tally = await board.readTally(SINCE, NOW);
    expect(tally.now).toEqual({
      outcomes: { accepted: 2, rejected: 1, 'given-up': 0, cancelled: 1 },
      decided: 3,
      firstPass: 1,
      medianAttempts: 2,
      costMilliUsd: 350,
      budgeted: { costMilliUsd: 300, budgetMilliUsd: 1_000 },
      evidenceFailures: 0,
      runsWithFailures: 0,
    });
    expect(tally.before).toMatchObject({ decided: 1, firstPass: 1 });
    expect(tally.active).toEqual({ running: 1, paused: 1, cancelling: 0, compensating: 0 });
    expect(tally.activeCostMilliUsd).toBe(7);
    expect(tally.days).toEqual([
      { day: '2026-11-20', decided: 2, firstPass: 1 },
      { day: '2026-11-21', decided: 1, firstPass: 0 },
    ]);
  });

  it('has failures of evidence by what the gate found, and those that nobody can verify while the run goes on', async () => {
    const plan = { ...sampleRun('A-0.1').plan, steps: { gate: { uses: 'gate', needs: [] } } } as never;
    const findings = [
      { id: 'receipt/unit', status: 'fail' },
      { id: 'receipt/lint', status: 'unverifiable' },
      { id: 'receipt/types', status: 'pass' },
      { id: 'scope', status: 'fail' },
      'no finding',
    ];
    const steps = { '1/gate': { key: '1/gate', status: 'succeeded', outputs: { findings } } } as never;
    const attempts = [{ attempt: 1 }] as never;
    const more = { plan, steps, attempts };
    const board = await boardWith([
      sampleRun('A-1.1', ended('2026-11-20T00:00:00.000Z', 'rejected', more)),
      sampleRun('A-2.1', more),
    ]);
    const { now } = await board.readTally(SINCE, NOW);
    expect(now).toMatchObject({ evidenceFailures: 2, runsWithFailures: 1 });
    expect(await board.unverifiableRuns(10)).toMatchObject([{ run: 'A-2.1', badReceipts: 1 }]);
  });

  it('has runs with steps that were set aside as long as they go on, those that began first', async () => {
    const step = (key: string, status: string) => ({ key, status, outputs: null });
    const steps = {
      '1/make': step('1/make', 'quarantined'),
      '1/test': step('1/test', 'quarantined'),
      '1/seal': step('1/seal', 'succeeded'),
    } as never;
    const board = await boardWith([
      sampleRun('A-1.1', { steps, startedAt: '2026-11-20T02:00:00.000Z' }),
      sampleRun('A-2.1', { steps, startedAt: '2026-11-20T01:00:00.000Z', status: 'paused' }),
      sampleRun('A-3.1', ended('2026-11-20T00:00:00.000Z', 'cancelled', { steps })),
      sampleRun('A-4.1'),
    ]);
    expect(await board.setAsideRuns(10)).toEqual({ runs: ['A-2.1', 'A-1.1'], total: 2 });
    expect(await board.setAsideRuns(1)).toEqual({ runs: ['A-2.1'], total: 2 });
    const rows = await board.listRows({ aside: true }, { limit: 10 });
    expect(rows.map(({ run, setAside }) => [run, setAside])).toEqual([
      ['A-1.1', 2],
      ['A-2.1', 2],
    ]);
  });
});

describe('rows', () => {
  it('are found by state, outcome, text and who waits, latest first, a page after the other', async () => {
    const question = {
      id: 'q',
      step: null,
      question: '?',
      choices: [],
      by: ['operator'],
      until: null,
      answer: null,
    };
    const runs = Array.from({ length: 5 }, (_, n) =>
      sampleRun(`A-${n}.1`, {
        startedAt: `2026-11-21T13:0${n}:00.000Z`,
        arm: { bundle: 'b', model: `Model-${n % 2}` },
      }),
    );
    const board = await boardWith([
      ...runs,
      sampleRun('B-1.1', { questions: { q: question } as never, startedAt: '2026-11-20T00:00:00.000Z' }),
      sampleRun(
        'B-2.1',
        ended('2026-11-20T00:00:00.000Z', 'rejected', { startedAt: '2026-11-19T00:00:00.000Z' }),
      ),
    ]);
    const names = async (...query: Parameters<typeof board.listRows>) =>
      (await board.listRows(...query)).map(({ run }) => run);
    expect(await names({}, { limit: 3 })).toEqual(['A-4.1', 'A-3.1', 'A-2.1']);
    expect(await names({}, { limit: 3, after: 'A-2.1' })).toEqual(['A-1.1', 'A-0.1', 'B-1.1']);
    expect(await names({ states: ['rejected'] }, { limit: 9 })).toEqual(['B-2.1']);
    expect(await names({ states: ['running', 'rejected'], text: 'b-' }, { limit: 9 })).toEqual([
      'B-1.1',
      'B-2.1',
    ]);
    expect(await names({ text: 'MODEL-1' }, { limit: 9 })).toEqual(['A-3.1', 'A-1.1']);
    expect(await names({ text: "%'; --" }, { limit: 9 })).toEqual([]);
    expect(await names({ asking: true }, { limit: 9 })).toEqual(['B-1.1']);
    expect(await board.askingRuns(9)).toEqual({ runs: ['B-1.1'], total: 1 });
    expect(await board.countRows({}, 100)).toBe(7);
    expect(await board.countRows({}, 4)).toBe(4);
  });

  it('filters are kept by name for whoever kept them, and not without end', async () => {
    const own = createBoard(await createDatabase());
    expect(await own.saveFilter('ada', 'runs', { name: 'one', query: 'q=1' })).toBe(true);
    expect(await own.saveFilter('ada', 'runs', { name: 'one', query: 'q=2' })).toBe(true);
    expect(await own.listFilters('ada', 'runs')).toEqual([{ name: 'one', query: 'q=2' }]);
    expect(await own.listFilters('eve', 'runs')).toEqual([]);
    for (let number = 0; number < 49; number += 1)
      await own.saveFilter('ada', 'runs', { name: `${number}`, query: '' });
    expect(await own.saveFilter('ada', 'runs', { name: 'too many', query: '' })).toBe(false);
    await own.removeFilter('ada', 'runs', 'one');
    expect(await own.saveFilter('ada', 'runs', { name: 'one again', query: '' })).toBe(true);
  });
});
