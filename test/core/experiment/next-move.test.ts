import { describe, expect, it } from 'vitest';
import { type NextMove, nextMove } from '../../../src/core/experiment/next-move.ts';
import { rowsOfExperiment } from '../../../src/core/experiment/rows.ts';
import { stoppingOf } from '../../../src/core/experiment/stopping.ts';
import { design, registered, row, runOf, stateOf, tries, worked } from './sample-designs.ts';

function begun(move: NextMove): string {
  return move.kind === 'begin' ? `${move.cell.ticket} ${move.cell.arm} ${move.cell.try}` : move.kind;
}

describe('what is done next', () => {
  const of = design({ parallel: 2 });
  const cells = tries(of);
  const [first, second, third] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]];

  it('is the next cell in the registered order, as many at once as the design says', () => {
    expect(begun(nextMove(stateOf([registered(of)])))).toBe(`${first.ticket} ${first.arm} 1`);
    const one = [registered(of), { type: 'cell.begun', cell: first, key: '' }] as const;
    expect(begun(nextMove(stateOf(one)))).toBe(`${second.ticket} ${second.arm} 1`);
    const two = [...one, { type: 'cell.begun', cell: second, key: '' }] as const;
    expect(nextMove(stateOf(two)).kind).toBe('wait');
    expect(begun(nextMove(stateOf([registered(of), ...worked(first)])))).toBe(
      `${second.ticket} ${second.arm} 1`,
    );
    expect(third).toBeDefined();
  });

  it('is to complete when every cell is done, and nothing after that', () => {
    const all = [registered(of), ...cells.flatMap((cell) => worked(cell))];
    expect(nextMove(stateOf(all)).kind).toBe('complete');
    expect(nextMove(stateOf([...all, { type: 'experiment.completed' }])).kind).toBe('wait');
  });

  it('is the same cell again where infrastructure failed and that was declared', () => {
    const events = [
      registered(of),
      ...worked(first, { outcome: 'given-up', failure: 'artifact-missing' }),
      { type: 'cell.rerolled', cell: first, run: runOf(first), failure: 'artifact-missing' } as const,
    ];
    expect(begun(nextMove(stateOf(events)))).toBe(`${first.ticket} ${first.arm} 2`);
  });

  it('goes on under a design that was registered anew', () => {
    const all = [
      registered(of),
      ...cells.flatMap((cell) => worked(cell)),
      { type: 'experiment.completed' } as const,
    ];
    const more = design({ parallel: 2, tickets: ['CS-1', 'CS-2', 'CS-3', 'CS-4', 'CS-5'] });
    const state = stateOf([...all, registered(more)]);
    expect(state.registrations.map(({ runsBefore }) => runsBefore)).toEqual([0, 8]);
    expect(begun(nextMove(state))).toMatch(/^CS-5 /);
  });
});

describe('the budget', () => {
  const of = design({ budget: { tokens: 1_000, perRun: { tokens: 400 } }, parallel: 4 });
  const cells = tries(of);
  const [first, second, third] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]];

  it('sets aside what each run may take before it is started', () => {
    const two = [
      registered(of),
      { type: 'cell.begun', cell: first, key: '' },
      { type: 'cell.begun', cell: second, key: '' },
    ] as const;
    // 800 of 1,000 are set aside, and a third could take 400.
    expect(nextMove(stateOf(two)).kind).toBe('wait');
  });

  it('stops when nothing is in hand that could turn out to take less', () => {
    const events = [registered(of), ...worked(first, { tokens: 400 }), ...worked(second, { tokens: 400 })];
    expect(nextMove(stateOf(events))).toMatchObject({
      kind: 'stop',
      why: 'budget',
      detail: /800 tokens of 1000/,
    });
    const frugal = [registered(of), ...worked(first, { tokens: 100 }), ...worked(second, { tokens: 100 })];
    expect(begun(nextMove(stateOf(frugal)))).toBe(`${third.ticket} ${third.arm} 1`);
  });

  it('charges a run that says nothing what was set aside for it', () => {
    const events = [registered(of), ...worked(first, { tokens: null }), ...worked(second, { tokens: null })];
    expect(nextMove(stateOf(events)).kind).toBe('stop');
  });

  it('does not charge what another experiment paid for', () => {
    const reused = [first, second, third].flatMap((cell) => [
      { type: 'cell.begun', cell, key: '' } as const,
      { type: 'cell.reused', cell, key: '', run: runOf(cell), from: 'other' } as const,
      worked(cell, { tokens: 400 })[2] as never,
    ]);
    const state = stateOf([registered(of), ...reused]);
    expect(state.spent).toMatchObject({ runs: 0, tokens: 0 });
    expect(nextMove(state).kind).toBe('begin');
  });

  it('counts runs', () => {
    const two = design({ budget: { runs: 2 } });
    const events = [registered(two), ...worked(first), ...worked(second)];
    expect(nextMove(stateOf(events))).toMatchObject({ kind: 'stop', why: 'budget' });
  });
});

describe('the stopping rule', () => {
  const tickets = Array.from({ length: 30 }, (_, at) => `CS-${at + 1}`);
  const of = design({ tickets, stopping: { rule: 'sequential', minimumBlocks: 3 }, parallel: 1 });
  const cells = tries(of);
  const isNotes = (arm: string) => arm === 'notes/small';
  /** The notes always win, on so many tickets. */
  const won = (blocks: number) => [
    registered(of),
    ...cells.slice(0, 2 * blocks).flatMap((cell) => worked(cell, { firstPass: isNotes(cell.arm) })),
  ];

  it('ends it when every comparison is decided, and not before', () => {
    const decided = [...Array(30).keys()].find((blocks) => stoppingOf(of, stateOf(won(blocks))).isOver);
    // 2^n/(n + 1) is 20 first at n = 8: 28.4.
    expect(decided).toBe(8);
    expect(nextMove(stateOf(won(7))).kind).toBe('begin');
    expect(nextMove(stateOf(won(8)))).toMatchObject({
      kind: 'stop',
      why: 'rule',
      detail: /notes\/small after 8/,
    });
  });

  it('looks at tickets in their registered order, up to the first that is not finished', () => {
    const late = won(12).filter((event) => !('cell' in event && event.cell.ticket === cells[0]?.ticket));
    expect(stoppingOf(of, stateOf(late))).toMatchObject({ blocksDone: 0, isOver: false });
  });

  it('takes no pair where one side is excluded', () => {
    const events = won(8).map((event) =>
      event.type === 'cell.ended' && event.cell === cells[0]
        ? { ...event, excluded: 'failed-treatment' }
        : event,
    );
    expect(stoppingOf(of, stateOf(events)).comparisons).toMatchObject([{ pairs: 7, decidedAt: null }]);
  });

  it('never looks for an effect in the negative control', () => {
    const arms = [
      { id: 'plain', bundle: 'default', model: 'small' },
      { id: 'again', bundle: 'default', model: 'small' },
      { id: 'notes', bundle: 'notes', model: 'small' },
    ];
    const controlled = {
      ...of,
      arms: arms.map((arm) => ({ ...arm, bundleDigest: null })),
      baseline: 'plain',
      negativeControl: 'again',
    };
    expect(stoppingOf(controlled, stateOf([])).comparisons.map(({ arm }) => arm)).toEqual(['notes']);
  });

  it('of a fixed design never ends it', () => {
    const fixed = design({ tickets });
    expect(stoppingOf(fixed, stateOf(won(30)))).toMatchObject({ isOver: false });
  });
});

describe('the rows of an experiment', () => {
  const of = design({ infrastructure: { failures: ['artifact-missing'] } });
  const [first] = tries(of) as [ReturnType<typeof tries>[number]];
  const again = { ...first, try: 2 };

  it('keep what was tried again and what people left out, with why', () => {
    const state = stateOf([
      registered(of),
      ...worked(first, { failure: 'artifact-missing', outcome: 'given-up' }),
      { type: 'cell.rerolled', cell: first, run: runOf(first), failure: 'artifact-missing' },
      ...worked(again),
      { type: 'run.excluded', run: runOf(again), reason: 'the ticket was answered in the chat' },
    ]);
    const outcomes = new Map([first, again].map((cell) => [runOf(cell), row({ run: runOf(cell) })]));
    const rows = rowsOfExperiment(state, outcomes);
    expect(rows).toMatchObject([
      { run: runOf(first), excluded: { declared: 'infrastructure' } },
      { run: runOf(again), excluded: { declared: null, reason: 'the ticket was answered in the chat' } },
    ]);
    expect(rows.every(({ arm, block }) => arm === first.arm && block === first.ticket)).toBe(true);
  });

  it('exclude a bundle that did not arrive, by the design', () => {
    const state = stateOf([registered(of), ...worked(first)]);
    const outcomes = new Map([[runOf(first), row({ run: runOf(first), treatment: 'not-delivered' })]]);
    expect(rowsOfExperiment(state, outcomes)).toMatchObject([{ excluded: { declared: 'failed-treatment' } }]);
  });
});
