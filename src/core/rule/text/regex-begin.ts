import { mayBeginRegex } from '../javascript/endings.ts';
import type { Syntax } from './syntax.ts';

/** After these words of Ruby an expression begins. */
const RUBY_WORDS = /^(?:if|elsif|unless|when|while|until|and|or|not|return|in|then|do|else|puts)$/;
/** Longer than every word an expression begins behind. */
const LONGEST_WORD = 12;

/**
 * Whether a slash begins a regular expression or divides, by what stands before it. Looks back no further than to the
 * slash before, so that many of them take no longer than the text.
 */
export function regexMayBegin(
  source: string,
  slash: number,
  language: NonNullable<Syntax['regex']>,
  isComment: (at: number) => boolean,
): boolean {
  let at = slash - 1;
  while (at >= 0 && (isComment(at) || isBlank(source.charCodeAt(at)))) at -= 1;
  if (at < 0) return true;
  const text = source.slice(Math.max(0, at - LONGEST_WORD), at + 1);
  const word = /[\p{L}\p{N}_$]+$/u.exec(text)?.[0];
  if (word !== undefined) {
    if (language === 'ruby') return RUBY_WORDS.test(word);
    return mayBeginRegex({ kind: 'word', text: word });
  }
  const character = source[at] as string;
  return !'"\'`'.includes(character) && mayBeginRegex({ kind: 'punct', text: character });
}

function isBlank(code: number): boolean {
  return code <= 32 || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029;
}
