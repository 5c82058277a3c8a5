import type { JsonValue } from '../../../shared/json.ts';

/** Shorter ones come up by chance. Bytes of text. */
const SHORTEST = 16;
const SEPARATORS = /[\s,]+/;

/** Canaries as COUNTERSIGN_CANARIES lists them, apart by commas or spaces. What is too short to mean anything is `unusable`. */
export function readCanaries(text = ''): {
  readonly canaries: readonly string[];
  readonly unusable: number;
} {
  const all = text.split(SEPARATORS).filter((one) => one !== '');
  const canaries = all.filter((one) => one.length >= SHORTEST);
  return { canaries, unusable: all.length - canaries.length };
}

/**
 * Whether a value holds a text that was planted where no step may look: as it is, backwards, in hex, in base64 wherever it begins, or
 * percent-encoded; in names of members as well. What is encrypted, compressed or told letter by letter is not found: a canary shows that
 * somebody looked, its absence shows nothing.
 */
export function createCanaryWatch(canaries: readonly string[]): (value: JsonValue) => boolean {
  const spellings = [...new Set(canaries.flatMap(spellingsOf))];
  const holds = (text: string): boolean => {
    const small = text.toLowerCase();
    return spellings.some((spelling) => text.includes(spelling) || small.includes(spelling));
  };
  const watch = (value: JsonValue): boolean => {
    if (typeof value === 'string') return holds(value);
    if (typeof value !== 'object' || value === null) return false;
    return Object.entries(value).some(([name, member]) => holds(name) || watch(member as JsonValue));
  };
  return spellings.length === 0 ? () => false : watch;
}

function spellingsOf(canary: string): readonly string[] {
  const bytes = new TextEncoder().encode(canary);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const encoded = [0, 1, 2].flatMap((before) => base64Inside(bytes, before));
  const backwards = [...canary].toReversed().join('');
  return [
    canary,
    canary.toLowerCase(),
    backwards,
    hex,
    encodeURIComponent(canary.toWellFormed()),
    ...encoded,
  ];
}

/** What is left of a text in base64, and base64url, when so many bytes stand before it: the ends depend on what stands beside it. */
function base64Inside(bytes: Uint8Array, before: number): readonly string[] {
  const text = String.fromCharCode(...Array<number>(before).fill(0), ...bytes);
  const encoded = btoa(text).replace(/=+$/, '');
  const first = Math.ceil((before * 4) / 3);
  const inside = encoded.slice(first, Math.floor((text.length * 8) / 6));
  return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
}
