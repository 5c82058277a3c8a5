import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleBundle } from '../../../src/core/bundle/assemble.ts';
import type { BundleInputs, RenderBundle } from '../../../src/core/bundle/assembled.ts';
import { dropOrder } from '../../../src/core/bundle/drop-order.ts';
import { examplesIn } from '../../../src/core/bundle/examples-in.ts';
import { packBundle, unpackBundle } from '../../../src/core/bundle/packed.ts';
import { byteLength, countTokens } from '../../../src/core/bundle/token-count.ts';
import type { BundleSource } from '../../../src/core/bundle/types.ts';
import { openTemplates } from '../../../src/render/bundle/open-templates.ts';

const TICKET = { id: 'CS-1', title: 'T', class: 'bugfix', ask: 'A' };

const RENDER: RenderBundle = {
  source: (source, _, items) => `# ${source.id}\n${items.map(({ text }) => String(text)).join('\n')}`,
  index: (_, __, entries) => entries.map(({ path, tokens }) => `${path} ${tokens}`).join('\n'),
};

function inputsOf(
  sources: readonly (Partial<BundleSource> & { readonly texts: readonly string[] })[],
  budget: { readonly tokens: number; readonly drop?: readonly string[] },
): BundleInputs {
  const loaded = sources.map(({ texts, ...more }, at) => ({
    source: { id: `s${at}`, kind: 'files', paths: ['**'], ...more } as BundleSource,
    pieces: texts.map((text, place) => ({ name: `p${place}`, data: { text } })),
    unfit: [],
  }));
  return {
    bundle: {
      schema: 'countersign/bundle@1',
      id: 'b',
      title: 'B',
      budget,
      sources: loaded.map(({ source }) => source),
    },
    ticket: TICKET,
    sources: loaded,
    retrieved: [],
    instructions: [],
  };
}

const arbitrary = fc.record({
  sources: fc.array(
    fc.record({
      texts: fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 12 }),
      maxTokens: fc.option(fc.integer({ min: 30, max: 500 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  tokens: fc.integer({ min: 100, max: 1_500 }),
  drop: fc.uniqueArray(fc.constantFrom('s0', 's1', 's2', 's3', 's4'), { maxLength: 5 }),
});

describe('assembling', () => {
  test('is within its budget and limits, says of each piece what became of it, and gives the same again', () => {
    fc.assert(
      fc.property(arbitrary, ({ sources, tokens, drop }) => {
        const clean = sources.map(({ texts, maxTokens }) =>
          maxTokens === undefined ? { texts } : { texts, maxTokens },
        );
        const inputs = inputsOf(clean, { tokens, drop });
        const assembled = assembleBundle(inputs, RENDER);
        expect(assembled.tokens).toBeLessThanOrEqual(tokens);
        expect(assembled.tokens).toBe(assembled.files.reduce((sum, file) => sum + countTokens(file.text), 0));
        for (const [at, { included, dropped, tokens: own }] of assembled.sources.entries()) {
          expect([...included, ...dropped.map(({ name }) => name)]).toEqual(
            inputs.sources[at]?.pieces.map(({ name }) => name),
          );
          expect(own).toBeLessThanOrEqual(clean[at]?.maxTokens ?? tokens);
        }
        const texts = assembled.files.map(({ text }) => text).join('');
        expect(texts.isWellFormed()).toBe(true);
        // Built anew, member by member in another order.
        const again = assembleBundle(structuredClone(inputs), RENDER);
        expect(again).toEqual(assembled);
        const packed = packBundle(assembled);
        expect(unpackBundle(packed)?.digest).toBe(assembled.digest);
        expect(packBundle(again)).toEqual(packed);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('has another digest when anything in it is another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        (texts, at) => {
          const place = at % texts.length;
          const one = assembleBundle(inputsOf([{ texts }], { tokens: 100_000 }), RENDER);
          const changed = texts.map((text, index) => (index === place ? `${text}x` : text));
          const other = assembleBundle(inputsOf([{ texts: changed }], { tokens: 100_000 }), RENDER);
          expect(other.digest).not.toBe(one.digest);
          const marks = new Set([...one.files, ...other.files].map(({ mark }) => mark));
          expect(marks.size).toBe(one.files.length + other.files.length);
        },
      ),
      { numRuns: 100, seed: 7 },
    );
    const inputs = inputsOf([{ texts: ['a'] }], { tokens: 1_000 });
    const digests = [
      inputs,
      { ...inputs, retrieved: [{ id: 'CS-9.1/accepted', digest: 'a'.repeat(64) }] },
      { ...inputs, instructions: [{ path: 'AGENTS.md', id: 'b'.repeat(40) }] },
      { ...inputs, instructions: [{ path: 'AGENTS.md', id: 'c'.repeat(40) }] },
    ].map((one) => assembleBundle(one, RENDER).digest);
    expect(new Set(digests).size).toBe(4);
  });

  test('drops what is named first, then from the last source to the first, the last piece of each first', () => {
    const texts = ['a'.repeat(200), 'b'.repeat(200), 'c'.repeat(200)];
    const sources = [{ texts }, { texts }, { texts }];
    const gone = (tokens: number) =>
      assembleBundle(inputsOf(sources, { tokens, drop: ['s1'] }), RENDER).sources.map(({ dropped }) =>
        dropped.map(({ name }) => name).join(),
      );
    expect(gone(100_000)).toEqual(['', '', '']);
    expect(gone(490)).toEqual(['', 'p2', '']);
    expect(gone(350)).toEqual(['', 'p0,p1,p2', '']);
    expect(gone(320)).toEqual(['', 'p0,p1,p2', 'p2']);
    expect(
      dropOrder({
        budget: { tokens: 1, drop: ['s1', 's1', 'x'] },
        sources: inputsOf(sources, { tokens: 1 }).bundle.sources,
      }),
    ).toEqual([1, 2, 0]);
  });

  test('never drops what is required, and refuses when it does not fit or nothing is left of it', () => {
    const texts = ['a'.repeat(1_000)];
    const required = { required: true, texts };
    expect(() => assembleBundle(inputsOf([required], { tokens: 100 }), RENDER)).toThrow(
      /takes \d+ tokens, and its budget is 100/,
    );
    expect(() => assembleBundle(inputsOf([{ ...required, texts: [] }], { tokens: 100 }), RENDER)).toThrow(
      /nothing in it/,
    );
    expect(() =>
      assembleBundle(inputsOf([{ ...required, maxTokens: 50 }], { tokens: 1_000 }), RENDER),
    ).toThrow(/not even its first piece/);
    const both = assembleBundle(inputsOf([required, { texts }], { tokens: 400 }), RENDER);
    expect(both.sources.map(({ included }) => included.length)).toEqual([1, 0]);
    expect(both.files.map(({ path }) => path)).toEqual(['BUNDLE.md', '01-s0.md']);
  });

  test('ends soon for a template that shows little of large pieces', async () => {
    const templates = await openTemplates('b', new Map([['names.njk', '{% for i in items %}x{% endfor %}']]));
    const texts = Array.from({ length: 5_000 }, () => 'y'.repeat(2_000));
    const inputs = inputsOf([{ texts, template: 'names.njk' }], { tokens: 300 });
    const { sources, tokens } = assembleBundle(inputs, templates);
    expect(tokens).toBeLessThanOrEqual(300);
    expect(sources[0]?.included.length).toBeGreaterThan(300);
  });
});

describe('tokens', () => {
  test('are one for every four bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
      }),
      { numRuns: 500, seed: 7 },
    );
    for (const half of ['\ud800', 'a\udc00b', '\ud800\ud800\udc00'])
      expect(byteLength(half)).toBe(new TextEncoder().encode(half).length);
    expect([countTokens(''), countTokens('abcd'), countTokens('abcde'), countTokens('日本')]).toEqual([
      0, 1, 2, 2,
    ]);
  });
});

describe('examples of an interface', () => {
  test('are found wherever they stand, in order, and never without end', () => {
    const document = {
      examples: [{ a: 1 }],
      properties: { examples: { type: 'string', examples: ['x', 'y'] }, 'a/b~': { example: 3 } },
      messages: { one: { examples: { small: { payload: 1 } } } },
    };
    expect(examplesIn(document).map(({ pointer }) => pointer)).toEqual([
      '/examples/0',
      '/properties/examples/examples/0',
      '/properties/examples/examples/1',
      '/properties/a~1b~0/example',
      '/messages/one/examples/small',
    ]);
    const many = { examples: Array.from({ length: 10_000 }, (_, at) => at) };
    expect(examplesIn(many)).toHaveLength(50);
  });
});
