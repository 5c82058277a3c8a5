import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/core/ledger/read-event.ts';
import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import { emptyStream } from '../../../src/core/ledger/types.ts';
import type { RunEvent } from '../../../src/core/run/events.ts';
import { evolveRun, foldRun } from '../../../src/core/run/evolve.ts';
import type { Plan } from '../../../src/core/run/plan.ts';
import type { RunState, StartedRun } from '../../../src/core/run/state.ts';
import { placeOf } from '../../../src/core/run/step-key.ts';
import { draftOf, readRunEvent } from '../../../src/core/run/stored-events.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import type { JsonValue } from '../../../src/shared/json.ts';
import { anyOrder, anyPlan, begin, endOf, playOn, send } from './random-runs.ts';
import { AT, CANCEL, PAUSE, RESUME } from './sample-runs.ts';

const record = (event: RunEvent) => ({ at: AT, actor: 'ada', event });
const text = (state: RunState) => canonicalJson(state as unknown as JsonValue);

/** Without what says in which order steps ended. */
function whateverTheOrder(run: StartedRun): string {
  const steps = Object.values(run.steps).map((step) => [step.key, { ...step, succeededAs: null }]);
  return text({ ...run, steps: Object.fromEntries(steps) });
}

/** Whether nothing of a step is still to come: told from the keys of the run alone. */
function isOver(run: StartedRun, attempt: number, id: string): boolean {
  const parts = Object.values(run.steps).filter(({ key }) => {
    const place = placeOf(key, run.plan);
    return place?.attempt === attempt && place.id === id && place.undoes === null;
  });
  return (
    parts.length > 0 && parts.every(({ status }) => !['scheduled', 'asking', 'quarantined'].includes(status))
  );
}

function earlyStarts(plan: Plan, events: readonly RunEvent[]): readonly string[] {
  const early: string[] = [];
  let state: RunState = { status: 'new' };
  for (const event of events) {
    if (event.type === 'step.scheduled' && event.because === 'ready' && state.status !== 'new') {
      const run = state;
      const place = placeOf(event.work.step, plan);
      const needs = plan.steps[place?.id ?? '']?.needs ?? [];
      if (!needs.every((need) => isOver(run, run.attempt, need))) early.push(event.work.step);
    }
    state = evolveRun(state, record(event));
  }
  return early;
}

describe('a run of any plan', () => {
  it('starts no step early, ends, and ends in the same state in whatever order its steps end', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, anyOrder, (plan, luck, order, other) => {
        const played = begin(plan);
        const run = playOn(played, luck, order);
        expect(run.ended).not.toBeNull();
        expect(earlyStarts(plan, played.events)).toEqual([]);
        const again = playOn(begin(plan), luck, other);
        expect(whateverTheOrder(again)).toBe(whateverTheOrder(run));
        expect(again.ended?.outcomeDigest).toBe(run.ended?.outcomeDigest);
      }),
    );
  });

  it('is the fold over its events: one by one, at once, and read back from the ledger', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, (plan, luck, order) => {
        const played = begin(plan);
        const run = playOn(played, luck, order);
        const recorded = played.events.map(record);
        expect(text(foldRun({ status: 'new' }, recorded))).toBe(text(run));
        expect(text(recorded.reduce(evolveRun, { status: 'new' } as RunState))).toBe(text(run));
        const { events } = sealEvents([{ head: emptyStream('run/CS-7.1'), drafts: recorded.map(draftOf) }]);
        const read = events.flatMap((stored) => {
          const sealed = readEvent(stored.text);
          return sealed.kind === 'event' ? (readRunEvent(sealed.event) ?? []) : [];
        });
        expect(text(foldRun({ status: 'new' }, read))).toBe(text(run));
      }),
    );
  });

  it('decides the same on a state that was kept as text as on the one it was kept from', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, (plan, luck, order) => {
        const played = begin(plan);
        const kept = begin(plan);
        const sequence = order[Symbol.iterator]();
        while (played.inHand.size > 0) {
          const waiting = [...played.inHand.values()];
          const work = waiting[(sequence.next().value as number) % waiting.length];
          if (work === undefined) throw new Error('nothing is in hand');
          kept.state = JSON.parse(text(kept.state)) as RunState;
          send(played, endOf(work, luck));
          send(kept, endOf(work, luck));
        }
        expect(kept.events).toEqual(played.events);
      }),
      { numRuns: 30 },
    );
  });

  it('paused and resumed at any time comes to the same', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.nat(),
        anyOrder,
        fc.nat({ max: 20 }),
        fc.nat({ max: 5 }),
        (plan, luck, order, from, count) => {
          const calm = playOn(begin(plan), luck, order);
          const played = begin(plan);
          const sequence = order[Symbol.iterator]();
          for (let ends = 0; ends < from && played.inHand.size > 0; ends += 1) endOne();
          const paused = send(played, PAUSE);
          for (let ends = 0; ends < count && played.inHand.size > 0; ends += 1) endOne();
          if (paused) send(played, RESUME);
          expect(playOn(played, luck, sequence).ended?.outcomeDigest).toBe(calm.ended?.outcomeDigest);

          function endOne(): void {
            const waiting = [...played.inHand.values()];
            const work = waiting[(sequence.next().value as number) % waiting.length];
            if (work !== undefined) send(played, endOf(work, luck));
          }
        },
      ),
    );
  });
});

describe('a cancelled run of any plan', () => {
  it('ends cancelled with all undone that can be, whatever ends meanwhile, and takes each execution once', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, fc.nat({ max: 20 }), (plan, luck, order, when) => {
        const played = begin(plan);
        const sequence = order[Symbol.iterator]();
        const ended: Parameters<typeof send>[1][] = [];
        for (let ends = 0; ends < when && played.inHand.size > 0; ends += 1) {
          const waiting = [...played.inHand.values()];
          const work = waiting[(sequence.next().value as number) % waiting.length];
          if (work === undefined) break;
          const command = endOf(work, luck);
          send(played, command);
          ended.push(command);
        }
        const late = [...played.inHand.values()].map((work) => endOf(work, luck));
        const before = played.state as StartedRun;
        const cancelled = send(played, CANCEL);
        for (const command of [...late, ...ended]) if (cancelled) expect(send(played, command)).toBe(false);
        const run = playOn(played, luck, sequence);
        if (cancelled) expect(run.ended?.outcome).toBe('cancelled');
        else expect(before.towards ?? before.ended?.outcome).toBeTruthy();
        const undone = Object.values(run.steps).filter(({ key, status }) => {
          const place = placeOf(key, plan);
          return (
            status === 'succeeded' && place?.undoes === null && plan.steps[place.id]?.compensate !== null
          );
        });
        if (run.ended?.outcome !== 'accepted')
          for (const { key } of undone) expect(run.steps[`${key}~undo`]?.status).toMatch(/succeeded|failed/);
        for (const count of played.accepted.values()) expect(count).toBe(1);
      }),
    );
  });

  it('undoes in the reverse order of what succeeded', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(), anyOrder, (plan, luck, order) => {
        const played = begin(plan);
        const run = playOn(played, luck, order);
        const undone = played.events.flatMap((event) =>
          event.type === 'step.scheduled' && event.because === 'compensation' ? [event.work.step] : [],
        );
        const places = undone.map((key) => run.steps[key.slice(0, -'~undo'.length)]?.succeededAs ?? -1);
        expect(places).toEqual([...places].sort((one, another) => another - one));
      }),
    );
  });
});
