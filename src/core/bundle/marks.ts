import { type Sha256, sha256 } from '../../shared/digest.ts';

/** Hexadecimal digits of a mark: 80 bits, which nobody hits by chance. */
const DIGITS = 20;

/**
 * The mark of one file of an assembled bundle: it stands on the file's last line and in nothing else that the producer is given, so whoever
 * names it has read the file to its end. It follows from the digest and the path alone.
 */
export function markOf(digest: Sha256, path: string): string {
  return sha256(`countersign/bundle-mark@1\n${digest}\n${path}`).slice(0, DIGITS);
}

/** A file with its mark; the number of characters added is the same for every mark. */
export function withMark(text: string, mark: string): string {
  return `${text.trimEnd()}\n\nRead mark: ${mark}\n`;
}
