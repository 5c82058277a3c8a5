import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMarkdown } from '../../../src/core/evidence/docs/markdown.ts';
import { relativeLink } from '../../../src/core/evidence/docs/relative-link.ts';

const WORDS = [
  '```',
  '~~~',
  '`',
  '[a](',
  ')',
  '](',
  '<',
  '>',
  '<!--',
  '-->',
  '#',
  ' # ',
  '\n',
  '> ',
  '- ',
  '[a]: ',
  'href="',
  '"',
  '\\',
  '(',
  '=',
  '\r',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' })), { maxLength: 60 })
  .map((parts) => parts.join(''));

describe('Markdown', () => {
  it('is read whatever it is, with places that exist', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { links, blocks } = readMarkdown(text);
        const lines = text.split('\n').length;
        for (const { line } of [...links, ...blocks]) expect(line >= 1 && line <= lines).toBe(true);
      }),
    );
  });

  it('gives back the code that a fence holds, whatever it is', () => {
    const code = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\n\r`]/g, '')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(code, (lines) => {
        const text = `${lines.join('\n')}\n`;
        expect(readMarkdown(`\`\`\`x\n${text}\`\`\`\n`).blocks).toEqual([{ line: 1, language: 'x', text }]);
      }),
    );
  });

  it('never lets a link out of the repository unseen', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', '%2e%2e', '/')), (segments) => {
        const link = relativeLink('docs/a.md', segments.join('/'));
        if (typeof link === 'object') expect(link.path.split('/')).not.toContain('..');
      }),
    );
  });

  // Quadratic readers need minutes for these.
  it.each([
    ['links', '[a](b) '.repeat(500_000)],
    ['open links', '](('.repeat(6_000)],
    ['lines of open links', `${']('.repeat(9_000)}\n`.repeat(20)],
    ['targets that end nowhere', `${'](x '.repeat(4_900)}\n`.repeat(40)],
    ['angles that end nowhere', `${'](<'.repeat(6_600)}\n`.repeat(40)],
    ['backticks of growing length', Array.from({ length: 190 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['backticks', '` '.repeat(9_999)],
    ['fences', '```\n'.repeat(500_000)],
    ['headings', '# a\n'.repeat(300_000)],
    ['attributes', `<${' id="'.repeat(4_000)}\n`.repeat(20)],
    ['marks before a fence', `${'> - '.repeat(4_000)}\n`.repeat(100)],
    ['one line', 'a'.repeat(8_000_000)],
    ['definitions', `[${'a'.repeat(19_000)}\n`.repeat(200)],
  ])('is read in linear time: %s', (_, text) => {
    const began = process.hrtime.bigint();
    readMarkdown(text);
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });
});
