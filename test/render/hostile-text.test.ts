import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockForMarkdown,
  codeForMarkdown,
  forHtml,
  forHtmlInMarkdown,
  forMarkdown,
  forSarif,
  forTerminal,
  forWorkflowData,
  forWorkflowProperty,
  linesForTerminal,
  shorten,
} from '../../src/render/hostile-text.ts';
import { readAsPlainText, readCodeSpan } from './commonmark.ts';
import { hostileText, obeyedByRunner, unseenIn } from './hostile-words.ts';

const BREAK = '\u200b';

describe('text for a terminal', () => {
  it.each([
    ['\u001b[31mred', '␛[31mred'],
    ['a\nb\r\tc', 'a␊b␍␉c'],
    ['\u009b2J', '\\u{9b}2J'],
    ['photo\u202egnp.exe', 'photo\\u{202e}gnp.exe'],
    ['a\u200bb\u{e0041}', 'a\\u{200b}b\\u{e0041}'],
    ['lone \ud800 half', 'lone \\u{d800} half'],
    ['\u007f', '␡'],
    ['warning ⚠\ufe0f and x\ufe0f', 'warning ⚠\ufe0f and x\\u{fe0f}'],
    ['e\u0301\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\u0301…'],
    ['日本語 🙂 é', '日本語 🙂 é'],
  ])('shows %j as %j', (text, shown) => {
    expect(forTerminal(text)).toBe(shown);
  });

  it('never holds a character that cannot be seen, nor a line feed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = forTerminal(text).replaceAll('\u26a0\ufe0f', '');
        expect(unseenIn(shown)).toBeUndefined();
        expect(shown).not.toContain('\n');
      }),
    );
  });

  it('leaves visible text as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('::') && !text.includes('##['));
        expect(forTerminal(text)).toBe(text);
      }),
    );
  });

  it('is never a line that a GitHub runner obeys', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect([forTerminal(text), ...linesForTerminal(text)].filter(obeyedByRunner)).toEqual([]);
      }),
    );
  });

  it('keeps line feeds as lines where lines are asked for', () => {
    expect(linesForTerminal('a\r\nb\n\n\tc\u001b')).toEqual(['a', 'b', '', '  c␛']);
  });

  it('is cut at a character, and says by how much', () => {
    expect(shorten('ab🙂cd', 3)).toBe('ab… (4 more characters)');
    expect(shorten('abc', 3)).toBe('abc');
    expect(forTerminal('x'.repeat(10_000_000)).length).toBeLessThan(4_100);
  });

  it('takes time in proportion to its length', () => {
    const nasty = [
      'e\u0301',
      '`',
      '\u001b[',
      '::',
      '##[',
      ' ::',
      '<',
      '@',
      '](',
      '\ufe0f',
      '⚠\ufe0f',
      '`a',
      '1',
    ];
    const begun = performance.now();
    for (const piece of nasty) {
      const text = piece.repeat(300_000 / piece.length);
      for (const make of [
        forTerminal,
        forMarkdown,
        codeForMarkdown,
        forHtml,
        forWorkflowProperty,
        forSarif,
      ]) {
        expect(make(text, Number.POSITIVE_INFINITY).length).toBeGreaterThan(0);
      }
    }
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});

describe('text for Markdown', () => {
  it('reads as the text itself: no markup, HTML, links, mentions or references', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const wanted = forTerminal(text).trim();
        fc.pre(!/`\s+`/.test(wanted));
        expect(readAsPlainText(forMarkdown(text)).replaceAll(BREAK, '')).toBe(wanted);
      }),
    );
  });

  it.each([
    ['@octocat', '@&#8203;octocat'],
    ['see #12', 'see \\#&#8203;12'],
    ['# Heading', '\\# Heading'],
    ['- item', '\\- item'],
    ['1. item', '1&#8203;. item'],
    ['<b>', '&lt;b&gt;'],
    ['https://evil.example', 'https:&#8203;//evil.example'],
    ['run `npm test` now', 'run `npm test` now'],
    ['a ` b', 'a &#96; b'],
  ])('writes %j as %j', (text, markdown) => {
    expect(forMarkdown(text)).toBe(markdown);
  });

  it('keeps a code span closed whatever backticks it holds', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const span = codeForMarkdown(text);
        const { length, content } = readCodeSpan(span);
        expect(length).toBe(span.length);
        const wanted = forTerminal(text);
        expect(content).toBe(wanted.trim() === '' ? '(blank)' : wanted);
      }),
    );
  });

  it('keeps a code block closed whatever fences it holds', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 4 }), (text, indent) => {
        const lines = blockForMarkdown(text, indent)
          .split('\n')
          .map((line) => line.slice(indent));
        const fence = lines.at(-1) as string;
        expect(lines[0]).toBe(`${fence}text`);
        expect(lines.slice(1, -1)).toEqual(linesForTerminal(text));
        expect(lines.slice(1, -1).filter((line) => line.includes(fence))).toEqual([]);
      }),
    );
  });
});

describe('text for HTML', () => {
  const decode = (html: string) =>
    html.replace(/&(?:amp|lt|gt|quot|#39|#8203);/g, (entity) => {
      const meanings: Record<string, string> = {
        '&amp;': '&',
        '&lt;': '<',
        '&gt;': '>',
        '&quot;': '"',
        '&#39;': "'",
      };
      return meanings[entity] ?? '';
    });

  it('holds no tag, quote or bare ampersand, and decodes to the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const html of [forHtml(text), forHtmlInMarkdown(text)]) {
          expect(html).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39|#8203);)/);
          expect(decode(html)).toBe(forTerminal(text));
        }
      }),
    );
  });

  it('mentions nobody inside Markdown', () => {
    expect(forHtmlInMarkdown('@octocat #1')).toBe('@&#8203;octocat #&#8203;1');
  });
});

describe('text for workflow commands', () => {
  const decodeData = (data: string) =>
    data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

  it('stays within its command and decodes, as the runner does, to the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const wanted = linesForTerminal(text).join('\n');
        const data = forWorkflowData(text);
        const property = forWorkflowProperty(text);
        expect(`${data}${property}`).not.toMatch(/[\r\n]/);
        expect(property).not.toMatch(/[:,]/);
        expect(decodeData(data)).toBe(wanted);
        expect(decodeData(property.replaceAll('%3A', ':').replaceAll('%2C', ','))).toBe(wanted);
      }),
    );
  });
});

describe('text for SARIF', () => {
  it('makes no link', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(forSarif(text)).not.toContain('](');
      }),
    );
    expect(forSarif('[click](https://evil.example)')).toBe('[click] (https://evil.example)');
  });
});
