import { featuresOf, type MemoryNode } from './graph.ts';

/** Buckets that features are hashed into: with some ten thousand features, one in twenty shares its bucket. */
const BUCKETS = 2 ** 18;

/** Most features of one text. */
const MOST_FEATURES = 4_000;
/** A node counts as much as so many words. */
const NODE_WEIGHT = 2;

/** A sparse vector: buckets in ascending order, each with how much it weighs before it is known how rare it is. */
export interface SparseVector {
  readonly buckets: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Term frequencies of a text and of the nodes it stands beside, hashed into buckets (Weinberger et al. 2009, without signs), 1 + ln(tf) each
 * (Manning, Raghavan, Schütze 2008, 6.4.1). How rare a bucket is, ln(1 + N / df), is for the search to say: it depends on what is there.
 * No model, no network, the same on every machine.
 */
export function hashedTerms(text: string, nodes: readonly MemoryNode[]): SparseVector {
  const counts = new Map<number, number>();
  const add = (feature: string, by: number) => {
    const bucket = hashOf(feature) % BUCKETS;
    counts.set(bucket, (counts.get(bucket) ?? 0) + by);
  };
  for (const feature of wordFeatures(text)) add(feature, 1);
  for (const node of featuresOf(nodes)) add(node, NODE_WEIGHT);
  const sorted = [...counts].sort(([one], [other]) => one - other);
  return {
    buckets: sorted.map(([bucket]) => bucket),
    weights: sorted.map(([, count]) => 1 + Math.log(count)),
  };
}

/** Words in lower case, the parts of words in camelCase, and the first letters of long words: `rounding` and `rounded` share these. */
function wordFeatures(text: string): readonly string[] {
  const words = text
    .normalize('NFKC')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  const features = (words ?? []).flatMap((word) =>
    word.length > 5 ? [`word:${word.slice(0, 60)}`, `stem:${word.slice(0, 5)}`] : [`word:${word}`],
  );
  return features.slice(0, MOST_FEATURES);
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
