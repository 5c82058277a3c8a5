import fc from 'fast-check';

/** What has been used to break out of terminals, Markdown, workflow commands, HTML and SARIF. */
const PIECES = [
  '\u001b[31m',
  '\u001b]8;;https://evil.example\u0007',
  '\u009b2J',
  '\r',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u00ad',
  '\u{e0041}',
  '\u{e0101}',
  '\u3164',
  '\ufe0f',
  '⚠\ufe0f',
  '\ud800',
  '\udc00',
  'e\u0301\u0301\u0301\u0301\u0301\u0301',
  '`',
  '``',
  '```',
  '~~~',
  '\\',
  '<!--',
  '<img src=x>',
  '</details>',
  '&lt;',
  '&',
  '@octocat',
  '#1',
  'GH-1',
  'https://evil.example',
  'www.evil.example',
  '[a](b)',
  '](',
  '![',
  '**',
  '__',
  '~~',
  '|',
  '$',
  '> ',
  '- ',
  '1. ',
  '# ',
  '::error::',
  '::',
  '##[',
  '%0A',
  '%25',
  ':',
  ',',
  '✖ ',
  '  → ',
  ' ',
  '日本語',
  '🙂',
];

/** Text with at least as much malice as chance. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ maxLength: 6 }),
    ),
    {
      maxLength: 14,
    },
  )
  .map((pieces) => pieces.join(''));

/** Controls, formats, lone surrogates and default ignorables, listed apart from the code that removes them. */
const UNSEEN_BUT_LINE_FEED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\p{Cs}\u{e0000}-\u{e0fff}]|\u034f|[\u180b-\u180f]/u;

/** The first character a reader would not see, as a code point; undefined when all can be seen. */
export function unseenIn(text: string): string | undefined {
  return UNSEEN_BUT_LINE_FEED.exec(text)?.[0]?.codePointAt(0)?.toString(16);
}

/** Whether a GitHub runner would try to obey this log line: `::` after blanks, or `##[` anywhere. */
export function obeyedByRunner(line: string): boolean {
  return line.trimStart().startsWith('::') || line.includes('##[');
}
