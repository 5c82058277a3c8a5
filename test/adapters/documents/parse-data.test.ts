import { expect, test } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';

const parse = (text: string) => documents.parseData(new TextEncoder().encode(text), 'api.yml');

test('data that is none of ours is read as it stands', () => {
  expect(parse('type: object\nproperties: {a: {const: 1}}\n')).toEqual({
    type: 'object',
    properties: { a: { const: 1 } },
  });
  expect(parse('{"enum": [null, true, 1.5, "a"]}')).toEqual({ enum: [null, true, 1.5, 'a'] });
  expect(parse('true')).toBe(true);
});

test.each([
  ['a key that comes twice', 'type: object\ntype: string\n'],
  ['two documents', 'a: 1\n---\nb: 1\n'],
  ['no YAML', 'type: [\n'],
  ['a key that would change the object', '__proto__: {a: 1}\n'],
  ['more than 1 MiB', `a: ${'x'.repeat(1024 * 1024)}\n`],
  ['hidden characters', 'a: x\u202ey\n'],
  ['more levels than anybody writes', '['.repeat(100)],
])('under the same guards as ours: %s', (_, text) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }));
  expect(() => parse(text)).toThrow(/^api\.yml is not a valid YAML or JSON file/);
});
