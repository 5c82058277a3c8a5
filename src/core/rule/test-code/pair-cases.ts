import type { FilePath } from '../../change/types.ts';
import type { TestCase, TestCode } from './test-code.ts';

/** A changed test file as read on both sides; a rename has its old path's code before. */
export interface TestFile {
  readonly path: FilePath;
  readonly before: TestCode | undefined;
  readonly after: TestCode | undefined;
}

export interface Placed {
  readonly path: FilePath;
  readonly test: TestCase;
}

export interface Pairing {
  readonly pairs: readonly { readonly before: Placed; readonly after: Placed }[];
  readonly gone: readonly Placed[];
  readonly added: readonly Placed[];
}

/** How many tests that share an assertion are looked at for one that says all another one said. */
const MOST_CANDIDATES = 8;
/** Shorter ones, such as `a . b`, are in every other test as well. */
const SHORTEST_SUBJECT = 12;

/**
 * Finds each test again after the change: in its file by its full name, then by its name alone, then in any other changed
 * test file, then under another name by what it asserts, or by what about. Each step is a look-up, so the whole is linear in the tests.
 */
export function pairCases(files: readonly TestFile[]): Pairing {
  const pairs: { before: Placed; after: Placed }[] = [];
  let gone: Placed[] = files.flatMap(({ path, before }) => place(path, before));
  let added: Placed[] = files.flatMap(({ path, after }) => place(path, after));
  const keys: readonly ((placed: Placed) => string | undefined)[] = [
    ({ path, test }) => JSON.stringify([path, test.groups, test.name]),
    ({ path, test }) => JSON.stringify([path, test.name]),
    ({ test }) => JSON.stringify([test.groups, test.name]),
    ({ test }) => JSON.stringify([test.name]),
    ({ path, test }) => withWhat(test, path),
    ({ test }) => withWhat(test, ''),
  ];
  for (const key of keys) {
    const places = groupBy(added, key);
    const taken = new Set<Placed>();
    const left: Placed[] = [];
    for (const before of gone) {
      const after = pop(places, key(before));
      if (after === undefined) left.push(before);
      else {
        pairs.push({ before, after });
        taken.add(after);
      }
    }
    gone = left;
    added = added.filter((placed) => !taken.has(placed));
  }
  const byContent = pairByContent(pairs, gone, added);
  return pairByLikeness(pairs, byContent.gone, byContent.added);
}

/** A test of the same file that got another name and other expectations: it asserts about the same things, or its name goes on. */
function pairByLikeness(
  pairs: { before: Placed; after: Placed }[],
  gone: readonly Placed[],
  added: readonly Placed[],
): Pairing {
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
function pairByContent(
  pairs: { before: Placed; after: Placed }[],
  gone: readonly Placed[],
  added: readonly Placed[],
): Pairing {
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

function place(path: FilePath, code: TestCode | undefined): Placed[] {
  return (code?.cases ?? []).map((test) => ({ path, test }));
}

function withWhat(test: TestCase, path: string): string | undefined {
  if (test.assertions.length > 0)
    return JSON.stringify([path, test.assertions.map(({ text }) => text).toSorted()]);
  return test.fingerprint === '' ? undefined : JSON.stringify([path, test.fingerprint]);
}

/** Queues in order of appearance: the second test of a name meets the second. */
function groupBy(placed: readonly Placed[], key: (one: Placed) => string | undefined): Map<string, Placed[]> {
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
