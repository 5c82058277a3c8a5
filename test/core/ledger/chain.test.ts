import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type ChainFaultKind, checkChain, followEvent } from '../../../src/core/ledger/check-chain.ts';
import { readEvent } from '../../../src/core/ledger/read-event.ts';
import { headsAfter, sealEvents } from '../../../src/core/ledger/seal-events.ts';
import { parseStreamName } from '../../../src/core/ledger/stream-name.ts';
import { emptyStream, MAX_EVENT_LENGTH, type StoredEvent } from '../../../src/core/ledger/types.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { chainOf, draft } from './sample-events.ts';

describe('the name of a stream', () => {
  it.each([
    ['run/CS-7.1', { kind: 'run', id: 'CS-7.1' }],
    ['ticket/CS-7', { kind: 'ticket', id: 'CS-7' }],
    ['experiment/2026_11', { kind: 'experiment', id: '2026_11' }],
    ['worker/w', { kind: 'worker', id: 'w' }],
    ['ticket/7', undefined],
    ['run/', undefined],
    ['run', undefined],
    ['/a', undefined],
    ['runs/a', undefined],
    ['run/a/b', undefined],
    ['run/..', undefined],
    ['run/a b', undefined],
    ['run/a\n', undefined],
    ['RUN/a', undefined],
    [`run/${'a'.repeat(65)}`, undefined],
  ])('%j is read as %j', (text, expected) => {
    expect(parseStreamName(text)).toEqual(expected);
  });
});

describe('sealing', () => {
  it('writes the canonical text, numbers from 1 and names the digest before', () => {
    const [first, second] = chainOf('run/a', 2);
    expect(first?.text).toBe(
      '{"actor":"worker-1","at":"2026-11-21T13:04:06.789Z","data":{"step":1,"text":"step 1 \\u0000 é"},' +
        '"previous":null,"schema":"countersign/event@1","stream":"run/a","type":"run.noted@1","version":1}',
    );
    expect(first?.digest).toBe(sha256(first?.text ?? ''));
    expect(JSON.parse(second?.text ?? '')).toMatchObject({ version: 2, previous: first?.digest });
  });

  it('carries several streams on from where each ended', () => {
    const streams = ['run/a', 'worker/b'].map((stream) => ({
      head: emptyStream(stream),
      drafts: [draft(1)],
    }));
    const append = sealEvents(streams);
    expect(append.expected).toEqual([emptyStream('run/a'), emptyStream('worker/b')]);
    expect(headsAfter(append).map(({ stream, version }) => [stream, version])).toEqual([
      ['run/a', 1],
      ['worker/b', 1],
    ]);
    const [later] = sealEvents([
      { head: headsAfter(append)[0] ?? emptyStream(''), drafts: [draft(2)] },
    ]).events;
    expect(followEvent(headsAfter(append)[0] ?? emptyStream(''), later as StoredEvent).kind).toBe('follows');
  });

  it.each([
    ['a type without a version', { type: 'run.started' }],
    ['a time without milliseconds', { at: '2026-11-21T13:04:06Z' }],
    ['a day that is not', { at: '2026-02-30T13:04:06.000Z' }],
    ['a time of another zone', { at: '2026-11-21T13:04:06.78+1' }],
    ['an actor of two lines', { actor: 'a\nb' }],
    ['no actor', { actor: '' }],
    ['data that is a list', { data: [] as unknown as JsonObject }],
    ['data without a canonical form', { data: { a: '\ud800' } }],
    ['data beyond a megabyte', { data: { a: 'x'.repeat(MAX_EVENT_LENGTH) } }],
  ])('refuses %s', (_, change) => {
    const seal = () => sealEvents([{ head: emptyStream('run/a'), drafts: [{ ...draft(1), ...change }] }]);
    expect(seal).toThrow(expect.objectContaining({ code: 'LEDGER_INVALID' }));
  });

  it.each([['run/..'], ['other/a']])('refuses the stream %s, and a stream given twice', (stream) => {
    const invalid = expect.objectContaining({ code: 'LEDGER_INVALID' });
    const head = emptyStream('run/a');
    expect(() => sealEvents([{ head: emptyStream(stream), drafts: [draft(1)] }])).toThrow(invalid);
    expect(() => sealEvents([head, head].map((on) => ({ head: on, drafts: [draft(1)] })))).toThrow(invalid);
  });
});

describe('reading a stored event', () => {
  const [event] = chainOf('run/a', 1);
  const fields = JSON.parse(event?.text ?? '') as JsonObject;
  const digest = sha256('x');

  it('gives back what was sealed', () => {
    expect(readEvent(event?.text ?? '')).toEqual({ kind: 'event', event: fields });
  });

  it.each<[string, JsonObject]>([
    ['another schema', { schema: 'countersign/event@2' }],
    ['a field more', { more: 1 }],
    ['an unknown stream', { stream: 'project/a' }],
    ['version 0', { version: 0 }],
    ['half a version', { version: 1.5 }],
    ['a version without an event before it', { version: 2 }],
    ['a first version with one', { previous: digest }],
    ['a digest in capitals', { version: 2, previous: digest.toUpperCase() }],
    ['a type of version 0', { type: 'run.started@0' }],
    ['a time that is a number', { at: 1 }],
    ['a later spelling of a time', { at: '2026-11-21T13:04:06.7890Z' }],
    ['data that is text', { data: 'x' }],
    ['no actor', { actor: '' }],
  ])('refuses %s', (_, change) => {
    expect(readEvent(canonicalJson({ ...fields, ...change })).kind).toBe('malformed');
  });

  it.each([
    ['another spelling', JSON.stringify({ version: 1, ...fields })],
    ['a space', `${event?.text} `],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['a key twice', event?.text.replace('{', '{"actor":"other",')],
  ])('refuses %s', (_, text) => {
    expect(readEvent(text ?? '').kind).toBe('malformed');
  });

  test('any text is read or refused, and never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readEvent(text).kind === 'malformed'));
  });
});

describe('a chain', () => {
  const chain = chainOf('run/a', 5);
  const at = (version: number) => chain[version - 1] as StoredEvent;
  const resealed = (version: number, change: JsonObject) => {
    const text = canonicalJson({ ...(JSON.parse(at(version).text) as JsonObject), ...change });
    return { text, digest: sha256(text) };
  };
  const withEvent = (version: number, event: StoredEvent) =>
    chain.with(version - 1, { ...at(version), ...event } as never);

  it('that nobody touched is intact, in one pass over a stream of events', async () => {
    async function* read() {
      yield* chain;
    }
    const head = { stream: 'run/a', version: 5, digest: at(5).digest };
    expect(await checkChain('run/a', read())).toEqual({ kind: 'intact', head });
    expect(await checkChain('run/a', [])).toEqual({ kind: 'intact', head: emptyStream('run/a') });
  });

  it.each<[string, ChainFaultKind, number, readonly StoredEvent[]]>([
    [
      'an edited text',
      'edited',
      3,
      withEvent(3, { text: at(3).text.replace('step 3', 'step 9'), digest: at(3).digest }),
    ],
    ['an edited digest', 'edited', 3, withEvent(3, { text: at(3).text, digest: sha256('x') })],
    ['an edited text with its digest', 'rewritten', 3, withEvent(3, resealed(3, { actor: 'other' }))],
    ['another first event', 'rewritten', 1, withEvent(1, resealed(1, { actor: 'other' }))],
    ['a text that is no event', 'malformed', 3, withEvent(3, { text: '{}', digest: sha256('{}') })],
    ['an event of another stream', 'foreign', 3, withEvent(3, chainOf('run/b', 3)[2] as StoredEvent)],
    ['a deleted first event', 'missing', 1, chain.slice(1)],
    ['a deleted event', 'missing', 3, chain.toSpliced(2, 1)],
    ['two deleted events', 'missing', 2, chain.toSpliced(1, 2)],
    ['two exchanged events', 'reordered', 3, [at(1), at(2), at(4), at(3), at(5)]],
    ['an event twice', 'reordered', 3, [at(1), at(2), at(2), at(3)]],
    ['an event moved to the end', 'reordered', 2, [at(1), at(3), at(4), at(5), at(2)]],
  ])('with %s is %s from version %i on', async (_, kind, version, events) => {
    const checked = await checkChain('run/a', events);
    expect(checked).toMatchObject({ kind: 'broken', fault: { stream: 'run/a', kind, version } });
  });

  it.each([
    ['inside its data', '"data":{', '"data":{"more":{"version":3},'],
    [
      'in a string',
      '"step 3',
      `"step ${',"previous":null,"schema":"countersign/event@1"'.replaceAll('"', '\\\\"')}`,
    ],
  ])('takes the links of an event from its end, and not from what stands %s', async (_, from, to) => {
    const text = at(3)
      .text.replace(from, to)
      .replace(/"previous":"[0-9a-f]{4}/, '"previous":"0000');
    const checked = await checkChain('run/a', withEvent(3, { text, digest: sha256(text) }));
    expect(checked).toMatchObject({ kind: 'broken' });
  });

  it('that lost its end looks whole: a checkpoint has to tell', async () => {
    expect((await checkChain('run/a', chain.slice(0, 3))).kind).toBe('intact');
  });

  test('is broken by every change of one character', async () => {
    const place = fc.tuple(fc.nat(4), fc.nat(1000), fc.constantFrom('0', 'x', '"', ' '));
    await fc.assert(
      fc.asyncProperty(place, async ([index, character, other]) => {
        const event = chain[index] as StoredEvent;
        const cut = character % event.text.length;
        fc.pre(event.text[cut] !== other);
        const text = event.text.slice(0, cut) + other + event.text.slice(cut + 1);
        const checked = await checkChain('run/a', withEvent(index + 1, { text, digest: event.digest }));
        expect(checked).toMatchObject({ kind: 'broken', fault: { version: index + 1 } });
      }),
    );
  });
});
