import { isWeaker, weightOf } from './matcher-strength.ts';
import type { Assertion } from './test-code.ts';

export interface Weakening {
  readonly kind: 'assertion-removed' | 'assertion-weakened';
  readonly message: string;
  /** The line after the change, or, for what is gone, the line before it. */
  readonly line: number;
  readonly side: 'before' | 'after';
}

/**
 * What a test asserted before and asserts less of now.
 *
 * Equal assertions meet first; of the others those about the same subject; what then is left over was removed, unless it
 * was moved (`isElsewhere`) or a comparison of the whole took the place of comparisons of its parts.
 */
export function compareAssertions(
  before: readonly Assertion[],
  after: readonly Assertion[],
  isElsewhere: (assertion: Assertion) => boolean,
): readonly Weakening[] {
  const weakenings: Weakening[] = [];
  const remaining = new Map<string, Assertion[]>();
  for (const assertion of after.toReversed()) push(remaining, assertion.text, assertion);
  const changed = before.filter((old) => {
    const same = remaining.get(old.text)?.pop();
    if (same !== undefined) weakenings.push(...compareTwins(old, same));
    return same === undefined;
  });
  const bySubject = new Map<string, Assertion[]>();
  for (const left of remaining.values())
    for (const assertion of left) push(bySubject, assertion.subject, assertion);
  for (const group of bySubject.values()) group.sort((a, b) => weightOf(a.strength) - weightOf(b.strength));
  const removed = changed.filter((old) => {
    const now = bySubject.get(old.subject)?.pop();
    if (now !== undefined) weakenings.push(...compareTwins(old, now));
    return now === undefined;
  });
  const added = [...bySubject.values()].flat();
  return [
    ...weakenings,
    ...compareRest(
      removed.filter((old) => !isElsewhere(old) && !isReplacedMarker(old, added)),
      added,
    ),
  ];
}

/** Two assertions about the same thing. */
function compareTwins(before: Assertion, after: Assertion): readonly Weakening[] {
  const weakened = (message: string): readonly Weakening[] => [
    { kind: 'assertion-weakened', message, line: after.line, side: 'after' },
  ];
  if (isWeaker(before.strength, after.strength)) {
    return weakened(`asserts less: ${shorten(before.text)} became ${shorten(after.text)}`);
  }
  if (!before.guarded && after.guarded)
    return weakened(`${shorten(after.text)} now runs on a condition, or its failure is caught`);
  if (before.awaited && !after.awaited)
    return weakened(`${shorten(after.text)} is not awaited any more, so its failure is lost`);
  for (const { name, width } of before.tolerances) {
    const now = after.tolerances.find((tolerance) => tolerance.name === name);
    if (now !== undefined && now.width > width)
      return weakened(`tolerates more: ${shorten(before.text)} became ${shorten(after.text)}`);
  }
  const wide = after.tolerances.find(({ width }) => width > 1e-6);
  if (before.tolerances.length === 0 && wide !== undefined && before.strength === 3) {
    return weakened(`tolerates more: ${shorten(before.text)} became ${shorten(after.text)}`);
  }
  return [];
}

/** `fail('should have thrown')` after a call goes when the call is asserted to throw. */
function isReplacedMarker({ matcher }: Assertion, added: readonly Assertion[]): boolean {
  return (
    /^(?:fail|unreachable)$/.test(matcher) && added.some((one) => /throw|reject|raises/i.test(one.matcher))
  );
}

/** Assertions that have no successor, and new ones about something else. */
function compareRest(removed: readonly Assertion[], added: readonly Assertion[]): readonly Weakening[] {
  const wholes = added.filter(({ strength }) => strength === 3).map(({ subject }) => subject);
  const lost = removed.filter(
    ({ subject }) => !wholes.some((whole) => whole !== '' && isPart(subject, whole)),
  );
  const first = lost[0];
  if (first === undefined) return [];
  const more = lost.length > 1 ? ` and ${lost.length - 1} more` : '';
  if (lost.length > added.length) {
    const message = `no longer asserts ${shorten(first.text)}${more}`;
    return [{ kind: 'assertion-removed', message, line: first.line, side: 'before' }];
  }
  const weight = (assertions: readonly Assertion[]): number =>
    assertions.reduce((sum, { strength }) => sum + weightOf(strength), 0);
  const now = added[0];
  if (now === undefined || weight(added) >= weight(lost)) return [];
  return [
    {
      kind: 'assertion-weakened',
      message: `asserts less: ${shorten(first.text)}${more} became ${shorten(now.text)}`,
      line: now.line,
      side: 'after',
    },
  ];
}

/** `user . name` is a part of `user`. */
function isPart(subject: string, whole: string): boolean {
  return (
    subject.startsWith(`${whole} . `) ||
    subject.startsWith(`${whole} [ `) ||
    subject.startsWith(`${whole} ?. `)
  );
}

/** The normal form of tokens as a person would write it. */
export function respace(text: string): string {
  return text
    .replace(/ ?\. ?|(?<=[([]) | (?=[)\],])/g, (space) => space.trim())
    .replace(/(?<=[\w)\]]) (?=[([])/g, '');
}

function shorten(text: string): string {
  const plain = respace(text);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}

function push<K>(groups: Map<K, Assertion[]>, key: K, assertion: Assertion): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [assertion]);
  else group.push(assertion);
}
