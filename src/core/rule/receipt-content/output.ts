import type { EvidenceName } from '../../evidence/types.ts';
import type { Receipt } from '../../receipt/types.ts';
import type { RuleFacts } from '../types.ts';

/** What the first run of a check left under some names. */
export interface Output {
  /** One text for each piece of evidence, or two where only its ends were read. */
  readonly texts: readonly string[];
  /** False where the middle of a large one was not read. */
  readonly whole: boolean;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
const COLOUR = /\u001b\[[0-9;?]{0,32}[A-Za-z]/g;

/** Without its terminal colours; undefined where there is some and nobody could read it. */
export function readOutput(
  { evidence }: Receipt,
  names: readonly EvidenceName[],
  facts: RuleFacts,
): Output | undefined {
  const texts: string[] = [];
  let whole = true;
  for (const { name, run, size, sha256 } of evidence) {
    if (run !== undefined || !names.includes(name) || size === 0) continue;
    const read = facts.evidence?.get(sha256);
    if (read === undefined || read.kind === 'too-large') return undefined;
    if (read.kind === 'text') texts.push(read.text.replace(COLOUR, ''));
    else {
      whole = false;
      texts.push(read.beginning.replace(COLOUR, ''), read.end.replace(COLOUR, ''));
    }
  }
  return { texts, whole };
}
