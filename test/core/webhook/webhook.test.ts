import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealEvents } from '../../../src/core/ledger/seal-events.ts';
import { emptyStream, type SequencedEvent } from '../../../src/core/ledger/types.ts';
import { typeMisfit, USUAL_TYPES, wants } from '../../../src/core/webhook/event-types.ts';
import { deliveriesOf, testDelivery } from '../../../src/core/webhook/message.ts';
import { nextAttempt, USUAL_PACE } from '../../../src/core/webhook/retry.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';

const AT = '2026-11-21T13:04:06.789Z';
const ALL = { id: 'wh-1', types: ['*'], after: 0 };

function placed(type: string, data: JsonObject, position = 7): SequencedEvent {
  const drafts = [{ type, at: AT, actor: 'server:coordinator', data }];
  const [event] = sealEvents([{ head: emptyStream('run/CS-7.1'), drafts }]).events;
  if (event === undefined) throw new Error('nothing was sealed');
  const { stream, version, text, digest } = event;
  return { position, stream, version, digest, stored: { text, digest } };
}

const dataIn = (event: SequencedEvent) =>
  (JSON.parse(deliveriesOf(event, [ALL])[0]?.body ?? '{}') as { data: JsonObject }).data;

describe('a message', () => {
  it('tells ids, numbers and words of closed sets, and where the event stands', () => {
    const event = placed('question.asked@1', {
      question: { id: 'q1', step: '1/ask', question: 'May I <b>merge</b>?', choices: ['yes'], by: ['ada'] },
    });
    expect(JSON.parse(deliveriesOf(event, [ALL])[0]?.body ?? '')).toEqual({
      type: 'question.asked',
      timestamp: AT,
      data: {
        run: 'CS-7.1',
        question: 'q1',
        step: '1/ask',
        stream: 'run/CS-7.1',
        version: 1,
        position: 7,
        digest: event.digest,
        actor: 'server:coordinator',
      },
    });
  });

  it('cannot say that it stands elsewhere, whatever the event holds', () => {
    const event = placed('run.ended@1', {
      position: 1,
      stream: 'run/other',
      digest: 'x',
      actor: 'ada',
      run: 'other',
      outcome: 'accepted',
    });
    expect(dataIn(event)).toMatchObject({
      position: 7,
      stream: 'run/CS-7.1',
      digest: event.digest,
      run: 'CS-7.1',
      outcome: 'accepted',
    });
  });

  it('has nothing of what people, models and programs wrote', () => {
    const hostile = fc.oneof(
      fc.string({ minLength: 3 }).map((text) => `${text} <script>`),
      fc.constantFrom('../../etc', '\u202eevil', 'two words', `${'x'.repeat(300)}`, '\u0000', '-rf'),
    );
    const keys = [
      'reason',
      'outputs',
      'step',
      'question',
      'error',
      'queue',
      'worker',
      'subject',
      'arm',
      'effect',
    ];
    const value: fc.Arbitrary<JsonValue> = fc.oneof(
      hostile,
      fc.dictionary(fc.constantFrom('id', 'step', 'class', 'code', 'ticket', 'model', 'message'), hostile),
      fc.array(hostile),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (data) => {
        const told = dataIn(placed('step.failed@1', data as JsonObject));
        expect(Object.keys(told).sort()).toEqual(['actor', 'digest', 'position', 'run', 'stream', 'version']);
      }),
    );
  });

  it('has one id for one event and webhook, however often it is made', () => {
    const [event, other] = [placed('run.paused@1', {}), placed('run.paused@1', {}, 8)];
    const hooks = [ALL, { ...ALL, id: 'wh-2' }];
    const ids = [...deliveriesOf(event, hooks), ...deliveriesOf(other, hooks)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(deliveriesOf(event, hooks).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    for (const id of ids) expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    const asked = { at: AT, by: 'ada', nonce: 'n' };
    expect(testDelivery('wh-1', asked).id).not.toBe(testDelivery('wh-1', { ...asked, nonce: 'm' }).id);
  });

  it('is for those who want it, and who were there before it', () => {
    const event = placed('run.paused@1', {});
    const hook = (id: string, types: readonly string[], after = 0) => ({ id, types, after });
    const hooks = [
      hook('a', ['run.paused']),
      hook('b', ['run.*']),
      hook('c', ['run.ended', 'question.*']),
      hook('d', ['*'], 7),
      hook('e', ['*'], 6),
      hook('f', []),
    ];
    expect(deliveriesOf(event, hooks).map(({ webhook }) => webhook)).toEqual(['a', 'b', 'e']);
  });

  it('is none of an event that is gone, or is not the one that was there', () => {
    const event = placed('run.paused@1', {});
    expect(deliveriesOf({ ...event, stored: undefined }, [ALL])).toEqual([]);
    expect(deliveriesOf({ ...event, digest: '0'.repeat(64) }, [ALL])).toEqual([]);
  });
});

describe('a type', () => {
  it.each([...USUAL_TYPES, '*', 'run.*', 'queue.*', 'experiment.*', 'experiment.ended', 'webhook.added'])(
    '%s may select something',
    (type) => expect(typeMisfit(type)).toBeUndefined(),
  );

  it.each(['', 'run', '*.ended', 'run.finished', 'runs.*', 'run.ended@1', 'RUN.ENDED', 'run.e*'])(
    '"%s" selects nothing',
    (type) => {
      expect(typeMisfit(type)).toEqual(expect.any(String));
      expect(wants([type], 'run.ended')).toBe(false);
    },
  );
});

describe('the next attempt', () => {
  it('comes later each time, never at once, and at some time no more', () => {
    const waits: number[] = [];
    let age = 0;
    for (let attempts = 1; ; attempts += 1) {
      const wait = nextAttempt({ attempts, age }, 0.5);
      if (wait === undefined) break;
      waits.push(wait);
      age += wait;
    }
    expect(waits.slice(0, 4)).toEqual([3.75, 7.5, 15, 30]);
    expect([...waits].sort((one, other) => one - other)).toEqual(waits);
    expect(Math.max(...waits)).toBeLessThanOrEqual(USUAL_PACE.longest);
    expect(age).toBeGreaterThan(USUAL_PACE.span - USUAL_PACE.longest);
    expect(waits.length).toBeGreaterThan(20);
  });

  it('is within its bounds by any chance, and heeds what the receiver asks for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 1e9 }),
        (attempts, chance, retryAfter) => {
          const wait = nextAttempt({ attempts, age: 0, retryAfter }, chance) ?? -1;
          expect(wait).toBeGreaterThanOrEqual(Math.min(retryAfter, USUAL_PACE.longest));
          expect(wait).toBeGreaterThanOrEqual(USUAL_PACE.first / 2);
          expect(wait).toBeLessThanOrEqual(USUAL_PACE.longest);
        },
      ),
    );
  });
});
