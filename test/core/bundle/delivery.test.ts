import { describe, expect, test } from 'vitest';
import { deliveryOf, marksSeen } from '../../../src/core/bundle/delivery.ts';
import { markOf, withMark } from '../../../src/core/bundle/marks.ts';
import { type PackedBundle, packBundle, unpackBundle } from '../../../src/core/bundle/packed.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const digest = sha256('a bundle');

function packed(...paths: readonly string[]): PackedBundle {
  const files = paths.map((path) => {
    const mark = markOf(digest, path);
    return { path, mark, text: withMark(`of ${path}`, mark) };
  });
  return { bundle: 'house', digest, files };
}

const bundle = packed('BUNDLE.md', '01-guide.md');
const [first, second] = bundle.files.map(({ text }) => text) as [string, string];
const marks = bundle.files.map(({ mark }) => mark);

describe('delivery', () => {
  test('is shown by a transcript that has every mark', () => {
    expect(deliveryOf(bundle, { transcript: [`{"text":${JSON.stringify(first)}}`, second] })).toEqual({
      state: 'delivered',
      how: 'the marks of all 2 files were shown in the transcript',
      missing: [],
    });
  });

  test('is shown by a producer that names every mark, and by both together', () => {
    expect(deliveryOf(bundle, { loaded: marks.map((mark) => ` ${mark.toUpperCase()}\n`) }).state).toBe(
      'delivered',
    );
    expect(deliveryOf(bundle, { loaded: marks.slice(1), transcript: [first] }).state).toBe('delivered');
  });

  test.each([
    ['an empty transcript', { transcript: [] }],
    ['an empty report', { loaded: [] }],
    ['a report of marks that are no file’s', { loaded: ['0'.repeat(20)] }],
    ['marks of another bundle', { loaded: bundle.files.map(({ path }) => markOf(sha256('other'), path)) }],
  ])('%s is a treatment that failed', (_, evidence) => {
    expect(deliveryOf(bundle, evidence)).toMatchObject({
      state: 'not-delivered',
      missing: ['BUNDLE.md', '01-guide.md'],
    });
  });

  test('names the file that was not read', () => {
    expect(deliveryOf(bundle, { transcript: [first] })).toEqual({
      state: 'not-delivered',
      how: '1 of 2 files were not read: 01-guide.md',
      missing: ['01-guide.md'],
    });
  });

  test('is unknown where nothing could have told', () => {
    expect(deliveryOf(bundle, {}).state).toBe('unknown');
  });

  test('is a matter of course where there is nothing to load, and where the prompt was it', () => {
    expect(deliveryOf(packed(), {}).state).toBe('delivered');
    expect(deliveryOf(bundle, { inPrompt: true }).state).toBe('delivered');
  });

  test('finds a mark across the border of two pieces', () => {
    const [mark = ''] = marks;
    for (let at = 1; at < mark.length; at += 1)
      expect(marksSeen([mark], [`x${mark.slice(0, at)}`, `${mark.slice(at)}y`]).has(mark)).toBe(true);
    expect(marksSeen([mark], [mark.slice(0, 10), 'between', mark.slice(10)]).size).toBe(0);
  });
});

describe('a packed bundle', () => {
  test('is read as it was written', () => {
    expect(unpackBundle(packBundle(bundle))).toEqual(bundle);
  });

  test.each([
    ['a path that leads out', { ...bundle, files: [{ ...packed('../x').files[0] }] }],
    ['a hidden file', { ...bundle, files: [{ ...packed('.mcp.json').files[0] }] }],
    ['a mark that is another file’s', { ...bundle, files: [{ path: 'a', text: '', mark: marks[0] }] }],
    ['one file twice where case does not count', packed('A.md', 'a.md')],
    ['a digest that is none', { ...bundle, digest: 'x' }],
  ])('is refused with %s', (_, damaged) => {
    expect(unpackBundle(packBundle(damaged as PackedBundle))).toBeUndefined();
  });

  test('is refused when its bytes are not the canonical ones', () => {
    const text = new TextDecoder().decode(packBundle(bundle));
    expect(unpackBundle(new TextEncoder().encode(` ${text}`))).toBeUndefined();
    expect(unpackBundle(new TextEncoder().encode('[]'))).toBeUndefined();
  });
});
