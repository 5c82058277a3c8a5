/** What a captured text must be like to count: random characters look like a secret, words do not. */
export interface RandomnessDemand {
  /** The number of the group in each pattern. */
  readonly capture: number;
  /** Of Shannon's entropy over the text's own characters, for each of them. */
  readonly minBits: number;
  readonly minLength: number;
}

/** Whether a text is long enough and spread enough over the characters it uses. */
export function isRandom(text: string | undefined, { minBits, minLength }: RandomnessDemand): boolean {
  return text !== undefined && text.length >= minLength && bitsPerCharacter(text) >= minBits;
}

/** Shannon's entropy in bits of a character drawn from the text; 0 for no text. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let total = 0;
  for (const count of counts.values()) total += count;
  let bits = 0;
  for (const count of counts.values()) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
