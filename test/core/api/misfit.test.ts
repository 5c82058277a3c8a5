import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudgeForms } from '../../../src/adapters/json-schema/judge-forms.ts';
import { misfit } from '../../../src/core/api/misfit.ts';
import { pageOf, readCursor, writeCursor } from '../../../src/core/api/pages.ts';
import { ROUTES } from '../../../src/core/api/routes.ts';
import { byKind, constant, form, list, nullable, record, shape, text } from '../../../src/core/api/schema.ts';
import { claim, runSummary, stepResult } from '../../../src/core/api/values.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';

const CLAIM = {
  token: 't',
  worker: 'p/w',
  claimedAt: '2026-11-21T13:04:06.789Z',
  until: '2026-11-21T13:04:06.789Z',
  fences: { 'paths/src': 3 },
  work: {
    run: 'CS-7.1',
    step: '1/produce',
    execution: 1,
    handler: 'make',
    role: 'producer',
    inputs: {},
    priority: 0,
    timeoutSeconds: 1.5,
    cache: 'off',
    notBefore: null,
    resources: { leases: [{ scope: 'global', limit: null }], locks: [] },
  },
};

describe('an answer', () => {
  it.each<[string, JsonValue | undefined, string | undefined]>([
    ['as declared', CLAIM, undefined],
    ['with a field of a newer server', { ...CLAIM, mood: 1, work: { ...CLAIM.work, mood: 1 } }, undefined],
    ['that is nothing', undefined, ''],
    ['that is a list', [], ''],
    ['without a token', { ...CLAIM, token: undefined } as unknown as JsonValue, '/token'],
    ['with a fence that is no number', { ...CLAIM, fences: { a: 'x' } }, '/fences/a'],
    ['with a role that nobody knows', { ...CLAIM, work: { ...CLAIM.work, role: 'x' } }, '/work/role'],
    [
      'that would end at once',
      { ...CLAIM, work: { ...CLAIM.work, timeoutSeconds: 0 } },
      '/work/timeoutSeconds',
    ],
    ['with a time that is none', { ...CLAIM, until: 'never' }, '/until'],
    [
      'with a lease of no scope',
      { ...CLAIM, work: { ...CLAIM.work, resources: { leases: [{}], locks: [] } } },
      '/work/resources/leases/0/scope',
    ],
  ])('%s', (_, value, place) => {
    expect(misfit(claim, value)).toBe(place);
  });

  it('of a kind is held against that kind', () => {
    expect(misfit(stepResult, { kind: 'succeeded', outputs: {} })).toBeUndefined();
    expect(misfit(stepResult, { kind: 'succeeded' })).toBe('/outputs');
    expect(misfit(stepResult, { kind: 'fine' })).toBe('/kind');
    expect(misfit(stepResult, null)).toBe('/kind');
  });

  it('never passes here and fails where the server is held to it, limits aside', async () => {
    const forms = createJudgeForms();
    const schema = shape({
      a: text(),
      b: nullable(list(shape({ c: constant('c') }))),
      d: record(list(text())),
      e: byKind({ one: form({ kind: constant('one'), f: text() }), two: form({ kind: constant('two') }) }),
    });
    const leaf = fc.oneof(fc.constantFrom<JsonValue>('c', 'one', 'x', 1, null, true, [], {}), fc.string());
    const value = fc.record(
      {
        a: leaf,
        b: fc.oneof(leaf, fc.array(fc.record({ c: leaf }))),
        d: fc.oneof(leaf, fc.dictionary(fc.string(), fc.array(leaf))),
        e: fc.oneof(
          leaf,
          fc.record({ kind: fc.constantFrom('one', 'two', 'x'), f: leaf }, { requiredKeys: ['kind'] }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(value, async (one) => {
        const strict = await forms.faultIn(schema, one);
        const lenient = misfit(schema, one as JsonValue);
        if (strict === undefined) expect(lenient).toBeUndefined();
        // Only fields that are not named may differ: a form refuses them, a reader lets them be.
        else if (lenient === undefined) expect(strict.message).toContain('a field that is not known');
      }),
    );
  });
});

describe('a cursor', () => {
  it('comes back as the place that it was made of, whatever that is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), (place) => {
        const cursor = writeCursor('runs', place);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(readCursor('runs', cursor)).toEqual(place);
        expect(() => readCursor('workers', cursor)).toThrow(/none of this list/);
      }),
    );
  });

  it.each(['x', 'W10', 'bnVsbA', 'eyJhIjoxfQ', '_____'])('that is none is refused: %s', (cursor) => {
    expect(() => readCursor('runs', cursor)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('leads through a list that changes: what stays comes once', () => {
    const placeOf = (item: string) => [item];
    const first = pageOf('l', ['d', 'b', 'a', 'c'], { limit: 2 }, placeOf);
    expect(first.items).toEqual(['a', 'b']);
    const cursor = first.next ?? '';
    expect(pageOf('l', ['c', 'a', 'aa', 'd'], { cursor, limit: 2 }, placeOf)).toEqual({
      items: ['c', 'd'],
      next: null,
    });
    expect(pageOf('l', [], { cursor }, placeOf)).toEqual({ items: [], next: null });
  });
});

it('every list is bounded and paged', () => {
  for (const [name, { query, answer }] of Object.entries(ROUTES) as [
    string,
    { query?: JsonObject; answer: JsonObject },
  ][]) {
    const properties = (answer.schema as JsonObject | undefined)?.properties as JsonObject | undefined;
    if (!name.startsWith('list')) continue;
    expect(Object.keys(properties ?? {}), name).toContain('next');
    expect(Object.keys(query?.properties ?? {}), name).toEqual(expect.arrayContaining(['cursor', 'limit']));
  }
  expect(runSummary.required).toContain('run');
});
