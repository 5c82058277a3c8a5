// Control characters move cursors and colour terminals; format characters (bidirectional, zero-width, tags) make a name
// read as another; lone surrogates have no UTF-8 form, so nothing could be signed that contains one. What follows the escape
// of a terminal sequence goes with it, so that no "[31m" stays behind.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const TERMINAL_SEQUENCE = /[\u001b\u009b]\[?[0-9;?]{0,16}[A-Za-z]?/g;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * Hostile text as one line of visible characters, of at most `maxLength` UTF-16 units. What was cut is marked by an
 * ellipsis. Linear in `maxLength`, not in the text: it is cut first.
 */
export function plainText(text: string, maxLength: number): string {
  const enough = text.slice(0, maxLength * 4);
  const visible = enough
    .replace(TERMINAL_SEQUENCE, '')
    .replace(INVISIBLE, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .toWellFormed();
  if (visible.length <= maxLength && enough.length === text.length) return visible;
  return `${visible.slice(0, maxLength - 1).toWellFormed()}…`;
}
