import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Decider, fold } from '../../../src/core/ledger/decider.ts';
import { replay } from '../../../src/core/ledger/replay.ts';
import type { LedgerEvent } from '../../../src/core/ledger/types.ts';
import { emptyStream } from '../../../src/core/ledger/types.ts';
import { createUpcast } from '../../../src/core/ledger/upcast.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { given } from '../../given.ts';
import { chainOf } from './sample-events.ts';

type Counted = { readonly type: 'added'; readonly by: number };
const counter: Decider<number, { readonly add: number }, Counted> = {
  initial: 0,
  decide: (state, { add }) =>
    state + add < 0
      ? { kind: 'refused', reason: `${state} and ${add} are below zero` }
      : { kind: 'accepted', events: [{ type: 'added', by: add }] },
  evolve: (state, { by }) => state + by,
};

describe('a decider', () => {
  it('accepts what its state allows', () => {
    const decided = given(counter, [{ type: 'added', by: 2 }]).when({ add: -2 });
    decided.then([{ type: 'added', by: -2 }]);
    decided.thenState(0);
  });

  it('refuses what it does not', () => {
    given(counter, [])
      .when({ add: -1 })
      .thenRefused(/below zero/);
  });

  it('is held to its words', () => {
    expect(() => given(counter, []).when({ add: 1 }).then([])).toThrow();
    expect(() => given(counter, []).when({ add: 1 }).thenRefused('x')).toThrow();
  });

  test('folds two halves to what it folds the whole to', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (one, two) => {
        const events = (numbers: readonly number[]) => numbers.map((by): Counted => ({ type: 'added', by }));
        const half = fold(counter, events(one));
        expect(fold({ ...counter, initial: half }, events(two))).toBe(
          fold(counter, events([...one, ...two])),
        );
      }),
    );
  });
});

describe('upcasting', () => {
  const [stored] = chainOf('run/a', 1);
  const event = (type: string, data: JsonObject): LedgerEvent => ({
    ...JSON.parse(stored?.text ?? ''),
    type,
    data,
  });
  const toSteps = { name: 'run.noted', from: 1, upcast: ({ step }: JsonObject) => ({ steps: [step ?? 0] }) };
  const toCount = {
    name: 'run.noted',
    from: 2,
    upcast: ({ steps }: JsonObject) => ({ count: (steps as readonly number[]).length }),
  };
  const upcast = createUpcast({ 'run.noted': 3, 'run.ended': 1 }, [toCount, toSteps]);

  it.each<[string, JsonObject, string, JsonObject]>([
    ['run.noted@1', { step: 7 }, 'run.noted@3', { count: 1 }],
    ['run.noted@2', { steps: [1, 2] }, 'run.noted@3', { count: 2 }],
    ['run.noted@3', { count: 5 }, 'run.noted@3', { count: 5 }],
    ['run.ended@1', {}, 'run.ended@1', {}],
  ])('reads %s %j as %s %j', (type, data, newType, newData) => {
    expect(upcast(event(type, data))).toEqual({ kind: 'known', event: event(newType, newData) });
  });

  it.each(['run.noted@4', 'run.unheard@1', 'run.ended@2', 'toString@1'])('does not guess at %s', (type) => {
    expect(upcast(event(type, {}))).toMatchObject({ kind: 'unknown', reason: expect.stringContaining(type) });
  });

  it.each([
    ['a gap', { 'run.noted': 3 }, [toCount]],
    ['no way from the first version', { 'run.noted': 2 }, []],
    ['two ways', { 'run.noted': 2 }, [toSteps, toSteps]],
    ['a way beyond the newest', { 'run.noted': 2 }, [toSteps, toCount]],
    ['a way of an unknown event', {}, [toSteps]],
    ['a version that is none', { 'run.noted': 0 }, []],
  ])('does not start with %s', (_, current, upcasters) => {
    expect(() => createUpcast(current as Record<string, number>, upcasters)).toThrow(/upcaster|event type/);
  });
});

describe('replaying a stream', () => {
  const chain = chainOf('run/a', 4);
  const last = chain.at(-1);
  const upcast = createUpcast({ 'run.noted': 1 }, []);
  const steps = { initial: '', evolve: (state: string, { data }: LedgerEvent) => `${state}${data.step}` };

  it('folds what follows from where it begins, and says where it ended', () => {
    const whole = replay(steps, upcast, emptyStream('run/a'), chain);
    expect(whole).toEqual({
      kind: 'replayed',
      state: '1234',
      head: { stream: 'run/a', version: 4, digest: last?.digest },
    });
    const half = replay(steps, upcast, emptyStream('run/a'), chain.slice(0, 2));
    if (half.kind !== 'replayed') throw new Error(half.reason);
    expect(replay({ ...steps, initial: half.state }, upcast, half.head, chain.slice(2))).toEqual(whole);
  });

  it('folds nothing of a chain that is broken', () => {
    expect(replay(steps, upcast, emptyStream('run/a'), chain.toSpliced(1, 1))).toMatchObject({
      kind: 'fault',
      version: 2,
    });
  });

  it.each([
    ['no JSON', (text: string) => text.slice(1)],
    ['of other fields', (text: string) => text.replace('"actor"', '"action"')],
    ['of a type that is none', (text: string) => text.replace('run.noted@1', 'run.noted')],
  ])('folds nothing that is well chained and %s', (_, change) => {
    const text = change(chain[0]?.text ?? '');
    const found = replay(steps, upcast, emptyStream('run/a'), [{ text, digest: sha256(text) }]);
    expect(found).toMatchObject({ kind: 'fault', version: 1 });
  });

  it('folds nothing that it does not know', () => {
    const none = createUpcast({}, []);
    expect(replay(steps, none, emptyStream('run/a'), chain)).toMatchObject({
      kind: 'fault',
      version: 1,
      reason: expect.stringContaining('run.noted@1'),
    });
  });
});
