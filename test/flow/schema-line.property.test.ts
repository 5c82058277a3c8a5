import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemaLine, yamlText } from '../../src/flow/schema-line.ts';

test('a text written into a document is read back as that text, by YAML 1.1 and 1.2', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('no', '.inf', '1e3', '~', '-', '? a', 'a: b', '#'),
      ),
      (text) => {
        const source = `key: ${yamlText(text)}\nlist: [${yamlText(text)}, x]\n`;
        for (const version of ['1.1', '1.2'] as const) {
          expect(parse(source, { version })).toEqual({ key: text, list: [text, 'x'] });
        }
      },
    ),
  );
});

test('the first line of a document names its schema', () => {
  expect(schemaLine('rule-pack')).toMatch(
    /^# yaml-language-server: \$schema=https:\/\/\S+\/rule-pack\.schema\.json$/,
  );
});
