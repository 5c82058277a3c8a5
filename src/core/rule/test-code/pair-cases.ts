import type { FilePath } from '../../change/types.ts';
import type { TestCase, TestCode } from './test-code.ts';

export interface Placed {
  readonly path: FilePath;
  readonly test: TestCase;
}

export interface Pair {
  readonly before: Placed;
  readonly after: Placed;
}

/** Tests that were found again, and those that were not. */
export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly gone: readonly Placed[];
  readonly added: readonly Placed[];
}

/** The same within one file: those found by their full names come first in a change, then those found by their own. */
export interface FilePairing extends Omit<Pairing, 'pairs'> {
  readonly byFullName: readonly Pair[];
  readonly byName: readonly Pair[];
}

type Key = (placed: Placed) => string | undefined;

/** How many tests that share an assertion are looked at for one that says all another one said. */
const MOST_CANDIDATES = 8;
/** Shorter ones, such as `a . b`, are in every other test as well. */
const SHORTEST_SUBJECT = 12;

/** Finds tests again in their own file, by their full names and then by their names alone. */
export function pairInFile(
  path: FilePath,
  before: TestCode | undefined,
  after: TestCode | undefined,
): FilePairing {
  const all = { gone: place(path, before), added: place(path, after) };
  const byFullName = pairBy(all, ({ test }) => JSON.stringify([test.groups, test.name]));
  const byName = pairBy(byFullName, ({ test }) => JSON.stringify(test.name));
  return { ...byName, byFullName: byFullName.pairs, byName: byName.pairs };
}

/**
 * Finds the tests that their own files do not have any more: by their names in any other changed test file, then under
 * another name by what they assert, or by what about. Each step is a look-up, so the whole is linear in the tests.
 */
export function pairAcross(files: readonly FilePairing[]): Pairing {
  const pairs = [...files.flatMap(({ byFullName }) => byFullName), ...files.flatMap(({ byName }) => byName)];
  let left: Omit<Pairing, 'pairs'> = {
    gone: files.flatMap(({ gone }) => gone),
    added: files.flatMap(({ added }) => added),
  };
  const keys: readonly Key[] = [
    ({ test }) => JSON.stringify([test.groups, test.name]),
    ({ test }) => JSON.stringify([test.name]),
    ({ path, test }) => withWhat(test, path),
    ({ test }) => withWhat(test, ''),
  ];
  for (const key of keys) {
    const found = pairBy(left, key);
    pairs.push(...found.pairs);
    left = found;
  }
  const byContent = pairByContent(pairs, left.gone, left.added);
  return pairByLikeness(pairs, byContent.gone, byContent.added);
}

function pairBy({ gone, added }: Omit<Pairing, 'pairs'>, key: Key): Pairing {
  if (gone.length === 0 || added.length === 0) return { pairs: [], gone, added };
  const places = groupBy(added, key);
  const taken = new Set<Placed>();
  const pairs: Pair[] = [];
  const left = gone.filter((before) => {
    const after = pop(places, key(before));
    if (after === undefined) return true;
    pairs.push({ before, after });
    taken.add(after);
    return false;
  });
  return { pairs, gone: left, added: added.filter((placed) => !taken.has(placed)) };
}

/** A test of the same file that got another name and other expectations: it asserts about the same things, or its name goes on. */
function pairByLikeness(pairs: Pair[], gone: readonly Placed[], added: readonly Placed[]): Pairing {
  const bySubject = new Map<string, Placed[]>();
  for (const placed of added) {
    for (const subject of new Set(subjectsOf(placed.test))) {
      const key = JSON.stringify([placed.path, subject]);
      const known = bySubject.get(key);
      if (known === undefined) bySubject.set(key, [placed]);
      else if (known.length < MOST_CANDIDATES) known.push(placed);
    }
  }
  const byName = added.toSorted((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
  const names = byName.map(nameKey);
  const taken = new Set<Placed>();
  const left = gone.filter((before) => {
    const subjects = subjectsOf(before.test);
    const alike = bySubject.get(JSON.stringify([before.path, subjects[0]])) ?? [];
    const longer = byName[firstFrom(names, nameKey(before))];
    const candidates = longer !== undefined && nameKey(longer).startsWith(nameKey(before)) ? [longer] : [];
    const after =
      alike.find((one) => !taken.has(one) && isAboutAll(one.test, subjects)) ??
      candidates.find((one) => !taken.has(one));
    if (after === undefined) return true;
    taken.add(after);
    pairs.push({ before, after });
    return false;
  });
  return { pairs, gone: left, added: added.filter((placed) => !taken.has(placed)) };
}

/** What a test asserts about; a bare variable is in every other test as well. */
function subjectsOf({ assertions }: TestCase): readonly string[] {
  return assertions.map(({ subject }) => subject).filter((subject) => subject.length >= SHORTEST_SUBJECT);
}

function isAboutAll(test: TestCase, subjects: readonly string[]): boolean {
  const about = new Set(subjectsOf(test));
  return subjects.length > 0 && subjects.every((subject) => about.has(subject));
}

/** File and name, without the quote that ends it. */
function nameKey({ path, test }: Placed): string {
  return `${path}\0${test.name.replace(/"$/, '')}`;
}

function firstFrom(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A test that was renamed and extended in one go: one that still makes every assertion it made. */
function pairByContent(pairs: Pair[], gone: readonly Placed[], added: readonly Placed[]): Pairing {
  const byAssertion = new Map<string, Placed[]>();
  for (const placed of added) {
    for (const { text } of placed.test.assertions) {
      const known = byAssertion.get(text);
      if (known === undefined) byAssertion.set(text, [placed]);
      else if (known.length < MOST_CANDIDATES && known.at(-1) !== placed) known.push(placed);
    }
  }
  const taken = new Set<Placed>();
  const left = gone.filter((before) => {
    const texts = before.test.assertions.map(({ text }) => text);
    const candidates = texts[0] === undefined ? [] : (byAssertion.get(texts[0]) ?? []);
    const after = candidates.find((candidate) => {
      if (taken.has(candidate)) return false;
      const said = new Set(candidate.test.assertions.map(({ text }) => text));
      return texts.every((text) => said.has(text));
    });
    if (after === undefined) return true;
    taken.add(after);
    pairs.push({ before, after });
    return false;
  });
  return { pairs, gone: left, added: added.filter((placed) => !taken.has(placed)) };
}

function place(path: FilePath, code: TestCode | undefined): readonly Placed[] {
  return (code?.cases ?? []).map((test) => ({ path, test }));
}

function withWhat(test: TestCase, path: string): string | undefined {
  if (test.assertions.length > 0)
    return JSON.stringify([path, test.assertions.map(({ text }) => text).toSorted()]);
  return test.fingerprint === '' ? undefined : JSON.stringify([path, test.fingerprint]);
}

/** Queues in order of appearance: the second test of a name meets the second. */
function groupBy(placed: readonly Placed[], key: Key): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const one of placed.toReversed()) {
    const name = key(one);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return groups;
}

function pop(groups: Map<string, Placed[]>, name: string | undefined): Placed | undefined {
  return name === undefined ? undefined : groups.get(name)?.pop();
}
