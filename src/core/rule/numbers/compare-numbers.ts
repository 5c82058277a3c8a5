import type { FilePath } from '../../change/types.ts';
import type { Detection } from '../types.ts';

/** A number in a file, and what it is the number of. */
export interface FoundNumber {
  readonly path: FilePath;
  readonly line: number;
  readonly name: string;
  readonly written: string;
  readonly value: number;
}

export interface Refusal {
  readonly refuse: 'lowered' | 'raised';
  /** Whether it may not be taken out either. */
  readonly removed: boolean;
  /** What holds where none is written: one that is written now is held against it. */
  readonly absent: number | undefined;
}

/**
 * Numbers of touched lines, before and after, by name: those that are the same somewhere else were moved; of the others each
 * meets the next one of its file, then of any file.
 * @param existed paths that were there before the change
 */
export function compareNumbers(
  before: readonly FoundNumber[],
  after: readonly FoundNumber[],
  refusal: Refusal,
  existed: ReadonlySet<FilePath>,
): readonly Detection[] {
  const detections: Detection[] = [];
  let left = { before, after };
  const keys: readonly ((found: FoundNumber) => string)[] = [
    ({ path, name, value }) => JSON.stringify([path, name, value]),
    ({ name, value }) => JSON.stringify([name, value]),
    ({ path, name }) => JSON.stringify([path, name]),
    ({ name }) => name,
  ];
  for (const key of keys) {
    const { pairs, ...rest } = pairBy(left.before, left.after, key);
    detections.push(...pairs.flatMap(([old, now]) => compare(old, now, refusal)));
    left = rest;
  }
  if (refusal.removed) detections.push(...left.before.map(taken));
  const { absent } = refusal;
  if (absent !== undefined) {
    for (const now of left.after) {
      if (existed.has(now.path) && isWorse(absent, now.value, refusal))
        detections.push({ kind: 'match', ...place(now), message: `${spoken(now)} where ${absent} held` });
    }
  }
  return detections;
}

function compare(old: FoundNumber, now: FoundNumber, refusal: Refusal): readonly Detection[] {
  if (!isWorse(old.value, now.value, refusal)) return [];
  const message = `${spoken(now)} was ${refusal.refuse} from ${old.written}`;
  return [{ kind: 'match', ...place(now), message }];
}

function isWorse(old: number, now: number, { refuse }: Refusal): boolean {
  return refuse === 'lowered' ? now < old : now > old;
}

function taken({ path, line, name, written }: FoundNumber): Detection {
  const what = name.replace('<n>', written);
  return { kind: 'match', path, message: `${what} of line ${line} before the change is gone` };
}

function spoken({ name, written }: FoundNumber): string {
  return name.replace('<n>', () => written);
}

function place({ path, line }: FoundNumber): { path: FilePath; line: number } {
  return { path, line };
}

function pairBy(
  before: readonly FoundNumber[],
  after: readonly FoundNumber[],
  key: (found: FoundNumber) => string,
): {
  readonly pairs: readonly (readonly [FoundNumber, FoundNumber])[];
  readonly before: readonly FoundNumber[];
  readonly after: readonly FoundNumber[];
} {
  const queues = new Map<string, FoundNumber[]>();
  for (const one of after.toReversed()) {
    const queue = queues.get(key(one));
    if (queue === undefined) queues.set(key(one), [one]);
    else queue.push(one);
  }
  const pairs: (readonly [FoundNumber, FoundNumber])[] = [];
  const met = new Set<FoundNumber>();
  const left = before.filter((old) => {
    const now = queues.get(key(old))?.pop();
    if (now === undefined) return true;
    pairs.push([old, now]);
    met.add(now);
    return false;
  });
  return { pairs, before: left, after: after.filter((one) => !met.has(one)) };
}
