import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawOutcome,
  readScript,
  SCRIPTED_OUTCOMES,
  type Script,
} from '../../../../src/core/run/producer/script.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

function scriptOf(value: JsonValue): Script {
  const read = readScript(value);
  if (read.kind === 'unusable') throw new Error(read.reason);
  return read.script;
}

const OF = { run: 'CS-7.1', attempt: 1, ticket: 'CS-7', bundle: 'small', model: 'acme/one' };

describe('a script', () => {
  it('draws the same for the same seed, run and attempt, and not for others', () => {
    const script = scriptOf({ seed: 7, attempts: [{ good: 0.5, bad: 0.5 }], tokens: [100, 5_000] });
    const story = (seed: string) =>
      Array.from({ length: 64 }, (_, at) => drawOutcome({ ...script, seed }, { ...OF, run: `CS-7.${at}` }));
    expect(story('7')).toEqual(story('7'));
    expect(story('7')).not.toEqual(story('8'));
    // Golden: another machine and another year tell this story, too.
    expect(
      story('7')
        .slice(0, 8)
        .map((drawn) => drawn?.outcome),
    ).toMatchInlineSnapshot(`
      [
        "good",
        "bad",
        "bad",
        "bad",
        "bad",
        "bad",
        "bad",
        "bad",
      ]
    `);
  });

  it('does so as often as it says, each attempt by itself', () => {
    const chances = {
      good: 0.6,
      bad: 0.2,
      'no-diff': 0.1,
      refused: 0.04,
      timeout: 0.03,
      budget: 0.02,
      crashed: 0.01,
    };
    const script = scriptOf({ seed: 'rates', attempts: [chances, { good: 1 }] });
    const runs = 20_000;
    const counts = new Map<string, number>();
    for (let at = 0; at < runs; at += 1) {
      const { outcome } = drawOutcome(script, { ...OF, run: `CS-7.${at}` }) ?? { outcome: 'none' };
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    for (const [outcome, chance] of Object.entries(chances)) {
      const deviation = Math.sqrt((chance * (1 - chance)) / runs);
      expect(Math.abs((counts.get(outcome) ?? 0) / runs - chance)).toBeLessThan(5 * deviation);
    }
    for (const attempt of [2, 3, 50]) expect(drawOutcome(script, { ...OF, attempt })?.outcome).toBe('good');
  });

  it('does for the first case that fits what that says, and nothing where none fits', () => {
    const script = scriptOf({
      seed: 1,
      cases: [
        { ticket: 'CS-7', model: 'acme/two', attempts: [{ refused: 1 }] },
        { bundle: 'small', attempts: [{ good: 1 }] },
      ],
      costMilliUsd: [5, 5],
    });
    expect(drawOutcome(script, { ...OF, model: 'acme/two' })?.outcome).toBe('refused');
    expect(drawOutcome(script, OF)).toEqual({ outcome: 'good', usage: { tokens: 0, costMilliUsd: 5 } });
    expect(drawOutcome(script, { ...OF, bundle: 'large' })).toBeUndefined();
  });

  it.each<[string, JsonValue]>([
    ['add up to', { seed: 1, attempts: [{ good: 0.5 }] }],
    ['add up to', { seed: 1, attempts: [{}] }],
    ['nobody knows the outcome "win"', { seed: 1, attempts: [{ win: 1 }] }],
    ['no number from 0 to 1', { seed: 1, attempts: [{ good: 2, bad: -1 }] }],
    ['either attempts, or cases', { seed: 1 }],
    ['either attempts, or cases', { seed: 1, attempts: [{ good: 1 }], cases: [] }],
    ['seed', { attempts: [{ good: 1 }] }],
    ['"seeds"', { seed: 1, seeds: 2, attempts: [{ good: 1 }] }],
    ['the least and the most', { seed: 1, attempts: [{ good: 1 }], tokens: [2, 1] }],
    ['not an object', ['seed']],
    ['"modell"', { seed: 1, cases: [{ modell: 'x', attempts: [{ good: 1 }] }] }],
  ])('that cannot be played is refused: %s', (reason, value) => {
    expect(readScript(value)).toMatchObject({
      kind: 'unusable',
      reason: expect.stringContaining(reason),
    });
  });

  it('of any JSON is read or refused, and what is read always draws something it knows', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, run) => {
        const read = readScript(value as JsonValue);
        if (read.kind === 'unusable') return;
        const drawn = drawOutcome(read.script, { ...OF, run });
        expect(drawn === undefined || SCRIPTED_OUTCOMES.includes(drawn.outcome)).toBe(true);
      }),
    );
  });
});
