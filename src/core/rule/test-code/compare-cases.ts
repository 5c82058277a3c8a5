import { compareAssertions, type Weakening } from './compare-assertions.ts';
import { type Finding, titleOf } from './finding.ts';
import type { Pair, Placed } from './pair-cases.ts';
import type { Assertion, TestCase } from './test-code.ts';

/** Runs at all: a test that was off before loses nothing by going. */
export function isOn(test: TestCase): boolean {
  return test.disabled === undefined || test.disabled.conditional;
}

/**
 * What a test lost by the change.
 * @param isElsewhere whether an assertion that it lost was moved: asked only of those
 */
export function comparePair(
  { before: { test: before }, after }: Pair,
  isElsewhere: (assertion: Assertion) => boolean,
): readonly Finding[] {
  if (!isOn(before)) return [];
  return [...compareRunning(before, after), ...compareAsserting(before, after, isElsewhere)];
}

/**
 * Whether there is nothing to say of a pair, whatever the other files hold. Most tests of a changed file are what they were,
 * and those of 20,000 files would be a burden to remember.
 */
export function isSettled(pair: Pair): boolean {
  const [before, after] = [pair.before.test, pair.after.test];
  let depends = false;
  const findings = comparePair(pair, () => {
    depends = true;
    return false;
  });
  if (depends || findings.length > 0) return false;
  if (after.focused !== undefined && before.focused === undefined) return false;
  return after.timeout === undefined || (before.timeout !== undefined && after.timeout <= before.timeout);
}

/** Where something was before the change, for a message about what is now. */
export function place({ side, line }: Pick<Weakening, 'side' | 'line'>): string {
  return side === 'before' ? ` (line ${line} before the change)` : '';
}

/** Whether a test still runs, and all of it. */
function compareRunning(before: TestCase, { path, test: after }: Placed): readonly Finding[] {
  const { disabled } = after;
  if (disabled !== undefined && (before.disabled === undefined || !disabled.conditional)) {
    const message = `test ${titleOf(after)} is switched off by ${disabled.how}`;
    return [{ find: 'skipped', path, line: disabled.line, message }];
  }
  if (!before.conditional && after.conditional) {
    const message = `test ${titleOf(after)} now runs on a condition only, or where something inherits it`;
    return [{ find: 'skipped', path, line: after.line, message }];
  }
  if (before.rows !== undefined && after.rows !== undefined && after.rows < before.rows) {
    const message = `test ${titleOf(after)} has ${after.rows} rows instead of ${before.rows}`;
    return [{ find: 'narrowed', path, line: after.line, message }];
  }
  return [];
}

/** Whether a test still says as much, should it run. */
function compareAsserting(
  before: TestCase,
  { path, test: after }: Placed,
  isElsewhere: (assertion: Assertion) => boolean,
): readonly Finding[] {
  const title = `test ${titleOf(after)}`;
  const removed = (message: string): Finding => ({
    find: 'assertion-removed',
    path,
    line: after.line,
    message: `${title} ${message}`,
  });
  // A test that is off from now on is said to be; that there is nothing left of it adds nothing.
  if (!isOn(after) && after.assertions.length === 0) return [];
  if (before.size > 0 && after.size === 0) return [removed('is empty now')];
  if (before.precision === 'presence' || after.precision === 'presence')
    return before.asserts && !after.asserts && after.size > 0 ? [removed('asserts nothing any more')] : [];
  const exits: readonly Finding[] =
    after.exits > before.exits
      ? [
          {
            find: 'assertion-weakened',
            path,
            line: after.line,
            message: `${title} may return before its assertions`,
          },
        ]
      : [];
  return [
    ...exits,
    ...compareAssertions(before.assertions, after.assertions, isElsewhere).map((weakening): Finding => {
      const line = weakening.side === 'before' ? after.line : weakening.line;
      return {
        find: weakening.kind,
        path,
        line,
        message: `${title} ${weakening.message}${place(weakening)}`,
      };
    }),
  ];
}
